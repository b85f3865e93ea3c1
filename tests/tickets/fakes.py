"""A backlog and a sink in memory."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from tests.clocks import NOON, Hands
from tests.tickets.logs import Logbook, opened
from tickets.events import Event
from tickets.model import IssueLevel, Millis, TicketId
from tickets.ports.bell import Bell
from tickets.ports.sinks import Due, SinkName
from tickets.ports.store import Clock, StoreUnavailable
from tickets.relay import Relay


@dataclass
class _Row:
    event: Event
    due_at: Millis
    attempts: int = 0


class MemoryBacklog:
    """Rings its bell at every event it takes in, as a store does."""

    def __init__(self, bell: Bell) -> None:
        self._bell = bell
        self._rows: dict[TicketId, list[_Row]] = {}
        self._levels: dict[TicketId, IssueLevel] = {}
        self.away = False
        self.hidden = False
        """Whether it says that something is due although no ticket is."""
        self.asked = 0
        """How often a relay has asked when the next event is due: the beginning of each look."""
        self.hastened = 0
        self.listed = 0
        """How often it has asked for tickets."""
        self.looked = 0
        """How often it has asked for a ticket's next event."""
        self.failures: dict[str, str] = {}

    def take(
        self, book: Logbook, *events: Event, at: Millis = NOON, due: Collection[str] | None = None
    ) -> None:
        """Make the events due, or all of the ticket's. The bell says that they are due at those."""
        self._levels[book.id] = book.opening.issue_level
        for event in events or book.events:
            self._rows.setdefault(book.id, []).append(_Row(event, at))
            self._bell.ring(event, book.opening.requester, due)

    @property
    def left(self) -> list[Event]:
        return [row.event for rows in self._rows.values() for row in rows]

    def attempts(self, event: Event) -> int:
        return self._row(event).attempts

    async def tickets_due(self, sink: SinkName, now: Millis, limit: int) -> list[TicketId]:
        self.listed += 1
        await self._answer(sink)
        fronts = {ticket_id: rows[0].due_at for ticket_id, rows in self._rows.items() if rows}
        due = [ticket_id for ticket_id, due_at in fronts.items() if due_at <= now]
        due.sort(key=lambda it: (-self._levels[it].urgency, fronts[it]))
        assert limit > 0
        return due[:limit]

    async def next_due(self, sink: SinkName, ticket_id: TicketId, now: Millis) -> Due[Event] | None:
        self.looked += 1
        await self._answer(sink)
        rows = self._rows.get(ticket_id)
        return Due(rows[0].event, rows[0].attempts) if rows and rows[0].due_at <= now else None

    async def earliest(self, sink: SinkName) -> Millis | None:
        self.asked += 1
        await self._answer(sink)
        if self.hidden:
            return 0
        return min((rows[0].due_at for rows in self._rows.values() if rows), default=None)

    async def done(self, sink: SinkName, event: Event) -> None:
        await self._answer(sink)
        self._rows[event.ticket_id].remove(self._row(event))

    async def put_off(self, sink: SinkName, event: Event, until: Millis) -> None:
        await self._answer(sink)
        row = self._row(event)
        row.due_at, row.attempts = until, row.attempts + 1

    async def failed(self, sink: SinkName, event: Event, reason: str) -> None:
        await self.done(sink, event)
        self.failures[event.id] = reason

    async def pending(self, sink: SinkName, ticket_id: TicketId) -> bool:
        raise NotImplementedError

    async def replay(self, sink: SinkName, ticket_id: TicketId) -> None:
        raise NotImplementedError

    async def hasten(self, sink: SinkName, ticket_ids: Sequence[TicketId] | None, beyond: Millis = 0) -> None:
        self.hastened += 1
        await self._answer(sink)
        for ticket_id in self._rows if ticket_ids is None else ticket_ids:
            for row in self._rows[ticket_id][:1]:
                row.due_at = 0 if row.due_at > beyond else row.due_at

    def _row(self, event: Event) -> _Row:
        return next(row for row in self._rows[event.ticket_id] if row.event.id == event.id)

    async def _answer(self, sink: SinkName) -> None:
        assert sink is SinkName.DISCORD
        await asyncio.sleep(0)
        if self.away:
            raise StoreUnavailable("away")


@dataclass
class Stage:
    """A sink that shows what the test lets it show."""

    name: SinkName = SinkName.DISCORD
    begun: list[str] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    doors: dict[str, asyncio.Event] = field(default_factory=dict)
    """Events that are shown only once their door is open."""
    trouble: dict[str, list[Exception]] = field(default_factory=dict)
    """What showing an event raises, the first time, the second…"""
    given_up: dict[str, str] = field(default_factory=dict)
    deaf: bool = False
    """Whether nobody can be told of what is given up."""
    most_at_once: int = 0
    _busy: set[TicketId] = field(default_factory=set)

    async def show(self, event: Event) -> None:
        assert event.ticket_id not in self._busy, "two events of a ticket at once"
        self._busy.add(event.ticket_id)
        self.most_at_once = max(self.most_at_once, len(self._busy))
        self.begun.append(event.id)
        try:
            await asyncio.sleep(0)
            if event.id in self.doors:
                await self.doors[event.id].wait()
            if self.trouble.get(event.id):
                raise self.trouble[event.id].pop(0)
            self.shown.append(event.id)
        finally:
            self._busy.remove(event.ticket_id)

    async def give_up(self, event: Event, why: str) -> None:
        if self.deaf:
            raise RuntimeError("nobody listens")
        self.given_up[event.id] = why

    def shut(self, *events: Event) -> asyncio.Event:
        """A door in front of these events."""
        door = asyncio.Event()
        self.doors |= {event.id: door for event in events}
        return door


class House:
    """Everything that a relay needs, and a task in which it runs."""

    def __init__(self) -> None:
        self.bell = Bell()
        self.clock = Hands()
        self.backlog = MemoryBacklog(self.bell)
        self.stage = Stage()

    @asynccontextmanager
    async def relay(
        self,
        *,
        parallel: int = 16,
        delay: Callable[[int], float] = lambda _: 0.0,
        clock: Clock | None = None,
    ) -> AsyncIterator["asyncio.Task[None]"]:
        """A relay at work until the end of the block; no delay and a clock that stands, unless told."""
        relay = Relay(self.stage, self.backlog, self.bell, clock or self.clock, parallel, delay)
        task = asyncio.create_task(relay.run())
        try:
            yield task
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    def pass_time(self, seconds: float) -> None:
        """Move the clock on, and wake whoever listens."""
        self.clock.now += int(seconds * 1000)
        stranger = Logbook(id=TicketId("nothing"))
        self.bell.ring(stranger.events[0], stranger.opening.requester)


async def until(condition: Callable[[], object]) -> None:
    """Let others work until it is so."""
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110  it is about plain fields, which tell nobody
            await asyncio.sleep(0)


async def a_while() -> None:
    """Let others do all that they can do without waiting."""
    for _ in range(200):
        await asyncio.sleep(0)


def a_book(name: str, messages: int = 0, level: IssueLevel = IssueLevel.NORMAL) -> Logbook:
    """A ticket with this id that was opened and got so many messages: name-1, name-2…"""
    book = Logbook(id=TicketId(name), opening=opened(level=level))
    for _ in range(messages):
        book.post()
    return book


def ids(events: Iterable[Event]) -> list[str]:
    return [event.id for event in events]
