"""Brings messages that staff writes, edits or deletes in the channel of a ticket to the desk."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo

import discord

from bot.hearing.authors import Authors
from bot.hearing.colleagues import Colleagues
from bot.hearing.heard import Recent
from bot.hearing.marking import Marking
from bot.hearing.mentions import Mentions
from bot.hearing.reading import Read, Reading
from bot.hearing.threads import Room
from cogs.replies import words
from cogs.staff import Staff
from texts.language import language_of
from texts.text import Text, Words
from tickets.characters import clean_text
from tickets.desks.agent_desk import AgentDesk
from tickets.desks.channel_desk import ChannelDesk
from tickets.desks.ticket_desk import Desk, Said
from tickets.model import Caller, Message, MessageId
from tickets.ports.channels import Places
from tickets.ports.store import Store
from tickets.refusals import MessageNotFound, NothingToSay, Refusal, TicketIsClosed, TicketIsMerged
from tickets.sources import Source
from tickets.staff_names import StaffNames

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class InboxOptions:
    """The options of a deployment. ``mark`` adds a reaction to messages that shows their outcome."""

    note_prefix: str | None = "//"
    """None if no message becomes a note."""
    mention_is_note: bool = True
    """Whether a message that mentions a colleague or a role is a note."""
    mark: bool = True
    max_file_bytes: int = 10 * 1024 * 1024
    staff_names: StaffNames = field(default_factory=StaffNames)
    zone: Callable[[], tzinfo] = lambda: UTC
    """Returns the desk's time zone, for times in messages."""
    relay_bots: frozenset[int] = frozenset()
    """The bots, applications and webhooks whose copies of staff's messages count as staff's."""


class Intake:
    """Brings single messages to the desk. Every step can be repeated. Call it in a channel's turn."""

    def __init__(
        self, desk: Desk, store: Store, staff: Staff, options: InboxOptions, marking: Marking, places: Places
    ) -> None:
        self._desk = desk
        self._channel_desk = ChannelDesk(store)
        self._agents = AgentDesk(desk, store)
        self._store = store
        self._places = places
        self._staff = staff
        self.marking = marking
        self.reading = Reading(
            store.files,
            Mentions(store, staff, options.staff_names, options.zone),
            options.note_prefix,
            options.max_file_bytes,
        )
        self.authors = Authors()
        self._colleagues = Colleagues(staff, self.authors)
        self._mention_is_note = options.mention_is_note
        self._still_note = Recent[datetime]()
        """Notes whose author was told that they stay notes, with the time of the edit."""
        self._edited_at = Recent[datetime]()
        """For edited messages, the newest edit that was processed. The history is read faster than the
        gateway, whose events of older edits come later."""

    async def take(self, room: Room, message: discord.Message, caller: Caller | None = None) -> None:
        """Take a new message as a message or a note, and answer refusals. Without ``caller``, its author is
        the caller."""
        self._keep_edit(message)  # an event may still come about something that is already part of it
        caller = caller or await self._caller(room, message)
        if caller is None:
            self.marking.answer(message, _not_taken(room, self._who_speaks(room)))
            return
        try:
            await self._store_message(caller, room, message)
        except NothingToSay:
            self.marking.answer(message, _not_taken(room, Text("nothing-to-pass-on")))
        except (TicketIsClosed, TicketIsMerged) as refusal:
            await self._came_too_late(caller, room, message, refusal)
        except Refusal as refusal:
            self.marking.answer(message, _not_taken(room, words(refusal)))

    async def _caller(self, room: Room, message: discord.Message) -> Caller | None:
        """The author as a caller of the desk. None if they may not write here."""
        return self._staff.caller(await self.authors.of(message))

    def _who_speaks(self, room: Room) -> Words:
        """The answer to people who may not write here."""
        return Text("only-staff-speaks" if room.thread_id is None else "only-staff-notes")

    async def replace(
        self,
        room: Room,
        message: discord.Message,
        replaced: Message,
        read: Read,
        caller: Caller,
        source: Source,
    ) -> None:
        """Replace another message of the caller by this one, and answer refusals."""
        try:
            await self._desk.edit(caller, room.channel.ticket_id, replaced.id, read.said, source=source)
        except Refusal as refusal:
            self.marking.answer(message, Text("not-sent", why=words(refusal)))
        else:
            self.marking.kept(room, message, is_note=replaced.is_note, lost=read.lost)

    async def read(self, room: Room, message: discord.Message, *, was_hidden: bool = False) -> Read:
        """The message in the form that the ticket's requester reads."""
        ticket = await self._store.views.ticket(room.channel.ticket_id)
        language = language_of(ticket.locale if ticket else None, self.marking.language)
        return await self.reading.read(message, language, was_hidden=was_hidden)

    async def _store_message(
        self, caller: Caller, room: Room, message: discord.Message, *, always_note: bool = False
    ) -> None:
        read = await self.read(room, message)
        is_note = read.is_note or always_note or room.thread_id is not None
        is_for_colleagues = not is_note and await self._is_for_colleagues(message)
        is_note = is_note or is_for_colleagues
        do = self._desk.add_note if is_note else self._desk.post
        said = replace(read.said, reply_to=await self._answered(room, message, is_note=is_note))
        source = room.source(message.id)
        stored = await do(caller, room.channel.ticket_id, said, source=source)
        await self._agents.answered(caller, stored, source=source)
        self.marking.kept(room, message, is_note=is_note, lost=read.lost)
        if is_for_colleagues:
            self.marking.answer(message, Text("note-for-colleagues"), "mn")

    async def _is_for_colleagues(self, message: discord.Message) -> bool:
        return self._mention_is_note and await self._colleagues.are_called(message)

    async def _answered(self, room: Room, message: discord.Message, *, is_note: bool) -> MessageId | None:
        """The message that it replies to. A message for requesters never answers a note, which they do not
        see."""
        answered = message.reference.message_id if message.reference is not None else None
        if message.type is not discord.MessageType.reply or answered is None:
            return None
        found = await self.known(room, answered) or await self._shown_by(room, answered)
        return None if found is None or (found.is_note and not is_note) else found.id

    async def _shown_by(self, room: Room, discord_id: int) -> Message | None:
        """The message that this one is a copy of."""
        channel = room.channel
        shown = await self._places.shown_by(channel.ticket_id, channel.channel_id, discord_id)
        return None if shown is None else await self._store.views.message(shown, channel.ticket_id)

    async def _came_too_late(
        self, caller: Caller, room: Room, message: discord.Message, refusal: Refusal
    ) -> None:
        """Keep a message as a note if it was written before the closing and is read after it."""
        ticket = await self._store.views.ticket(room.channel.ticket_id)
        written_at = int(message.created_at.timestamp() * 1000)
        if ticket is None or ticket.closed_at is None or written_at > ticket.closed_at:
            self.marking.answer(message, Text("not-sent", why=words(refusal)))
            return
        await self._store_message(caller, room, message, always_note=True)
        self.marking.answer(message, Text("closed-before-read", number=ticket.number))

    async def knows(self, room: Room, discord_id: int) -> bool:
        """Whether a message was taken before, even if it is deleted by now."""
        for message_id in _ids_of(room, discord_id):
            if await self._store.views.message(message_id, room.channel.ticket_id) is not None:
                return True
        return False

    async def edited(
        self,
        room: Room,
        message: discord.Message,
        known: Message | None = None,
        caller: Caller | None = None,
    ) -> bool:
        """Process an edit. Only changes of content or files count, because link previews come as edits too.

        ``known`` is the stored message, and ``caller`` its author if the message itself does not tell.
        Returns whether there was anything to edit; the message itself may still come."""
        if message.edited_at is None or self._is_older_than_known(message):
            return True
        self._keep_edit(message)
        known = known or await self.known(room, message.id)
        if known is None:
            return False
        if _was_hidden(known):
            await self._withdraw(room, message.id)  # lest a process ended between note and withdrawal
        await self._edit(room, message, known, caller)
        return True

    async def _edit(
        self, room: Room, message: discord.Message, known: Message, caller: Caller | None
    ) -> None:
        read = await self.read(room, message, was_hidden=_was_hidden(known))
        said, is_note = read.said, read.is_note or room.thread_id is not None
        stays_note = is_note or (known.is_note and await self._is_for_colleagues(message))
        if said == Said(clean_text(known.content), known.attachments) and stays_note is known.is_note:
            return
        caller = caller or await self._caller(room, message)
        if caller is None:
            return
        edited_at = message.edited_at or message.created_at
        moment = f":{int(edited_at.timestamp() * 1000)}"
        try:
            if is_note and not known.is_note:
                await self._make_note(caller, room, message)
            else:
                await self._desk.edit(
                    caller,
                    room.channel.ticket_id,
                    known.id,
                    said,
                    source=room.source(message.id, f":e{moment}"),
                )
                if known.is_note and not stays_note:
                    self._tell_it_is_still_a_note(message, edited_at)
        except Refusal as refusal:
            self.marking.answer(message, Text("edit-not-sent", why=words(refusal)), "ed")

    def _tell_it_is_still_a_note(self, message: discord.Message, edited_at: datetime) -> None:
        """Tell the author once for each edit. An event that is no edit, such as a link preview, has the last
        edit's time."""
        if self._still_note.get(message.id) != edited_at:
            self._still_note.put(message.id, edited_at)
            self.marking.answer(message, Text("still-a-note"), "st")

    def _is_older_than_known(self, message: discord.Message) -> bool:
        """Whether a later edit of the message was processed already."""
        known = self._edited_at.get(message.id)
        return known is not None and message.edited_at is not None and message.edited_at < known

    def _keep_edit(self, message: discord.Message) -> None:
        if message.edited_at is None:
            return
        self._edited_at.put(message.id, message.edited_at)

    async def _make_note(self, caller: Caller, room: Room, message: discord.Message) -> None:
        """Turn a posted message that was edited into a note: it is deleted for the requester, and kept as a
        note."""
        read = await self.read(room, message, was_hidden=True)
        await self._desk.add_note(
            caller, room.channel.ticket_id, read.said, source=room.source(message.id, ":n")
        )
        await self._withdraw(room, message.id)
        self.marking.became_note(room, message, lost=read.lost)

    async def _withdraw(self, room: Room, discord_id: int, suffix: str = "") -> None:
        """Withdraw what a Discord message became at first, or with ``:n`` the note that it became later."""
        await self.withdraw(room, room.message_id(discord_id, suffix), discord_id, suffix)

    async def withdraw(self, room: Room, message_id: MessageId, discord_id: int, suffix: str = "") -> None:
        """Withdraw a message or note, because a Discord message was deleted or hidden."""
        ticket_id = room.channel.ticket_id
        source = room.source(discord_id, f"{suffix}x" if suffix else ":x")
        try:
            await self._channel_desk.withdraw(ticket_id, message_id, source)
        except MessageNotFound:
            log.debug("message %s of ticket %s is deleted already", discord_id, ticket_id)

    async def deleted(self, room: Room, message_id: int) -> None:
        """Withdraw what a deleted Discord message became."""
        if await self.known(room, message_id) is not None:
            for suffix in (":n", ""):
                await self._withdraw(room, message_id, suffix)

    async def known(self, room: Room, discord_id: int) -> Message | None:
        """What a Discord message is to us: the note it was made into, or the message or note it began as."""
        for message_id in _ids_of(room, discord_id):
            known = await self._store.views.message(message_id, room.channel.ticket_id)
            if known is not None and not known.deleted:
                return known
        return None


def _ids_of(room: Room, discord_id: int) -> tuple[MessageId, ...]:
    """The ids that a Discord message may have: of the note that it was turned into, and of the message or
    note that it began as."""
    return tuple(room.message_id(discord_id, suffix) for suffix in (":n", ""))


def _not_taken(room: Room, why: Words) -> Text:
    return Text("not-sent", why=why) if room.thread_id is None else Text("not-kept", why=why)


def _was_hidden(known: Message) -> bool:
    """Whether this is a note that began as a message."""
    return known.id.endswith(":n")
