"""Reads a Discord message for the desk: its text, our own copies of its files, and what could not be
taken."""

import asyncio
import logging
from dataclasses import dataclass, replace

import aiohttp
import discord

from api.resources.file_types import UNKNOWN, type_of
from bot.hearing.contents import file_of, files_in, fit, text_of, too_large
from bot.hearing.mentions import Mentions
from texts.language import Language
from texts.text import Text, Words, in_language
from tickets.desks.ticket_desk import Said
from tickets.model import Attachment, FileId
from tickets.ports.files import Files
from tickets.relay import delay

log = logging.getLogger(__name__)

COPY_ATTEMPTS = 7
"""Pauses between attempts at a file, more than half a minute in all. Later messages wait for that long."""


class FileCopies:
    """Copies files that people post in Discord."""

    def __init__(self, files: Files) -> None:
        self._files = files

    async def copied(self, file: Attachment, attachment: discord.Attachment) -> Attachment | None:
        """Our own copy of a file, because Discord's URL expires. None if the file cannot be downloaded. If
        Discord does not tell its type, the content does."""
        async with self._files.opened(file.id) as kept:
            if kept is not None:
                return kept.file
        for attempt in range(COPY_ATTEMPTS):
            try:
                content = await attachment.read()
                if file.type == UNKNOWN:
                    file = replace(file, type=await asyncio.to_thread(type_of, [content]))
                await self._files.put(file, content)
            except (discord.NotFound, discord.Forbidden) as error:
                log.warning("file %s is not to be had: %s", file.id, error)
                return None
            except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
                log.warning("file %s could not be copied, attempt %d: %s", file.id, attempt + 1, error)
                await asyncio.sleep(delay(attempt))
            else:
                return file
        return None


@dataclass(frozen=True, slots=True)
class Read:
    """A message that was read. ``lost`` names the parts that could not be taken, for its author."""

    said: Said
    is_note: bool
    lost: tuple[Words, ...] = ()


class Reading:
    """Reads messages. Those that begin with ``note_prefix`` are notes."""

    def __init__(
        self, files: Files, mentions: Mentions, note_prefix: str | None, max_file_bytes: int
    ) -> None:
        self._copies = FileCopies(files)
        self._mentions = mentions
        self._note_prefix = note_prefix
        self._max_file_bytes = max_file_bytes

    async def read(self, message: discord.Message, language: Language, *, was_hidden: bool = False) -> Read:
        """The message as it is now, for a reader of this language. A message that ``was_hidden`` has become
        a note: it gets new copies of its files, because those that the requester saw are gone."""
        limit, attached = self._max_file_bytes, files_in(message)
        files, missing = [], []
        for attachment in fit(attached, limit):
            file = file_of(attachment)
            if was_hidden:
                file = replace(file, id=FileId(f"n{file.id}"))
            if (copied := await self._copies.copied(file, attachment)) is not None:
                files.append(copied)
            else:
                missing.append(file.name)
        content = text_of(message, await self._mentions.in_message(message, language))
        is_note = False
        if self._note_prefix is not None and content.lstrip().startswith(self._note_prefix):
            is_note, content = True, content.lstrip().removeprefix(self._note_prefix).lstrip()
        lines = [content, *too_large(attached, limit, language)]
        lines += [in_language(Text("file-was-not-to-be-had", name=name), language) for name in missing]
        text = "\n".join(line for line in lines if line)
        large = [file_of(it) for it in attached if it.size > limit]
        lost = [Text("file-is-too-large", name=it.name, size=it.size, most=limit) for it in large]
        lost += [Text("file-is-not-to-be-had", name=name) for name in missing]
        return Read(Said(text, tuple(files)), is_note, tuple(lost))
