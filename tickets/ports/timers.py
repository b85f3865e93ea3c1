"""Timers: what happens later. Each ticket has at most one timer of a kind, and the store keeps them all."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from tickets.model import Millis, TicketId
from tickets.ports.sinks import Due


class TimerKind(StrEnum):
    """The kinds of timers: what each is set for."""

    REMOVAL = "removal"
    """The removal of a closed ticket's channel."""
    WEEKLY = "weekly"
    """The statistics of a week; it belongs to no ticket."""
    REMOVED = "removed"
    """A line in the log channel that a ticket's channel was removed."""
    MERGE = "merge"
    """Completes a merge."""
    LINK = "link"
    """Completes a link between two tickets."""
    SNOOZE = "snooze"
    """The end of a snooze."""
    REMINDER = "reminder"
    """A reminder for a requester who has been silent."""
    SILENCE = "silence"
    """The closing of a ticket whose requester has been silent for too long."""
    CLOSING = "closing"
    """The closing that somebody has planned."""
    ARCHIVING = "archiving"
    """The archiving of the thread of a closed ticket's requester."""
    SLA = "sla"
    """Reports the next news of a ticket's targets."""


@dataclass(frozen=True, slots=True)
class Timer:
    """It goes off at ``due_at``. ``set_at_seq`` is the seq of the event for which it was set. Much may have
    happened since, so whoever handles it looks at the ticket again."""

    ticket_id: TicketId
    kind: TimerKind
    set_at_seq: int
    due_at: Millis

    @property
    def id(self) -> str:
        """The id of the event that it causes. So if it goes off twice, there is one event."""
        return f"t:{self.kind}:{self.set_at_seq}"


class Timers(Protocol):
    """Timers survive restarts, and are found at once, however many there are."""

    async def set(self, timer: Timer) -> None:
        """Set the timer in place of an earlier one of its kind. A timer for the same or a later event stays
        as it is, even if it has gone off since."""
        ...

    async def tickets_due(self, kind: TimerKind, now: Millis, limit: int) -> list[TicketId]:
        """Tickets whose timer is due, the longest waiting first."""
        ...

    async def next_due(self, kind: TimerKind, ticket_id: TicketId, now: Millis) -> Due[Timer] | None:
        """The ticket's timer, if it is due."""
        ...

    async def earliest(self, kind: TimerKind) -> Millis | None:
        """When the next timer is due; None if there is none."""
        ...

    async def done(self, kind: TimerKind, timer: Timer) -> None:
        """It has gone off. A timer that was set for a later event meanwhile stays."""
        ...

    async def put_off(self, kind: TimerKind, timer: Timer, until: Millis) -> None:
        """Try it again then, and count the attempt."""
        ...

    async def failed(self, kind: TimerKind, timer: Timer, reason: str) -> None:
        """Its purpose can never be fulfilled."""
        ...

    async def hasten(
        self, kind: TimerKind, ticket_ids: Sequence[TicketId] | None, beyond: Millis = 0
    ) -> None:
        """Let those of these tickets that were put off be tried now, of all if it is None; others wait for
        their time."""
        ...
