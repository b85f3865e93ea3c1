"""Reports at the desk: resolved tickets one after the other, and statistics that are a minute old at most."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from tickets import policy
from tickets.counting import counted
from tickets.desks.blocking import Blocks
from tickets.desks.in_thread import aside
from tickets.figures import DAY, By, Figure, Sums, began, day_of, groups, month_of, sums_of, total
from tickets.model import Caller, Millis, Status, Ticket
from tickets.ports.lists import Cursor, TicketFilter, TicketOrder
from tickets.ports.reports import Span, place_by_closing
from tickets.ports.store import Clock, Store, StoreUnavailable
from tickets.targets import TargetName
from tickets.volume import Volume, volume_of

PAGE = 200
MINUTE: Millis = 60_000
MOST_KEPT = 64
MOST_STALE = 100
"""Days that are counted while somebody waits. More are being counted by whichever process leads."""
LONG: Millis = 62 * DAY
"""Spans from this length on are added up by months."""
OPEN = frozenset(it for it in Status if not it.is_closed)
Key = TypeVar("Key")
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Spread:
    """How long it took, in seconds: in the middle, and for nine of ten; None where there is nothing."""

    count: int
    median: float | None
    p90: float | None


@dataclass(frozen=True, slots=True)
class Kept:
    """How many tickets have met a target, and how many have missed it. Those that may still do either are not
    counted."""

    met: int = 0
    missed: int = 0


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures of a group of tickets: how many there are by status, and how long things took."""

    statuses: Mapping[str, int]
    first_response: Spread
    resolution: Spread
    targets: Mapping[TargetName, Kept]
    """Of those that have targets."""

    @property
    def count(self) -> int:
        return sum(self.statuses.values())


NOTHING = Figures({}, Spread(0, None, None), Spread(0, None, None), dict.fromkeys(TargetName, Kept()))


class ReportDesk:
    """Every method raises a Refusal when the policy says no, and StoreUnavailable when the store is down.

    Counts are exact. How long things took is, too, for spans of up to two months with at most 200 tickets a
    day; else each time is right to one part in a hundred."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._blocks = Blocks(store.users)
        self._kept = _Recent[tuple[Span, By | None], Mapping[str, Figures]](clock)
        self._volumes = _Recent[Span, Volume](clock)
        self._turn = asyncio.Lock()
        """One at a time: many who ask at once must not take the store from all others."""

    async def resolved(self, caller: Caller, span: Span) -> AsyncIterator[list[Ticket]]:
        """Pages of the tickets that were resolved within the span; only one is held at a time."""
        policy.must_be_staff(caller, "see reports")
        after: Cursor | None = None
        while page := await self._store.reports.resolved(span, after, PAGE):
            yield page
            after = place_by_closing(page[-1])

    async def figures(self, caller: Caller, span: Span, by: By | None) -> Mapping[str, Figures]:
        """The figures of each group of the tickets that were opened within the span; without ``by`` those of
        each day, in UTC."""
        policy.must_be_staff(caller, "see statistics")
        return await self.own_figures(span, by)

    async def own_figures(self, span: Span, by: By | None) -> Mapping[str, Figures]:
        """The same, for what the desk itself tells staff."""
        if (kept := self._kept.known((span, by))) is not None:
            return kept
        async with self._turn:
            if (kept := self._kept.known((span, by))) is not None:
                return kept
            return self._kept.keep((span, by), await self._read(span, by))

    async def volume(self, caller: Caller, span: Span) -> Volume:
        """What came, what went and what was left on each day of a span of whole days."""
        policy.must_be_staff(caller, "see statistics")
        async with self._turn:
            if (kept := self._volumes.known(span)) is not None:
                return kept
            before = await self._parts(Span(0, span.since), By.ALL) if span.since > 0 else {}
            within = await self._parts(span, By.ALL, whole_months=False)
            return self._volumes.keep(span, await aside(_volume_of, [*within.items()], span, before))

    async def refresh(self, caller: Caller) -> None:
        """Whoever asks next is told what is so then, and not what was a minute ago."""
        policy.must_be_staff(caller, "see statistics")
        await self._blocks.must_not_be_blocked(caller.key)
        self._kept.clear()
        self._volumes.clear()

    async def _read(self, span: Span, by: By | None) -> Mapping[str, Figures]:
        if span.since >= span.until:
            return {}
        if by is not None:
            parts = await self._parts(span, by)
            return await aside(
                figures_of, [*parts.values()], await self._open(span, lambda it: groups(it)[by])
            )
        parts = await self._parts(span, By.ALL, whole_months=False)
        open_ones = await self._open(span, lambda it: day_of(it.created_at))
        return await aside(_daily, [*parts.items()], open_ones)

    async def _parts(self, span: Span, by: By, *, whole_months: bool = True) -> dict[str, Sums]:
        """The sums of all parts of the span, by their first day or month."""
        first, last = day_of(span.since), day_of(span.until - 1)
        stale = await self._store.reports.stale(first, last, MOST_STALE + 1)
        if len(stale) > MOST_STALE:
            raise StoreUnavailable("the tickets of these days are being counted; ask again soon")
        edges = {day_of(it) for it in (span.since, span.until) if it % DAY}
        by_hand = {it.day for it in stale if first <= it.day <= last} - edges
        parts = await self._whole_days(
            by, first, last, whole_months and span.until - span.since >= LONG, by_hand
        )
        for day in edges:
            parts.pop(day, None)
        for day in by_hand:
            parts[day] = (await counted(self._store.views, day))[by]
        for day in edges & {first, last}:
            within = Span(max(span.since, began(day)), min(span.until, began(day) + DAY))
            parts[day] = total([(await aside(sums_of, page))[by] async for page in self._opened(within)])
        return parts

    async def _whole_days(
        self, by: By, first: str, last: str, is_long: bool, stale: set[str]
    ) -> dict[str, Sums]:
        """What is kept; of a long span the months that are wholly within it, and without a stale day."""
        reports = self._store.reports
        if not is_long:
            return {day: it for day, it in (await reports.sums(by, first, last)).items() if day not in stale}
        bounds, split = (month_of(first), month_of(last)), {month_of(it) for it in stale}
        kept = await reports.sums(by, *bounds)
        parts = {it: sums for it, sums in kept.items() if it not in {*bounds, *split}}
        for month in {*bounds, *split}:
            days = await reports.sums(by, max(first, f"{month}-01"), min(last, f"{month}-31"))
            parts |= {day: it for day, it in days.items() if day not in stale}
        return parts

    async def _open(self, span: Span, group_of: Callable[[Ticket], str]) -> Sums:
        """The tickets that are open: few, and they change with every message."""
        found: Sums = Sums()
        async for page in self._opened(span, OPEN):
            found.update((group_of(it), Figure.CLOSED, str(it.status)) for it in page)
        return found

    async def _opened(
        self, span: Span, statuses: frozenset[Status] | None = None
    ) -> AsyncIterator[list[Ticket]]:
        which = TicketFilter(statuses=statuses, created_from=span.since, created_until=span.until)
        after: Cursor | None = None
        while page := await self._store.views.tickets(
            which, order=TicketOrder.OLDEST, after=after, limit=PAGE
        ):
            yield page
            after = TicketOrder.OLDEST.place(page[-1])


class _Recent(Generic[Key, Value]):
    """What was read within the last minute, of so many things."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: OrderedDict[Key, tuple[Millis, Value]] = OrderedDict()

    def known(self, key: Key) -> Value | None:
        kept = self._kept.get(key)
        return kept[1] if kept is not None and self._clock() < kept[0] + MINUTE else None

    def keep(self, key: Key, value: Value) -> Value:
        self._kept[key] = (self._clock(), value)
        self._kept.move_to_end(key)
        if len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        return value

    def clear(self) -> None:
        self._kept.clear()


def _volume_of(within: Sequence[tuple[str, Sums]], span: Span, before: Mapping[str, Sums]) -> Volume:
    return volume_of(span, before.values(), dict(within))


def _daily(days_sums: Sequence[tuple[str, Sums]], open_ones: Sums) -> Mapping[str, Figures]:
    parts = dict(days_sums)
    days = {*parts, *(day for day, *_ in open_ones)}
    every = {
        day: figures_of(
            [parts.get(day, Sums())],
            Sums({("", *cell[1:]): count for cell, count in open_ones.items() if cell[0] == day}),
        )
        for day in sorted(days)
    }
    return {day: figures[""] for day, figures in every.items() if "" in figures}


def figures_of(parts: Sequence[Sums], open_ones: Sums) -> dict[str, Figures]:
    """The figures of each group, out of its cells; ``open_ones`` are as if they were closed so."""
    by_group: dict[str, dict[Figure, dict[str, int]]] = {}
    for (group, figure, value), count in total([*parts, open_ones]).items():
        by_group.setdefault(group, {}).setdefault(figure, {})[value] = count
    return {group: _figures(cells) for group, cells in sorted(by_group.items())}


def _figures(cells: Mapping[Figure, Mapping[str, int]]) -> Figures:
    met, missed = cells.get(Figure.MET, {}), cells.get(Figure.MISSED, {})
    return Figures(
        cells.get(Figure.CLOSED, {}),
        spread_of(cells.get(Figure.FIRST_RESPONSE, {}).items()),
        spread_of(cells.get(Figure.RESOLUTION, {}).items()),
        {it: Kept(met.get(it, 0), missed.get(it, 0)) for it in TargetName},
    )


def spread_of(counted: Iterable[tuple[str, int]]) -> Spread:
    """Of seconds, and how often each was taken. Between two of the values, in proportion, as spreadsheets and
    ``statistics.median`` do."""
    ordered = sorted((int(seconds), count) for seconds, count in counted)
    count = sum(it for _, it in ordered)
    return Spread(count, _quantile(ordered, count, 0.5), _quantile(ordered, count, 0.9))


def _quantile(ordered: Sequence[tuple[int, int]], count: int, part: float) -> float | None:
    if not count:
        return None
    place = (count - 1) * part
    below = int(place)
    low, high = _nth(ordered, below), _nth(ordered, min(below + 1, count - 1))
    return round(low + (high - low) * (place - below), 3)


def _nth(ordered: Sequence[tuple[int, int]], place: int) -> int:
    for seconds, count in ordered:
        if place < count:
            return seconds
        place -= count
    raise IndexError(place)
