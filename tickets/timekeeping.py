"""Says which timers an event asks for, and what happens when one goes off.

No timer is cancelled. When one goes off, the ticket is looked at again, and often there is nothing to do."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from tickets import policy
from tickets.desks.deciding import NothingChanges, on_ticket
from tickets.event_kinds import kind_of
from tickets.events import (
    Change,
    CloseAsked,
    ClosingPlanned,
    Event,
    EventData,
    LinkChanged,
    MessagePosted,
    Place,
    SlaChanged,
    SnoozeEnded,
    TicketChanged,
    TicketClosed,
    TicketOpened,
    TicketSnoozed,
)
from tickets.model import SYSTEM, AuthorType, EventId, Message, Millis, Status, Ticket, TicketId
from tickets.ports.sinks import Listening, SinkName
from tickets.ports.store import Clock, Store
from tickets.ports.timers import Timer, TimerKind
from tickets.ports.wording import Wording
from tickets.sources import by_itself
from tickets.targets import SlaState

GOING_OFF: Final = (
    TimerKind.SNOOZE,
    TimerKind.REMINDER,
    TimerKind.SILENCE,
    TimerKind.CLOSING,
    TimerKind.SLA,
)
"""The kinds of timers whose outcome is decided here."""

AT_ONCE: Final[Millis] = 0
"""Due whatever the clock says: the time of an event may be ahead of a clock that was set back."""

CaughtUp = Callable[[TicketId], Awaitable[None]]
"""Returns once the store knows what was written in the ticket's channel; raises NotNow before that."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a requester may be silent, while it is their turn; None for ever."""

    before_reminder: Millis | None = None
    before_closing: Millis | None = None

    def timers(self, event: Event) -> Iterator[Timer]:
        """The timers that the event asks for."""
        match event.data:
            case TicketSnoozed(until):
                yield Timer(event.ticket_id, TimerKind.SNOOZE, event.seq, until)
            case TicketClosed(merged_into=into) if into is not None:
                yield Timer(event.ticket_id, TimerKind.MERGE, event.seq, AT_ONCE)
            case LinkChanged() if event.origin.place is not Place.DESK:
                yield Timer(event.ticket_id, TimerKind.LINK, event.seq, AT_ONCE)
            case ClosingPlanned(at):
                yield Timer(event.ticket_id, TimerKind.CLOSING, event.seq, at)
        if _makes_it_the_requesters_turn(event):
            for kind, after in (
                (TimerKind.REMINDER, self.before_reminder),
                (TimerKind.SILENCE, self.before_closing),
            ):
                if after is not None:
                    yield Timer(event.ticket_id, kind, event.seq, event.at + after)

    @property
    def listening(self) -> Listening:
        """The events that the store passes on to ``SettingTimers``."""
        return Listening(SinkName.TIMERS, self._may_ask, self._asks)

    def _may_ask(self, event: Event) -> bool:
        return _moves_clocks(event) or any(True for _ in self.timers(event))

    def _asks(self, event: Event, ticket: Ticket) -> bool:
        """Whether the event asks for timers, or its ticket has targets whose clocks it moves."""
        return (ticket.sla is not None and _moves_clocks(event)) or any(True for _ in self.timers(event))


def _makes_it_the_requesters_turn(event: Event) -> bool:
    match event.data:
        case MessagePosted():
            return event.actor.type is AuthorType.STAFF
        case CloseAsked() | SnoozeEnded():
            return True
        case TicketChanged(changes):
            return any(it.field == "status" and it.new == Status.PENDING for it in changes)
    return False


def _moves_clocks(event: Event) -> bool:
    """Whether clocks of targets may run, or run to another time, from the event on."""
    match event.data:
        case TicketOpened(terms=terms):
            return terms is not None
        case TicketChanged(changes, terms):
            return terms is not None or any(it.field in ("status", "issue_level") for it in changes)
        case MessagePosted():
            return event.actor.type in (AuthorType.REQUESTER, AuthorType.STAFF)
    return kind_of(event.data).moves_clocks


class SettingTimers:
    """The sink that sets them."""

    name = SinkName.TIMERS

    def __init__(self, store: Store, patience: Patience) -> None:
        self._store = store
        self._patience = patience

    async def show(self, event: Event) -> None:
        """See ``tickets.ports.sinks.Sink``."""
        timers = [*self._patience.timers(event)]
        ticket = await self._store.views.ticket(event.ticket_id)
        if ticket is not None and ticket.sla is not None and (at := ticket.sla.next_at) is not None:
            timers.append(Timer(ticket.id, TimerKind.SLA, event.seq, at))
        for timer in timers:
            await self._store.timers.set(timer)
        if ticket is not None:
            self._store.bell.ring(event, ticket.requester, {it.kind for it in timers})

    async def give_up(self, event: Event, why: str) -> None:
        """Its timers are not set; the relay has it in the log."""


class GoingOff:
    """Acts when timers of one kind go off. Before a ticket is closed or its requester reminded, everything
    that staff has written is read."""

    def __init__(
        self,
        kind: TimerKind,
        store: Store,
        clock: Clock,
        patience: Patience,
        caught_up: CaughtUp,
        wording: Wording,
    ) -> None:
        self.name = kind
        self._store = store
        self._clock = clock
        self._patience = patience
        self._caught_up = caught_up
        self._wording = wording

    async def show(self, timer: Timer) -> None:
        """See ``tickets.ports.sinks.Sink``."""
        ticket = await self._store.views.ticket(timer.ticket_id)
        if ticket is None:
            return
        since = await self._since(timer)
        if self._outcome(timer, ticket, since) is None:
            return
        if timer.kind is not TimerKind.SNOOZE:
            await self._caught_up(timer.ticket_id)

        def decide(ticket: Ticket, _: Message | None) -> EventData:
            outcome = self._outcome(timer, ticket, since)
            if outcome is None:
                raise NothingChanges(ticket)
            return outcome

        by_the_desk = on_ticket(timer.ticket_id, lambda _: SYSTEM, decide)
        with suppress(NothingChanges):
            await self._store.log.append(timer.ticket_id, by_itself(EventId(timer.id)), by_the_desk)

    async def _since(self, timer: Timer) -> Millis:
        """Since when it is the requester's turn, for a reminder."""
        if timer.kind is not TimerKind.REMINDER:
            return 0
        begun = await self._store.log.events(
            timer.ticket_id, after=timer.set_at_seq - 1, upto=timer.set_at_seq
        )
        return begun[0].at if begun else timer.due_at - (self._patience.before_reminder or 0)

    def _outcome(self, timer: Timer, ticket: Ticket, since: Millis) -> EventData | None:
        """What happens to the ticket as it is now; None if nothing does."""
        if ticket.is_closed:
            return None
        now = self._clock()
        match timer.kind:
            case TimerKind.SNOOZE:
                return SnoozeEnded() if ticket.snoozed_until and ticket.snoozed_until <= now else None
            case TimerKind.CLOSING:
                due = ticket.closes_at is not None and ticket.closes_at <= now
                return TicketClosed(policy.closing_status(ticket), ticket.closing_reason) if due else None
            case TimerKind.SLA:
                return _news_of_targets(ticket, now)
        if ticket.pending_seq != timer.set_at_seq or ticket.snoozed_until is not None:
            return None
        reminding, closing = self._patience.before_reminder, self._patience.before_closing
        if timer.kind is TimerKind.SILENCE and closing is not None:
            why = self._wording.silence(ticket.locale, closing)
            return TicketClosed(policy.closing_status(ticket), why)
        if timer.kind is TimerKind.REMINDER and reminding is not None:
            closes_in = since + closing - now if closing is not None and closing > reminding else None
            if closes_in is not None and closes_in <= 0:  # nothing ran for so long: it is closed at once
                return None
            return MessagePosted(self._wording.reminder(ticket.locale, reminding, closes_in))
        return None

    async def give_up(self, timer: Timer, why: str) -> None:
        """The ticket stays as it is; the relay has it in the log."""


def _news_of_targets(ticket: Ticket, now: Millis) -> EventData | None:
    """The next thing to tell, or the level that is raised for what was told. Its targets stay the same."""
    if ticket.sla is None:
        return None
    higher = ticket.issue_level.and_above[1:]
    if ticket.sla.is_to_be_raised and higher:
        return TicketChanged((Change("issue_level", ticket.issue_level, higher[0]),))
    if (news := ticket.sla.news(now)) is None:
        return None
    target, state, due_at = news
    raises = state is SlaState.BREACHED and ticket.sla.terms.raises_level and bool(higher)
    return SlaChanged(target, state, due_at, raises)
