"""The Discord sink: shows every event of a ticket in the ticket's channel."""

import logging
from collections.abc import Sequence
from functools import partial
from typing import assert_never

import discord

from bot.connection.faults import ChannelIsGone, discord_faults
from bot.showing.absorbed import Absorbed
from bot.showing.cards import Cards
from bot.showing.channels import LacksAll, TicketChannels
from bot.showing.copies import Copies
from bot.showing.earlier import Earlier
from bot.showing.erased import Erased
from bot.showing.feedback_posts import FeedbackPosts
from bot.showing.lines import target_line
from bot.showing.notes import say_all, show_note
from bot.showing.notices import Notices
from bot.showing.outbox import Outbox, nonce
from bot.showing.parts import MESSAGE_LIMIT
from bot.showing.pings import Pinged, Pings
from bot.showing.posts import Post
from bot.showing.removal import ReadOut
from bot.showing.texts import plain, shortened
from bot.showing.transcript_posts import TranscriptPosts
from bot.showing.uploads import Uploads
from texts.text import Text, in_language
from tickets.events import (
    Change,
    ChannelKept,
    Event,
    FeedbackGiven,
    FeedbackRemoved,
    LinkChanged,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    NoteAdded,
    NoteDeleted,
    NoteEdited,
    PartChanged,
    Place,
    Sentence,
    SentenceEvent,
    SlaChanged,
    TicketAbsorbed,
    TicketChanged,
    TicketClosed,
    TicketErased,
    TicketOpened,
    TicketReopened,
)
from tickets.model import AuthorType, IssueLevel, Millis, Part, Ticket
from tickets.ports.channels import Channel
from tickets.ports.sinks import Never, NotNow, SinkName
from tickets.ports.store import Clock, Store
from tickets.ports.timers import Timer, TimerKind

log = logging.getLogger(__name__)

UNTOLD = ("attachments", "requester_role")
"""Changes without a line of their own: the channel shows them in another way."""
LONG_GRACE: Millis = 5 * 60_000
"""If the channel stays at least so long after the closing, its card is refreshed to show it. In a channel
that is removed sooner, only a line shows it, and the card's buttons answer that the ticket is closed."""


class DiscordSink:
    """Shows what happened. The card always shows the ticket as it is now."""

    name = SinkName.DISCORD

    def __init__(
        self,
        store: Store,
        channels: TicketChannels,
        notices: Notices,
        cards: Cards,
        outbox: Outbox,
        uploads: Uploads,
        transcripts: TranscriptPosts,
        feedback: FeedbackPosts,
        pings: Pings,
        read_out: ReadOut,
        absorbed: Absorbed,
        clock: Clock,
        close_grace: Millis,
        earlier: Earlier,
        erased: Erased,
    ) -> None:
        self._store = store
        self._channels = channels
        self._notices = notices
        self._cards = cards
        self._outbox = outbox
        self._copies = Copies(store, outbox)
        self._uploads = uploads
        self._transcripts = transcripts
        self._feedback = feedback
        self._pings = pings
        self._read_out = read_out
        self._absorbed = absorbed
        self._clock = clock
        self._close_grace = close_grace
        self._earlier = earlier
        self._erased = erased

    async def show(self, event: Event) -> None:
        """Bring the channel up to this event; see ``tickets.ports.sinks.Sink``."""
        for file_id in event.dropped:
            await self._store.files.delete(file_id)
        self._channels.must_be_connected()
        ticket = await self._store.views.ticket(event.ticket_id)
        if ticket is None:
            raise NotNow("the ticket cannot be read yet")
        try:
            await self._show(event, ticket)
        except ChannelIsGone:
            await self._is_gone(ticket, await self._channels.existing(ticket.id))
            raise

    async def channel_is_gone(self, ticket: Ticket, channel_id: int) -> None:
        """The channel was deleted by hand. For an open ticket, everything is shown again in a new channel,
        which it may have already."""
        channel = await self._channels.existing(ticket.id)
        if channel is not None and channel.channel_id == channel_id:
            await self._is_gone(ticket, channel)

    async def _is_gone(self, ticket: Ticket, channel: Channel | None) -> None:
        if channel is None:
            return
        await self._channels.is_gone(channel, ticket)
        if not ticket.is_closed:
            await self._replay(ticket)

    async def _replay(self, ticket: Ticket) -> None:
        await self._store.backlog.replay(SinkName.DISCORD, ticket.id)
        for opened in await self._store.log.events(ticket.id, upto=1):
            self._store.bell.ring(opened, ticket.requester, {SinkName.DISCORD})

    async def give_up(self, event: Event, why: str) -> None:
        """Say in the channel that something could not be shown, with its text as a file."""
        channel = await self._channels.existing(event.ticket_id)
        if channel is None:
            if (ticket := await self._store.views.ticket(event.ticket_id)) is not None:
                await self._channels.not_to_be_had(ticket, why)
            return
        told = Text("not-taken", who=await self._notices.who(event), why=plain(why))
        text = in_language(told, self._channels.language)
        words: bytes | None = None
        if isinstance(event.data, MessagePosted | MessageEdited | NoteAdded | NoteEdited):
            words = event.data.content.encode(errors="replace")
        post = Post(shortened(text, MESSAGE_LIMIT), whole=words)
        await say_all(
            self._channels, self._uploads, channel, [post], lambda number: nonce(event, 98 - number)
        )

    async def _show(self, event: Event, ticket: Ticket) -> None:
        if ticket.erased_at is not None:
            if isinstance(event.data, TicketErased):
                await self._erased.show(event, ticket)
            return
        if isinstance(event.data, TicketClosed):
            self._channels.needed_no_more(ticket)
            await self._close(event, event.data, ticket)
            return
        if isinstance(event.data, FeedbackGiven):
            await self._feedback.tell(event, event.data, ticket)
            return
        if isinstance(event.data, FeedbackRemoved):
            await self._feedback.take_back(ticket)
            return
        if ticket.is_closed:
            channel = await self._channels.existing(ticket.id)
            if channel is None:
                return
        else:
            channel = await self._open(ticket, event)
        if _is_history(event, channel) and await self._earlier.has(channel, event):
            return
        if _is_there_already(event, channel):
            await self._note_move(channel, event)
        else:
            await self._show_in(channel, event, ticket)
        await self._earlier.renew(channel, event, ticket)
        await self._copies.requote(channel, event)
        self._cards.refresh(ticket.id)

    async def _open(self, ticket: Ticket, event: Event) -> Channel:
        """The ticket's channel. If it is a new one in place of a lost one, everything is shown from the
        beginning."""
        try:
            channel, created = await self._channels.ensure(ticket, from_the_beginning=event.seq == 1)
        except LacksAll as lacking:
            await self._replay(ticket)
            raise ChannelIsGone("the ticket had a channel that is gone", 0) from lacking
        if created:
            self._outbox.created_here(channel)
        return channel

    async def _show_in(self, channel: Channel, event: Event, ticket: Ticket) -> None:
        match event.data:
            case TicketOpened():
                await self._show_opening(channel, event, event.data, ticket)
            case MessagePosted() | MessageEdited() | MessageDeleted() as data:
                await self._show_message(channel, event, data, ticket)
            case NoteAdded() | NoteEdited() | NoteDeleted() as note:
                await show_note(
                    self._channels,
                    self._store.channels,
                    self._uploads,
                    channel,
                    event,
                    note,
                    await self._notices.author_of(channel, event),
                )
            case TicketChanged(changes):
                await self._show_changes(channel, event, ticket, changes)
            case ChannelKept(until):
                await self._keep(channel, event, ticket, until)
            case SentenceEvent() as data:
                await self._show_sentence(channel, event, data, ticket)
            case PartChanged() | LinkChanged() | TicketAbsorbed() | SlaChanged() as data:
                await self._show_for_staff(channel, event, data, ticket)
            case TicketClosed() | FeedbackGiven() | FeedbackRemoved() | TicketErased():
                pass  # card and transcript channel show it
            case _:
                assert_never(event.data)

    async def _show_message(
        self,
        channel: Channel,
        event: Event,
        data: MessagePosted | MessageEdited | MessageDeleted,
        ticket: Ticket,
    ) -> None:
        find_ping = partial(self._ping_for_message, channel, event, ticket)
        await self._copies.show(channel, event, data, ticket, find_ping)
        if isinstance(data, MessageDeleted) and event.actor.type is AuthorType.REQUESTER:
            who = await self._notices.who(event)
            await self._notices.say(channel, event, Text("message-was-deleted", who=who))
        if isinstance(data, MessagePosted) and not _is_history(event, channel):
            role = await self._pings.instead_of_assignee(event, ticket)
            if role is not None:
                await self._notices.say(channel, event, Text("assignee-is-gone"), ping=role, number=96)

    async def _show_opening(
        self, channel: Channel, event: Event, opened: TicketOpened, ticket: Ticket
    ) -> None:
        """Show the opening. The card shows the ticket, and its files become a message of the requester."""
        await self._notices.opened(channel, event, opened)
        await self._copies.show_files(channel, event, ticket)
        await self._earlier.put_up(channel, event, ticket)

    async def _show_for_staff(
        self,
        channel: Channel,
        event: Event,
        data: PartChanged | LinkChanged | TicketAbsorbed | SlaChanged,
        ticket: Ticket,
    ) -> None:
        match data:
            case LinkChanged():
                await self._notices.link_changed(channel, event, data)
            case PartChanged():
                await self._show_part(channel, event, data, ticket)
            case TicketAbsorbed():
                await self._show_absorbed(channel, event, data, ticket)
            case SlaChanged(target, state, due_at):
                ping = None if _is_history(event, channel) else self._pings.for_target(state, ticket)
                await self._notices.say(channel, event, target_line(target, state, due_at), ping=ping)

    async def _show_absorbed(
        self, channel: Channel, event: Event, absorbed: TicketAbsorbed, ticket: Ticket
    ) -> None:
        text, files = await self._absorbed.shown(event, absorbed, await self._notices.who(event), ticket)
        await self._channels.say(channel, text, nonce(event), files=files)

    async def _show_part(self, channel: Channel, event: Event, changed: PartChanged, ticket: Ticket) -> None:
        if changed.part is Part.COLLEAGUE:
            await self._channels.admit(ticket, channel)
        ping = None if _is_history(event, channel) else await self._pings.for_part(event, changed)
        await self._notices.part_changed(channel, event, changed, ping)

    async def _show_sentence(self, channel: Channel, event: Event, data: Sentence, ticket: Ticket) -> None:
        if isinstance(data, TicketReopened):
            await self._notices.correct_closing(channel, event)
        ping = await self._pings.for_message(event, ticket)  # the requester's answer "not yet", or "again"
        await self._notices.told(channel, event, data, ping)

    async def _ping_for_message(self, channel: Channel, event: Event, ticket: Ticket) -> Pinged | None:
        return None if _is_history(event, channel) else await self._pings.for_message(event, ticket)

    async def _show_changes(
        self, channel: Channel, event: Event, ticket: Ticket, changes: Sequence[Change]
    ) -> None:
        fields = {change.field for change in changes}
        if "attachments" in fields:
            await self._copies.show_files_left(channel, event, ticket)
        if "issue_level" in fields:
            await self._channels.move(ticket, channel)
        if "support_role" in fields:
            await self._channels.admit(ticket, channel)
        told = [it for it in changes if it.field not in UNTOLD]
        if told:
            ping = None if _is_history(event, channel) else await self._pings.for_changes(event, ticket, told)
            await self._notices.changed(channel, event, told, ping)

    async def _note_move(self, channel: Channel, event: Event) -> None:
        """Somebody moved the channel, and the ticket's level followed. Store the new category, so that a
        further move is noticed, and say why the level changed."""
        if isinstance(event.data, TicketChanged):
            for change in event.data.changes:
                if change.field == "issue_level" and change.new:
                    await self._channels.note_move(channel, IssueLevel(change.new))
            await self._notices.moved_by_hand(channel, event, event.data)

    async def _close(self, event: Event, closed: TicketClosed, ticket: Ticket) -> None:
        """Show the closing. The transcript is filed first; only then may the channel be removed."""
        await self._transcripts.file(event, ticket)
        channel = await self._channels.existing(ticket.id)
        if channel is None:
            return
        if ticket.closed_seq != event.seq:
            if not await self._earlier.has(channel, event):
                await self._notices.was_closed(channel, event, closed)
            return
        if event.origin.place is not Place.DISCORD or event.actor.type is AuthorType.REQUESTER:
            await self._tell_whom_it_overtook(channel)
        if self._close_grace >= LONG_GRACE:
            self._cards.refresh(ticket.id)
        goes_at = self._clock() + self._close_grace
        try:
            await self._notices.closed(channel, event, ticket, goes_at)
        except Never:  # the channel goes all the same
            await self._remove_later(event, ticket, goes_at)
            raise
        await self._remove_later(event, ticket, goes_at)

    async def _remove_later(self, event: Event, ticket: Ticket, goes_at: Millis) -> None:
        await self._store.timers.set(Timer(ticket.id, TimerKind.REMOVAL, event.seq, goes_at))
        self._store.bell.ring(event, ticket.requester, {TimerKind.REMOVAL})

    async def _keep(self, channel: Channel, event: Event, ticket: Ticket, until: Millis) -> None:
        """Keep the channel for longer, if this is still about the present closing."""
        if ticket.closed_seq is None or event.seq < ticket.closed_seq:
            return
        await self._remove_later(event, ticket, until)
        await self._notices.kept(channel, event, ticket, until)

    async def _tell_whom_it_overtook(self, channel: Channel) -> None:
        """The ticket was closed elsewhere. Read what staff wrote before and is not read yet, while they can
        still be told. If that fails, it is read before the channel is removed."""
        try:
            with discord_faults("reading what was written before the closing"):
                await self._read_out(channel.channel_id)
        except NotNow as later:
            log.info("channel %s is read once more before it goes: %s", channel.channel_id, later)


def _is_history(event: Event, channel: Channel) -> bool:
    """Whether the channel was made after the event. Then the event is only shown again and alerts nobody."""
    return event.at < int(discord.utils.snowflake_time(channel.channel_id).timestamp() * 1000)


def _is_there_already(event: Event, channel: Channel) -> bool:
    """Whether the event happened in this channel itself, where people see it anyway."""
    return event.origin.place is Place.DISCORD and event.origin.channel_id == channel.channel_id
