"""Where events are shown: sinks, and what they still have to show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from tickets.events import Event
from tickets.model import Millis, TicketId


class SinkName(StrEnum):
    """The sinks whose pending work the store keeps."""

    DISCORD = "discord"
    REMOVAL = "removal"
    """The removal of a closed ticket's channel: due only once the Discord sink schedules it."""


FIRST_SINKS = (SinkName.DISCORD,)
"""The sinks at which every event is due from its append on."""


@dataclass(frozen=True, slots=True)
class Due:
    """An event that a sink has yet to show, and how often that was tried."""

    event: Event
    attempts: int


class Backlog(Protocol):
    """What the sinks still have to show, found at once however large the log."""

    async def tickets_due(self, sink: SinkName, now: Millis, limit: int) -> list[TicketId]:
        """Tickets whose lowest unshown event may be tried now; the most urgent level first, then the
        one waiting longest."""
        ...

    async def next_due(self, sink: SinkName, ticket_id: TicketId, now: Millis) -> Due | None:
        """The ticket's lowest unshown event, if it may be tried now."""
        ...

    async def earliest(self, sink: SinkName) -> Millis | None:
        """When the next unshown event may be tried; None if there is none."""
        ...

    async def shown(self, sink: SinkName, event: Event) -> None:
        """The sink is done with the event; for Discord, a message so shown is DELIVERED."""
        ...

    async def put_off(self, sink: SinkName, event: Event, until: Millis) -> None:
        """Try again then; counts an attempt."""
        ...

    async def failed(self, sink: SinkName, event: Event, reason: str) -> None:
        """It can never be shown: step over it; for Discord, its message is FAILED."""
        ...

    async def pending(self, sink: SinkName, ticket_id: TicketId) -> bool:
        """Whether the sink has yet to show anything of the ticket, now or later."""
        ...

    async def replay(self, sink: SinkName, ticket_id: TicketId) -> None:
        """Make every event of the ticket due again, now: what showed them is gone."""
        ...

    async def hasten(self, sink: SinkName, ticket_ids: Sequence[TicketId]) -> None:
        """Let what was put off of these tickets be tried now; attempts stay counted."""
        ...

    async def schedule(self, sink: SinkName, event: Event, at: Millis) -> None:
        """Make the event due at a sink at a later time: a timer that survives restarts. Once per event."""
        ...


@dataclass(frozen=True, slots=True)
class Depth:
    """How much a sink has still to show; ``oldest_at`` is since when the first of it has been waiting."""

    count: int = 0
    oldest_at: Millis | None = None


class Depths(Protocol):
    """How much waits, for people who watch; it may take longer than other questions."""

    async def backlog(self) -> Mapping[SinkName, Depth]:
        """Of every sink; a timer waits from its time on."""
        ...

    async def without_channel(self) -> int:
        """How many tickets at work have no channel yet."""
        ...


class Sink(Protocol):
    """Shows events somewhere. It decides nothing; showing the same event again must do no harm."""

    name: SinkName

    async def show(self, event: Event) -> None:
        """Return once the event is to be seen, or raise NotNow or Never.

        Any other exception counts as NotNow for a limited number of attempts, then as Never."""
        ...

    async def give_up(self, event: Event, why: str) -> None:
        """Tell people that the event cannot be shown; called once, after it is marked FAILED."""
        ...


class NotNow(Exception):
    """The sink cannot show the event at present; ``seconds`` says how long to wait, if it is known."""

    grows = False
    """Whether the pauses grow all the same from attempt to attempt, from ``seconds`` on."""

    def __init__(self, why: str, seconds: float | None = None) -> None:
        super().__init__(why)
        self.seconds = seconds


class Away(NotNow):
    """The sink as a whole cannot show anything at present: no ticket needs to be tried before then."""


class Never(Exception):
    """The sink can never show this event."""
