"""What time brings about: which timers an event asks for, and what happens when one goes off.

No timer is cancelled. When one goes off, the ticket is looked at again, and often there is nothing to do."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass

from tickets import policy
from tickets.desks.deciding import NothingChanges, on_ticket
from tickets.events import (
    CloseAsked,
    ClosingPlanned,
    Event,
    EventData,
    MessagePosted,
    SnoozeEnded,
    TicketChanged,
    TicketClosed,
    TicketSnoozed,
)
from tickets.model import SYSTEM, AuthorType, EventId, Message, Millis, Status, Ticket, TicketId
from tickets.ports.sinks import Listening, SinkName
from tickets.ports.store import Clock, Store
from tickets.ports.timers import Timer, TimerKind
from tickets.ports.wording import Wording
from tickets.sources import by_itself

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
                yield Timer(event.ticket_id, TimerKind.MERGE, event.seq, event.at)
            case ClosingPlanned(at):
                yield Timer(event.ticket_id, TimerKind.CLOSING, event.seq, at)
        if _makes_it_the_requesters_turn(event):
            for kind, after in (
                (TimerKind.REMINDER, self.before_reminder),
                (TimerKind.SILENCE, self.before_closing),
            ):
                if after is not None:
                    yield Timer(event.ticket_id, kind, event.seq, event.at + after)

    def is_heard(self, event: Event) -> bool:
        """Whether the event asks for timers."""
        return any(True for _ in self.timers(event))

    @property
    def listening(self) -> Listening:
        """What the store lets ``SettingTimers`` hear of."""
        return Listening(SinkName.TIMERS, self.is_heard)


def _makes_it_the_requesters_turn(event: Event) -> bool:
    match event.data:
        case MessagePosted():
            return event.actor.type is AuthorType.STAFF
        case CloseAsked() | SnoozeEnded():
            return True
        case TicketChanged(changes):
            return any(it.field == "status" and it.new == Status.PENDING for it in changes)
    return False


class SettingTimers:
    """The sink that sets them."""

    name = SinkName.TIMERS

    def __init__(self, store: Store, patience: Patience) -> None:
        self._store = store
        self._patience = patience

    async def show(self, event: Event) -> None:
        """See ``tickets.ports.sinks.Sink``."""
        for timer in self._patience.timers(event):
            await self._store.timers.set(timer)
        ticket = await self._store.views.ticket(event.ticket_id)
        if ticket is not None:
            self._store.bell.ring(event, ticket.requester)  # for those who wait for the next timer

    async def give_up(self, event: Event, why: str) -> None:
        """Its timers are not set; the relay has it in the log."""


class GoingOff:
    """What timers of one kind do to their tickets. What closes or reminds waits until all is heard of that
    staff has written."""

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
        if ticket is None or self._outcome(timer, ticket) is None:
            return
        if timer.kind is not TimerKind.SNOOZE:
            await self._caught_up(timer.ticket_id)

        def decide(ticket: Ticket, _: Message | None) -> EventData:
            outcome = self._outcome(timer, ticket)
            if outcome is None:
                raise NothingChanges(ticket)
            return outcome

        by_the_desk = on_ticket(timer.ticket_id, lambda _: SYSTEM, decide)
        with suppress(NothingChanges):
            await self._store.log.append(timer.ticket_id, by_itself(EventId(timer.id)), by_the_desk)

    def _outcome(self, timer: Timer, ticket: Ticket) -> EventData | None:
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
        if ticket.pending_seq != timer.set_at_seq or ticket.snoozed_until is not None:
            return None
        reminding, closing = self._patience.before_reminder, self._patience.before_closing
        if timer.kind is TimerKind.SILENCE and closing is not None:
            why = self._wording.silence(ticket.locale, closing)
            return TicketClosed(policy.closing_status(ticket), why)
        if timer.kind is TimerKind.REMINDER and reminding is not None:
            closes_in = closing - reminding if closing is not None and closing > reminding else None
            return MessagePosted(self._wording.reminder(ticket.locale, reminding, closes_in))
        return None

    async def give_up(self, timer: Timer, why: str) -> None:
        """The ticket stays as it is; the relay has it in the log."""
