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
    """Makes a delivery for each endpoint that wants the event."""
    LOG = "log"
    """Posts what happens to tickets in the log channel."""
    THREADS = "threads"
    """Shows a ticket in the thread of its requester, if they opened it in Discord."""

    NOTIFICATIONS = "notifications"
    """Notifies people who are not looking."""


@dataclass(frozen=True, slots=True)
class Listening:
    """A configured sink, and which events of which tickets it wants. The store makes due rows for no
    others."""

    sink: SinkName
    wants: Callable[[Event], bool] = lambda _: True
    concerns: Callable[[Event, Ticket], bool] = lambda *_: True

    def is_due(self, event: Event, ticket: Ticket) -> bool:
        """Whether the sink has to show the event. ``ticket`` is its ticket right after it."""
        return self.wants(event) and self.concerns(event, ticket)


def due_at(sinks: Iterable[Listening], event: Event, ticket: Ticket) -> frozenset[SinkName]:
    """The sinks that have to show the event."""
    return frozenset(it.sink for it in sinks if it.is_due(event, ticket))


def due_perhaps(sinks: Iterable[Listening], event: Event) -> frozenset[SinkName]:
    """The same without the ticket: some of these sinks may have nothing to do."""
    return frozenset(it.sink for it in sinks if it.wants(event))


EVERYTHING = (
    Listening(SinkName.DISCORD),
    Listening(SinkName.NOTIFICATIONS, is_news, is_news_to_anybody),
    Listening(SinkName.THREADS, is_for_requesters, lambda _, it: it.panel_channel_id is not None),
)
"""The sinks that always exist."""


@dataclass(frozen=True, slots=True)
class Due(Generic[Item]):
    """An event that a sink still has to show, or a timer that has to go off, and how often that was tried."""

    item: Item
    attempts: int


@dataclass(frozen=True, slots=True)
class Failure:
    """An event that a sink could not show, and why."""

    seq: int
    reason: str


class Work(Protocol[AskedName, Item]):
    """The work of a relay, by the name of a sink or of a kind of timer: ``Backlog`` and ``Timers``."""

    async def tickets_due(self, name: AskedName, now: Millis, limit: int, /) -> list[TicketId]: ...

    async def next_due(self, name: AskedName, ticket_id: TicketId, now: Millis, /) -> Due[Item] | None: ...

    async def earliest(self, name: AskedName, /) -> Millis | None: ...

    async def done(self, name: AskedName, item: Item, /) -> None: ...

    async def put_off(self, name: AskedName, item: Item, until: Millis, /) -> None: ...

    async def failed(self, name: AskedName, item: Item, reason: str, /) -> None: ...

    async def hasten(
        self, name: AskedName, ticket_ids: Sequence[TicketId] | None, beyond: Millis = 0, /
    ) -> None: ...


LONGEST_PUT_OFF: Final[Millis] = 30 * 60_000
"""The longest time for which a sink postpones an event. An event that seems to be postponed for longer was so
before the clock was set back, and is due."""


class Backlog(Protocol):
    """What the sinks still have to show. It is found at once, however large the log is.

    An event may be tried now unless it was postponed to a time within ``LONGEST_PUT_OFF`` from now."""

    async def tickets_due(self, sink: SinkName, now: Millis, limit: int) -> list[TicketId]:
        """Tickets whose lowest pending event may be tried now: the most urgent level first, then the longest
        waiting."""
        ...

    async def next_due(self, sink: SinkName, ticket_id: TicketId, now: Millis) -> Due[Event] | None:
        """The ticket's lowest pending event, if it may be tried now."""
        ...

    async def earliest(self, sink: SinkName) -> Millis | None:
        """When the next pending event may be tried; None if there is none."""
        ...

    async def done(self, sink: SinkName, event: Event) -> None:
        """The sink has shown the event. If it was a message for Discord, the message is DELIVERED."""
        ...

    async def put_off(self, sink: SinkName, event: Event, until: Millis) -> None:
        """Try the event again then, and count the attempt."""
        ...

    async def failed(self, sink: SinkName, event: Event, reason: str) -> None:
        """The event can never be shown, and is skipped. If it was a message for Discord, the message is
        FAILED."""
        ...

    async def failures(self, sink: SinkName, ticket_id: TicketId) -> list[Failure]:
        """The failed events of the ticket, in the order of its log."""
        ...

    async def retry(self, sink: SinkName, ticket_id: TicketId, seqs: Sequence[int]) -> None:
        """Make those of these events due now that FAILED. Others do not change."""
        ...

    async def pending(self, sink: SinkName, ticket_id: TicketId) -> bool:
        """Whether the sink still has to show anything of the ticket, now or later."""
        ...

    async def replay(self, sink: SinkName, ticket_id: TicketId) -> None:
        """Make every event of the ticket due again, now: what showed them is gone. It is for tickets that
        concern the sink. An event that is being shown meanwhile stays due, whatever becomes of that."""
        ...

    async def hasten(self, sink: SinkName, ticket_ids: Sequence[TicketId] | None, beyond: Millis = 0) -> None:
        """Let what was put off of these tickets be tried now, of all if it is None; attempts stay counted.
        Only what was put off to later than ``beyond`` is meant, in every ``hasten``."""
        ...


@dataclass(frozen=True, slots=True)
class Depth:
    """How much a sink still has to show. ``oldest_at`` is since when the first of it has been waiting."""

    count: int = 0
    oldest_at: Millis | None = None


class Depths(Protocol):
    """How much is pending, for people who watch. It may take longer than other queries."""

    async def backlog(self) -> Mapping[str, Depth]:
        """By the name of each configured sink, of each kind of timer, which waits from its time on, and of
        each way by which notifications are sent."""
        ...

    async def without_channel(self) -> int:
        """How many open tickets have no channel yet."""
        ...


class Sink(Protocol[Name, ShownItem]):
    """Shows events somewhere, or carries out timers of one kind. It decides nothing by itself, and repeating
    its work does no harm."""

    name: Name

    async def show(self, item: ShownItem, /) -> None:
        """Return once it is done, or raise NotNow or Never. Any other exception counts as NotNow for a
        limited number of attempts, then as Never."""
        ...

    async def give_up(self, item: ShownItem, why: str, /) -> None:
        """Tell people that it cannot be done. It is called once, after the event is marked FAILED."""
        ...


class NotNow(Exception):
    """The sink cannot show the event at present. ``seconds`` is how long to wait, if that is known."""

    grows = False
    """Whether the pauses still grow from attempt to attempt, beginning with ``seconds``."""

    def __init__(self, why: str, seconds: float | None = None) -> None:
        super().__init__(why)
        self.seconds = seconds


class Away(NotNow):
    """The sink cannot show anything at present, so no ticket need be tried before then."""


class Never(Exception):
    """The sink can never show this event."""
