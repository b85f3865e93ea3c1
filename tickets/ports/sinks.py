"""Sinks, which show events, and what they still have to show."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Generic, Protocol, TypeVar

from tickets.event_kinds import is_for_requesters
from tickets.events import Event
from tickets.model import Millis, Ticket, TicketId
from tickets.news import is_news, is_news_to_anybody

Name = TypeVar("Name")
AskedName = TypeVar("AskedName", contravariant=True)
Item = TypeVar("Item")
ShownItem = TypeVar("ShownItem", contravariant=True)


class SinkName(StrEnum):
    """The sinks whose pending work the store keeps."""

    DISCORD = "discord"
    TIMERS = "timers"
    """Sets the timers that an event asks for."""
    WEBHOOKS = "webhooks"
    """Keeps for each endpoint of a backend what it is to be told."""
    LOG = "log"
    """Says in the log channel what becomes of tickets."""
    THREADS = "threads"
    """Shows a ticket in the thread in which its requester talks, if they opened it in Discord."""

    NOTIFICATIONS = "notifications"
    """Tells those who are not looking."""


@dataclass(frozen=True, slots=True)
class Listening:
    """A sink that is configured, and which events of which tickets it wants: the store makes due rows for no
    others."""

    sink: SinkName
    wants: Callable[[Event], bool] = lambda _: True
    concerns: Callable[[Event, Ticket], bool] = lambda *_: True

    def is_due(self, event: Event, ticket: Ticket) -> bool:
        """Whether the sink has to show the event; ``ticket`` is whose it is, as it is right after it."""
        return self.wants(event) and self.concerns(event, ticket)


def due_at(sinks: Iterable[Listening], event: Event, ticket: Ticket) -> frozenset[SinkName]:
    """The sinks that have to show the event."""
    return frozenset(it.sink for it in sinks if it.is_due(event, ticket))


def due_perhaps(sinks: Iterable[Listening], event: Event) -> frozenset[SinkName]:
    """The same, where the ticket is not at hand: some of them may have nothing to do."""
    return frozenset(it.sink for it in sinks if it.wants(event))


EVERYTHING = (
    Listening(SinkName.DISCORD),
    Listening(SinkName.NOTIFICATIONS, is_news, is_news_to_anybody),
    Listening(SinkName.THREADS, is_for_requesters, lambda _, it: it.panel_channel_id is not None),
)
"""The sinks that there always are."""


@dataclass(frozen=True, slots=True)
class Due(Generic[Item]):
    """An event that a sink has yet to show, or a timer that is to go off, and how often that was tried."""

    item: Item
    attempts: int


@dataclass(frozen=True, slots=True)
class Failure:
    """An event that a sink was to show and never could, and why."""

    seq: int
    reason: str


class Work(Protocol[AskedName, Item]):
    """What a relay works off, by the name of a sink or of a kind of timer: ``Backlog`` and ``Timers``."""

    async def tickets_due(self, name: AskedName, now: Millis, limit: int, /) -> list[TicketId]: ...

    async def next_due(self, name: AskedName, ticket_id: TicketId, now: Millis, /) -> Due[Item] | None: ...

    async def earliest(self, name: AskedName, /) -> Millis | None: ...

    async def done(self, name: AskedName, item: Item, /) -> None: ...

    async def put_off(self, name: AskedName, item: Item, until: Millis, /) -> None: ...

    async def failed(self, name: AskedName, item: Item, reason: str, /) -> None: ...

    async def hasten(self, name: AskedName, ticket_ids: Sequence[TicketId], /) -> None: ...


LONGEST_PUT_OFF: Final[Millis] = 30 * 60_000
"""No sink puts an event off for so long. What seems to be put off for longer was so before the clock was set
back, and is due."""


class Backlog(Protocol):
    """What the sinks still have to show, found at once however large the log. An event may be tried now
    unless it was put off until a time within ``LONGEST_PUT_OFF`` from now."""

    async def tickets_due(self, sink: SinkName, now: Millis, limit: int) -> list[TicketId]:
        """Tickets whose lowest unshown event may be tried now; the most urgent level first, then the
        one waiting longest."""
        ...

    async def next_due(self, sink: SinkName, ticket_id: TicketId, now: Millis) -> Due[Event] | None:
        """The ticket's lowest unshown event, if it may be tried now."""
        ...

    async def earliest(self, sink: SinkName) -> Millis | None:
        """When the next unshown event may be tried; None if there is none."""
        ...

    async def done(self, sink: SinkName, event: Event) -> None:
        """The sink is done with the event; for Discord, a message so shown is DELIVERED."""
        ...

    async def put_off(self, sink: SinkName, event: Event, until: Millis) -> None:
        """Try again then; counts an attempt."""
        ...

    async def failed(self, sink: SinkName, event: Event, reason: str) -> None:
        """It can never be shown: step over it; for Discord, its message is FAILED."""
        ...

    async def failures(self, sink: SinkName, ticket_id: TicketId) -> list[Failure]:
        """What FAILED of the ticket, in the order of its log."""
        ...

    async def retry(self, sink: SinkName, ticket_id: TicketId, seqs: Sequence[int]) -> None:
        """Make events due again, now, that FAILED; of others nothing changes."""
        ...

    async def pending(self, sink: SinkName, ticket_id: TicketId) -> bool:
        """Whether the sink has yet to show anything of the ticket, now or later."""
        ...

    async def replay(self, sink: SinkName, ticket_id: TicketId) -> None:
        """Make every event of the ticket due again, now: what showed them is gone. It is for tickets that
        concern the sink. An event that is being shown meanwhile stays due, whatever becomes of that."""
        ...

    async def hasten(self, sink: SinkName, ticket_ids: Sequence[TicketId]) -> None:
        """Let what was put off of these tickets be tried now; attempts stay counted."""
        ...


@dataclass(frozen=True, slots=True)
class Depth:
    """How much a sink has still to show; ``oldest_at`` is since when the first of it has been waiting."""

    count: int = 0
    oldest_at: Millis | None = None


class Depths(Protocol):
    """How much waits, for people who watch; it may take longer than other questions."""

    async def backlog(self) -> Mapping[str, Depth]:
        """By the name of each configured sink, of each kind of timer, which waits from its time on, and of
        each way by which notifications are sent."""
        ...

    async def without_channel(self) -> int:
        """How many tickets at work have no channel yet."""
        ...


class Sink(Protocol[Name, ShownItem]):
    """Shows events somewhere, or does what timers of one kind were set for.

    It decides nothing by itself, and doing the same again does no harm."""

    name: Name

    async def show(self, item: ShownItem, /) -> None:
        """Return once it is done, or raise NotNow or Never.

        Any other exception counts as NotNow for a limited number of attempts, then as Never."""
        ...

    async def give_up(self, item: ShownItem, why: str, /) -> None:
        """Tell people that it cannot be done; called once, after it is marked FAILED."""
        ...


class NotNow(Exception):
    """The sink cannot show the event at present; ``seconds`` says how long to wait, if it is known."""

    grows = False
    """Whether the pauses still grow from attempt to attempt, beginning with ``seconds``."""

    def __init__(self, why: str, seconds: float | None = None) -> None:
        super().__init__(why)
        self.seconds = seconds


class Away(NotNow):
    """The sink as a whole cannot show anything at present: no ticket needs to be tried before then."""


class Never(Exception):
    """The sink can never show this event."""
