"""Reads the message that a ticket is opened from, and copies its files or those of a form."""

from collections.abc import Sequence
from dataclasses import replace

import discord

from bot.hearing.contents import file_of, files_in, text_of
from bot.hearing.mentions import Mentions
from bot.hearing.reading import FileCopies
from texts.language import Language
from tickets.model import Attachment, FileId
from tickets.ports.files import Files


class FormFiles:
    """Copies the files that are within the limit in bytes."""

    def __init__(self, files: Files, mentions: Mentions, max_file_bytes: int) -> None:
        self._mentions = mentions
        self._copies = FileCopies(files)
        self._max_file_bytes = max_file_bytes

    async def said(self, message: discord.Message, language: Language) -> str:
        """What the message says, with a line in this language for each part that is not text."""
        return text_of(message, await self._mentions.in_message(message, language))

    def in_message(self, message: discord.Message) -> list[discord.Attachment]:
        """The files of the message, and those of what it forwards."""
        return files_in(message)

    async def copied(
        self, attachments: Sequence[discord.Attachment], mark: str
    ) -> tuple[tuple[Attachment, ...], list[str]]:
        """The copies, and the names of what could not be copied. ``mark`` makes the copies belong to one
        ticket, because a message may become several tickets."""
        kept: list[Attachment] = []
        lost: list[str] = []
        for attachment in attachments:
            file = file_of(attachment)
            file = replace(file, id=FileId(f"{file.id}-{mark}"))
            copied = None
            if attachment.size <= self._max_file_bytes:
                copied = await self._copies.copied(file, attachment)
            if copied is None:
                lost.append(file.name)
            else:
                kept.append(copied)
        return tuple(kept), lost
