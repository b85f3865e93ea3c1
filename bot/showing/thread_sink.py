"""The sink of requesters' threads: shows there what requesters may know of their tickets."""

from typing import Protocol, assert_never

import discord

from bot.connection.faults import REFUSED_PAUSE, ChannelIsGone, Refused, ThreadIsArchived, TooManyThreads
from bot.showing.copies import Copies
from bot.showing.departures import Departures
from bot.showing.lines import shown_reason
from bot.showing.pings import Pinged
from bot.showing.rebuilt import time_there
from bot.showing.requester_threads import RequesterThreads, ThreadLacksAll
from bot.showing.signing import Signing
from bot.showing.texts import EMBED_TITLE_LIMIT, plain, shortened, start_of
from bot.showing.thread_lines import ThreadLines
from texts.text import Text, Words
from tickets.events import (
    ChannelKept,
    CloseAsked,
    ClosingCalledOff,
    ClosingPlanned,
    Event,
    FeedbackGiven,
    FeedbackRemoved,
    LabelsChanged,
    LinkChanged,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    NoteAdded,
    NoteDeleted,
    NoteEdited,
    PartChanged,
    PlanEvent,
    SlaChanged,
    TicketAbsorbed,
    TicketChanged,
    TicketClosed,
    TicketErased,
    TicketOpened,
    TicketReopened,
)
from tickets.model import AuthorType, Millis, Ticket
from tickets.ports.channels import Channel
from tickets.ports.sinks import Never, NotNow, SinkName
from tickets.ports.store import Clock, Store
from tickets.ports.timers import Timer, TimerKind

DESCRIPTION_LIMIT, ANSWER_LIMIT, MOST_ANSWERS = 3_000, 400, 5
"""Characters of the first message, so that all of it is within the 6,000 characters of an embed."""
LOOKED_BACK = 50
"""So many events are read to see who wrote last."""


class ThreadButtons(Protocol):
    """The buttons in requesters' threads."""

    def on_opening(self, ticket: Ticket) -> discord.ui.View: ...

    def on_closing(self, ticket: Ticket) -> discord.ui.View: ...

    def on_asking(self, ticket: Ticket) -> discord.ui.View: ...


class ThreadSink:
    """Shows everything that requesters may know. What they write in the thread themselves is there
    already."""

    name = SinkName.THREADS

    def __init__(
        self,
        store: Store,
        threads: RequesterThreads,
        lines: ThreadLines,
        copies: Copies,
        signing: Signing,
        buttons: ThreadButtons,
        clock: Clock,
        archive_after: Millis,
        departures: Departures,
    ) -> None:
        self._store = store
        self._threads = threads
        self._lines = lines
        self._copies = copies
        self._signing = signing
        self._buttons = buttons
        self._clock = clock
        self._archive_after = archive_after
        self._departures = departures

    async def show(self, event: Event) -> None:
        """See ``tickets.ports.sinks.Sink``."""
        self._threads.must_be_connected()
        ticket = await self._store.views.ticket(event.ticket_id)
        if ticket is None:
            raise NotNow("the ticket cannot be read yet")
        if ticket.erased_at is not None:
            if isinstance(event.data, TicketErased):
                await self._threads.erase(ticket.id)
            return
        try:
            await self._show_there(event, ticket)
        except TooManyThreads as full:
            if await self._threads.make_room():
                raise TooManyThreads(str(full), 0) from full
            raise Refused(
                f"{full}; no ticket with a thread is closed: archive other threads", REFUSED_PAUSE
            ) from full

    async def give_up(self, event: Event, why: str) -> None:
        """Say in the thread that something could not be shown there."""
        thread = await self._threads.existing(event.ticket_id)
        ticket = await self._store.views.ticket(event.ticket_id)
        if thread is not None and ticket is not None:
            await self._lines.say(thread, event, ticket, Text("thread-lacks", why=plain(why)), number=9)

    async def _show_there(self, event: Event, ticket: Ticket) -> None:
        try:
            await self._show(event, ticket)
        except ThreadIsArchived:
            if (thread := await self._threads.existing(ticket.id)) is not None:
                await self._threads.bring_back(thread)
            raise
        except ChannelIsGone:
            if (thread := await self._threads.existing(ticket.id)) is not None:
                await self._threads.is_gone(thread)
            raise

    async def _show(self, event: Event, ticket: Ticket) -> None:
        thread = await self._thread(event, ticket)
        if thread is None:
            return
        match event.data:
            case TicketOpened():
                await self._welcome(thread, event, ticket)
            case MessagePosted() | MessageEdited() | MessageDeleted() as data:
                if event.origin.channel_id != thread.channel_id:
                    await self._copies.show(
                        thread, event, data, ticket, lambda: self._ping(thread, event, ticket)
                    )
                await self._copies.requote(thread, event)
            case TicketClosed() as closed:
                await self._close(thread, event, closed, ticket)
            case TicketReopened() | TicketAbsorbed() as data:
                await self._go_on(thread, event, data, ticket)
            case PlanEvent() as plan:
                await self._show_plan(thread, event, plan, ticket)
            case TicketChanged() | FeedbackGiven() | FeedbackRemoved() | TicketErased():
                pass
            case (
                NoteAdded()
                | NoteEdited()
                | NoteDeleted()
                | LabelsChanged()
                | SlaChanged()
                | PartChanged()
                | LinkChanged()
                | ChannelKept()
            ):
                pass  # requesters never see them
            case _:
                assert_never(event.data)
        await self._departures.look(thread, event, ticket)

    async def _thread(self, event: Event, ticket: Ticket) -> Channel | None:
        """The ticket's thread. For a closed ticket, a lost thread is not made again to show old events."""
        is_first = event.seq == 1
        if ticket.is_closed and not is_first:
            return await self._threads.existing(ticket.id)
        try:
            thread, created = await self._threads.ensure(ticket, from_the_beginning=is_first)
        except ThreadLacksAll as lacking:
            await self._store.backlog.replay(SinkName.THREADS, ticket.id)
            self._store.bell.ring(event, ticket.requester, {SinkName.THREADS})
            raise ChannelIsGone("the ticket had a thread that is gone", 0) from lacking
        if created:
            self._lines.created_here(ticket.id)
            self._copies.created_here(thread)
        return thread

    async def _welcome(self, thread: Channel, event: Event, ticket: Ticket) -> None:
        await self._threads.admit(ticket, thread)
        embed = discord.Embed(
            title=shortened(plain(ticket.topic), EMBED_TITLE_LIMIT),
            description=start_of(ticket.description, DESCRIPTION_LIMIT),
        )
        for answered in ticket.answers[:MOST_ANSWERS]:
            answer = start_of(answered.answer, ANSWER_LIMIT)
            embed.add_field(name=plain(answered.question), value=answer, inline=False)
        words = Text("thread-welcome", number=ticket.number)
        view = self._buttons.on_opening(ticket)
        await self._lines.say(
            thread, event, ticket, words, ping=await self._requester(ticket), embed=embed, view=view
        )
        await self._copies.show_files(thread, event, ticket)

    async def _go_on(
        self, thread: Channel, event: Event, data: TicketReopened | TicketAbsorbed, ticket: Ticket
    ) -> None:
        """Show where the requester writes from now on."""
        who = await self._who(event)
        words = Text("thread-reopened", who=who)
        if isinstance(data, TicketReopened):
            await self._threads.bring_back(thread)
        else:
            words = Text("thread-merged", who=who, number=data.number)
        await self._lines.say(thread, event, ticket, words)

    async def _close(self, thread: Channel, event: Event, closed: TicketClosed, ticket: Ticket) -> None:
        words = self._closed_by(await self._who(event), event, closed, ticket)
        if ticket.closed_seq != event.seq:  # it was reopened since
            await self._lines.say(thread, event, ticket, words)
            return
        view = None if closed.merged_into else self._buttons.on_closing(ticket)
        try:
            await self._lines.say(thread, event, ticket, words, view=view)
            await self._threads.lock(thread)
        except Never:  # the thread goes all the same
            await self._archive_later(event, ticket)
            raise
        await self._archive_later(event, ticket)

    async def _archive_later(self, event: Event, ticket: Ticket) -> None:
        goes_at = self._clock() + self._archive_after
        await self._store.timers.set(Timer(ticket.id, TimerKind.ARCHIVING, event.seq, goes_at))
        self._store.bell.ring(event, ticket.requester, {TimerKind.ARCHIVING})

    @staticmethod
    def _closed_by(who: str, event: Event, closed: TicketClosed, ticket: Ticket) -> Words:
        if closed.merged_into_number is not None:
            return Text("thread-merged-into", who=who, into=closed.merged_into_number)
        number, status = ticket.number, closed.to
        own = "yes" if event.actor.type is AuthorType.REQUESTER else "no"
        if not closed.reason:
            return Text("thread-closed", number=number, status=status, who=who, own=own)
        why = shown_reason(closed.reason)
        return Text("thread-closed-because", number=number, status=status, who=who, own=own, why=why)

    async def _show_plan(self, thread: Channel, event: Event, plan: PlanEvent, ticket: Ticket) -> None:
        """Show a plan to close the ticket. Requesters do not learn of snoozing."""
        match plan:
            case CloseAsked():
                view = self._buttons.on_asking(ticket)
                words = Text("thread-close-asked", who=await self._who(event))
                await self._lines.say(
                    thread, event, ticket, words, view=view, ping=await self._requester(ticket)
                )
            case ClosingCalledOff():
                words = Text("thread-closing-called-off", who=await self._who(event))
                await self._lines.say(thread, event, ticket, words)
            case ClosingPlanned(at, reason):
                who, when = await self._who(event), f"<t:{at // 1000}:f> (<t:{at // 1000}:R>)"
                words = (
                    Text("thread-closing-planned-because", who=who, at=when, why=shown_reason(reason))
                    if reason
                    else Text("thread-closing-planned", who=who, at=when)
                )
                await self._lines.say(thread, event, ticket, words)

    async def _ping(self, thread: Channel, event: Event, ticket: Ticket) -> Pinged | None:
        """Whom to ping: the requester, for staff's first answer since they last wrote."""
        is_history = await time_there(self._store.threads, thread, event.at)
        if event.actor.type is not AuthorType.STAFF or is_history:
            return None
        since = max(1, event.seq - LOOKED_BACK)
        before = await self._store.log.events(ticket.id, after=since - 1, upto=event.seq - 1)
        posted = [it for it in before if isinstance(it.data, MessagePosted) and it.actor.key is not None]
        is_first = not posted or posted[-1].actor.type is AuthorType.REQUESTER
        return await self._requester(ticket) if is_first else None

    async def _who(self, event: Event) -> str:
        return plain(await self._signing.name(event.actor))

    async def _requester(self, ticket: Ticket) -> Pinged | None:
        member = await self._threads.members.discord_id(ticket.requester)
        return None if member is None else Pinged((member,))


class ArchivingThreads:
    """Archives the thread of a closed ticket, unless it was reopened since the timer was set."""

    name = TimerKind.ARCHIVING

    def __init__(self, store: Store, threads: RequesterThreads) -> None:
        self._store = store
        self._threads = threads

    async def show(self, timer: Timer) -> None:
        """See ``tickets.ports.sinks.Sink``."""
        ticket = await self._store.views.ticket(timer.ticket_id)
        thread = await self._threads.existing(timer.ticket_id)
        if thread is not None and ticket is not None and ticket.closed_seq == timer.set_at_seq:
            self._threads.must_be_connected()
            await self._threads.put_away(thread)

    async def give_up(self, timer: Timer, why: str) -> None:
        """The thread stays. The relay logs that."""
