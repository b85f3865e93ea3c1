"""What becomes of a message that staff writes, edits or deletes in the channel of a ticket."""

import asyncio
import logging
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

import aiohttp
import discord

from api.resources.file_types import UNKNOWN, type_of
from bot.hearing.contents import file_of, files_in, fit, text_of, too_large
from bot.hearing.heard import Recent
from bot.hearing.lanes import Lanes
from bot.hearing.mentions import Mentions
from bot.hearing.threads import Room
from cogs.replies import words
from cogs.staff import Staff
from tickets.characters import clean_text
from tickets.desks.channel_desk import ChannelDesk
from tickets.desks.ticket_desk import Desk, Said
from tickets.model import Attachment, Caller, Message, MessageId
from tickets.ports.store import Store
from tickets.refusals import MessageNotFound, NothingToSay, Refusal, TicketIsClosed
from tickets.relay import delay
from tickets.staff_names import StaffNames

log = logging.getLogger(__name__)

COPY_ATTEMPTS = 7
"""More than half a minute; later messages wait for that long."""
STORED, NOTED = "✅", "📝"


@dataclass(frozen=True, slots=True)
class InboxOptions:
    """What a deployment chooses. ``mark`` puts a reaction on messages that are safely stored."""

    note_prefix: str = "//"
    mark: bool = True
    max_file_bytes: int = 10 * 1024 * 1024
    staff_names: StaffNames = field(default_factory=StaffNames)


class Intake:
    """Brings single messages to the desk. All of it can be repeated. To be called in a channel's turn.

    Marks and answers are put into ``marks``, beside the channel's turn."""

    def __init__(self, desk: Desk, store: Store, staff: Staff, options: InboxOptions, marks: Lanes) -> None:
        self._desk = desk
        self._channel_desk = ChannelDesk(store)
        self._store = store
        self._staff = staff
        self._options = options
        self._marks = marks
        self._mentions = Mentions(store, staff, options.staff_names)
        self._edited_at = Recent[datetime]()
        """Of messages that were edited, as of when they were processed last: reading the history is faster
        than the gateway, whose events of older edits come later."""

    async def take(self, room: Room, message: discord.Message) -> None:
        """A new message, as a message or a note; what is refused is answered."""
        self._keep_edit(message)  # of what is part of it already an event may still come
        caller = self._staff.caller(await self._with_roles(message))
        not_done = "Not sent" if room.thread_id is None else "Not kept"
        if caller is None:
            speaks = "speaks to the requester" if room.thread_id is None else "writes notes"
            self._answer(message, f"{not_done}: only staff {speaks}.")
            return
        try:
            await self._store_message(caller, room, message)
        except NothingToSay:
            self._answer(message, f"{not_done}: there is nothing in this message that could be passed on.")
        except TicketIsClosed as refusal:
            await self._came_too_late(caller, room, message, refusal)
        except Refusal as refusal:
            self._answer(message, f"{not_done}: {words(refusal)}")
        else:
            if self._options.mark:
                mark = STORED if room.thread_id is None else NOTED
                self._marks.put(room.id, partial(_react, message, mark))

    async def _store_message(
        self, caller: Caller, room: Room, message: discord.Message, *, always_note: bool = False
    ) -> None:
        said, is_note = await self._said(room, message)
        do = self._desk.add_note if is_note or always_note else self._desk.post
        await do(caller, room.channel.ticket_id, said, source=room.source(message.id))

    async def _came_too_late(
        self, caller: Caller, room: Room, message: discord.Message, refusal: TicketIsClosed
    ) -> None:
        """Keep as a note what was written before the closing and is read after it."""
        ticket = await self._store.views.ticket(room.channel.ticket_id)
        written_at = int(message.created_at.timestamp() * 1000)
        if ticket is None or ticket.closed_at is None or written_at > ticket.closed_at:
            self._answer(message, f"Not sent: {words(refusal)}")
            return
        await self._store_message(caller, room, message, always_note=True)
        self._answer(
            message, f"Kept as a note, not sent: ticket {ticket.number} was closed before this was read."
        )

    async def knows(self, room: Room, discord_id: int) -> bool:
        """Whether a message was made into something, also if that is deleted by now."""
        for message_id in _ids_of(room, discord_id):
            if await self._store.views.message(message_id, room.channel.ticket_id) is not None:
                return True
        return False

    async def edited(self, room: Room, message: discord.Message) -> bool:
        """An edit is a change of content or files only: link previews come as edits too.

        Gives whether there was anything to be edited; a message may still come."""
        if message.edited_at is None or message.webhook_id is not None:
            return True
        if self._is_older_than_known(message):
            return True
        self._keep_edit(message)
        known = await self._known(room, message.id)
        if known is None:
            return False
        if _was_hidden(known):
            await self._withdraw(room, message.id)  # lest a process ended between note and withdrawal
        await self._edit(room, message, known)
        return True

    async def _edit(self, room: Room, message: discord.Message, known: Message) -> None:
        said, is_note = await self._said(room, message)
        if said == Said(clean_text(known.content), known.attachments) and is_note is known.is_note:
            return
        caller = self._staff.caller(await self._with_roles(message))
        if caller is None:
            return
        edited_at = message.edited_at or message.created_at
        moment = f":{int(edited_at.timestamp() * 1000)}"
        try:
            if is_note and not known.is_note:
                await self._make_note(caller, room, message, said)
            else:
                await self._desk.edit(
                    caller,
                    room.channel.ticket_id,
                    known.id,
                    said,
                    source=room.source(message.id, f":e{moment}"),
                )
        except Refusal as refusal:
            self._answer(message, f"The edit was not sent: {words(refusal)}")

    def _is_older_than_known(self, message: discord.Message) -> bool:
        """Whether a later edit of the message was processed already."""
        known = self._edited_at.get(message.id)
        return known is not None and message.edited_at is not None and message.edited_at < known

    def _keep_edit(self, message: discord.Message) -> None:
        if message.edited_at is None:
            return
        self._edited_at.put(message.id, message.edited_at)

    async def _make_note(self, caller: Caller, room: Room, message: discord.Message, said: Said) -> None:
        """A posted message edited into a note is deleted for the requester, and kept as a note."""
        await self._desk.add_note(
            caller, room.channel.ticket_id, Said(said.content), source=room.source(message.id, ":n")
        )
        await self._withdraw(room, message.id)

    async def _withdraw(self, room: Room, discord_id: int, suffix: str = "") -> None:
        """Take back what a Discord message was made into at first, or with ``:n`` the note it became
        later."""
        ticket_id = room.channel.ticket_id
        source = room.source(discord_id, f"{suffix}x" if suffix else ":x")
        try:
            await self._channel_desk.withdraw(ticket_id, room.message_id(discord_id, suffix), source)
        except MessageNotFound:
            log.debug("message %s of ticket %s is deleted already", discord_id, ticket_id)

    async def deleted(self, room: Room, message_id: int) -> None:
        """Take back what the message became."""
        if await self._known(room, message_id) is not None:
            for suffix in (":n", ""):
                await self._withdraw(room, message_id, suffix)

    async def _known(self, room: Room, discord_id: int) -> Message | None:
        """What a Discord message is to us: the note it was made into, or the message or note it began as."""
        for message_id in _ids_of(room, discord_id):
            known = await self._store.views.message(message_id, room.channel.ticket_id)
            if known is not None and not known.deleted:
                return known
        return None

    async def _said(self, room: Room, message: discord.Message) -> tuple[Said, bool]:
        """The message's words, its copied files, and whether it is a note."""
        limit, prefix = self._options.max_file_bytes, self._options.note_prefix
        files, lost, attached = [], [], files_in(message)
        for attachment in fit(attached, limit):
            if (file := await self._copied(attachment)) is not None:
                files.append(file)
            else:
                lost.append(f"[A file could not be passed on: {file_of(attachment).name}]")
        content = text_of(message, await self._mentions.in_message(message))
        is_note = content.lstrip().startswith(prefix)
        if is_note:
            content = content.lstrip().removeprefix(prefix).lstrip()
        lines = [content, *too_large(attached, limit), *lost]
        said = Said("\n".join(line for line in lines if line), tuple(files))
        return said, is_note or room.thread_id is not None

    async def _copied(self, attachment: discord.Attachment) -> Attachment | None:
        """Our own copy of a file, because Discord's address expires; None if the file cannot be had.

        If Discord does not say its type, its content does."""
        file = file_of(attachment)
        async with self._store.files.opened(file.id) as kept:
            if kept is not None:
                return kept.file
        for attempt in range(COPY_ATTEMPTS):
            try:
                content = await attachment.read()
                if file.type == UNKNOWN:
                    file = replace(file, type=await asyncio.to_thread(type_of, [content]))
                await self._store.files.put(file, content)
            except (discord.NotFound, discord.Forbidden) as error:
                log.warning("file %s is not to be had: %s", file.id, error)
                return None
            except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
                log.warning("file %s could not be copied, attempt %d: %s", file.id, attempt + 1, error)
                await asyncio.sleep(delay(attempt))
            else:
                return file
        return None

    async def _with_roles(self, message: discord.Message) -> discord.User | discord.Member:
        """The author as a member, because history gives users without roles."""
        if isinstance(message.author, discord.Member) or message.guild is None or message.author.bot:
            return message.author
        try:
            return await message.guild.fetch_member(message.author.id)
        except discord.NotFound:
            return message.author

    def _answer(self, message: discord.Message, text: str) -> None:
        self._marks.put(message.channel.id, partial(_reply, message, text))


def _ids_of(room: Room, discord_id: int) -> tuple[MessageId, ...]:
    """What a Discord message may be: the note it was made into, the message or note it began as."""
    return tuple(room.message_id(discord_id, suffix) for suffix in (":n", ""))


def _was_hidden(known: Message) -> bool:
    """Whether it is a note that began as a message."""
    return known.id.endswith(":n")


async def _react(message: discord.Message, mark: str) -> None:
    try:
        await message.add_reaction(mark)
    except discord.HTTPException as error:
        log.warning("message %s is stored but could not be marked: %s", message.id, error)


async def _reply(message: discord.Message, text: str) -> None:
    try:
        await message.reply(
            text,
            mention_author=False,
            allowed_mentions=discord.AllowedMentions.none(),
            nonce=f"no:{message.id}",
        )
    except discord.HTTPException as error:
        log.warning("the author of message %s could not be told %r: %s", message.id, text, error)
