"""Reports: resolved tickets one after the other, and statistics that are at most a minute old."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from tickets import policy
from tickets.counting import counted, whole
from tickets.desks.blocking import Blocks
from tickets.desks.in_thread import aside
from tickets.figures import (
    DAY,
    By,
    Counted,
    Figure,
    Sums,
    Totals,
    began,
    day_of,
    groups,
    month_of,
    total,
)
from tickets.model import Caller, Millis, Ticket
from tickets.ports.lists import Cursor
from tickets.ports.reports import Span, place_by_closing
from tickets.ports.store import Clock, Store, StoreUnavailable
from tickets.spreads import Spread, spread_of
from tickets.targets import TargetName
from tickets.volume import Volume, volume_of

PAGE = 200
MINUTE: Millis = 60_000
MOST_KEPT = 64
MOST_BY_HAND = 4
"""Spans whose hand-counted sums are kept, because these can be large."""
MOST_STALE = 100
"""Days that are counted while somebody waits. If there are more, the leader counts them."""
LONG: Millis = 62 * DAY
"""Spans from this length on are added up by months."""
Key = TypeVar("Key")
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Kept:
    """How many tickets have met a target, and how many have missed it. Tickets that may still do either are
    not counted."""

    met: int = 0
    missed: int = 0


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures of a group of tickets: how many there are by status, and how long things took."""

    statuses: Mapping[str, int]
    first_response: Spread
    resolution: Spread
    targets: Mapping[TargetName, Kept]
    """For tickets that have targets."""

    @property
    def count(self) -> int:
        return sum(self.statuses.values())


NOTHING = Figures({}, Spread(0, None, None), Spread(0, None, None), dict.fromkeys(TargetName, Kept()))


class ReportDesk:
    """Every method raises a Refusal when the policy says no, and StoreUnavailable when the store is down.

    Counts are exact. Durations are exact for spans of up to two months with at most 200 tickets a day;
    otherwise each is right to one part in a hundred."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._blocks = Blocks(store.users)
        self._kept = _Recent[tuple[Span, By | None], Mapping[str, Figures]](clock)
        self._by_hand = _Recent[Span, _ByHand](clock, MOST_BY_HAND)
        self._volumes = _Recent[Span, Volume](clock)
        self._totals = Totals()
        self._turn = asyncio.Lock()
        """One at a time, so that many who ask at once do not keep others from the store."""

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
        """The same, without a caller, for what the desk itself posts for staff."""
        if (kept := self._kept.known((span, by))) is not None:
            return kept
        async with self._turn:
            if (kept := self._kept.known((span, by))) is not None:
                return kept
            if span.since >= span.until:
                return {}
            by_hand = await self._counted_by_hand(span)
            return self._kept.keep((span, by), await self._read(span, by, by_hand), by_hand.read_at)

    async def volume(self, caller: Caller, span: Span) -> Volume:
        """How many tickets were opened, closed and left open on each day of a span of whole days."""
        policy.must_be_staff(caller, "see statistics")
        async with self._turn:
            if (kept := self._volumes.known(span)) is not None:
                return kept
            earlier = Span(0, span.since)
            before = {}
            if span.since > 0:
                before = await self._parts(earlier, By.ALL, await self._counted_by_hand(earlier))
            by_hand = await self._counted_by_hand(span)
            within = await self._parts(span, By.ALL, by_hand, whole_months=False)
            volume = await aside(_volume_of, [*within.items()], span, before)
            return self._volumes.keep(span, volume, by_hand.read_at)

    async def refresh(self, caller: Caller) -> None:
        """Count again before the next answer, which is then not a minute old."""
        policy.must_be_staff(caller, "see statistics")
        await self._blocks.must_not_be_blocked(caller.key)
        self._kept.clear()
        self._by_hand.clear()
        self._volumes.clear()

    async def _read(self, span: Span, by: By | None, by_hand: "_ByHand") -> Mapping[str, Figures]:
        if by is not None:
            kept = [*(await self._kept_parts(span, by, by_hand)).items()]
            return await aside(self._figures_of, kept, by_hand.of(by), by_hand.open_ones[by])
        parts = await self._parts(span, By.ALL, by_hand, whole_months=False)
        return await aside(_daily, [*parts.items()], by_hand.open_ones[None])

    async def _counted_by_hand(self, span: Span) -> "_ByHand":
        """Counted once for all figures of a span, because they are asked for together."""
        if (kept := self._by_hand.known(span)) is not None:
            return kept
        read_at, first, last = self._clock(), day_of(span.since), day_of(span.until - 1)
        stale = await self._store.reports.stale(first, last, MOST_STALE + 1)
        if len(stale) > MOST_STALE:
            raise StoreUnavailable("the tickets of these days are being counted; ask again soon")
        edges = {day_of(it) for it in (span.since, span.until) if it % DAY}
        days = {it.day for it in stale if first <= it.day <= last} - edges
        sums = {day: await counted(self._store.reports, whole(day)) for day in days}
        for day in edges & {first, last}:
            within = Span(max(span.since, began(day)), min(span.until, began(day) + DAY))
            sums[day] = await counted(self._store.reports, within)
        return self._by_hand.keep(span, _ByHand(read_at, days, edges, sums, await self._open(span)), read_at)

    def _figures_of(
        self, kept: Sequence[tuple[str, Sums]], by_hand: Mapping[str, Sums], open_ones: Sums
    ) -> Mapping[str, Figures]:
        return figures_of([*self._totals.of(dict(kept)), *by_hand.values()], open_ones)

    async def _parts(
        self, span: Span, by: By, by_hand: "_ByHand", *, whole_months: bool = True
    ) -> dict[str, Sums]:
        """The sums of all parts of the span, by their first day or month."""
        return await self._kept_parts(span, by, by_hand, whole_months) | by_hand.of(by)

    async def _kept_parts(
        self, span: Span, by: By, by_hand: "_ByHand", whole_months: bool = True
    ) -> dict[str, Sums]:
        """The stored sums, without the parts that are counted by hand."""
        first, last = day_of(span.since), day_of(span.until - 1)
        is_long = whole_months and span.until - span.since >= LONG
        parts = await self._whole_days(by, first, last, is_long, by_hand.stale)
        for day in by_hand.edges:
            parts.pop(day, None)
        return parts

    async def _whole_days(
        self, by: By, first: str, last: str, is_long: bool, stale: set[str]
    ) -> dict[str, Sums]:
        """The stored sums of whole days, or for a long span of the months that are wholly within it, without
        stale days."""
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

    async def _open(self, span: Span) -> Mapping[By | None, Sums]:
        """The open tickets. They change with every message."""
        return await aside(_sums_of_open, await self._store.reports.at_work(span))


@dataclass(frozen=True, slots=True)
class _ByHand:
    """The part of a span that is counted while somebody waits: days that have changed, and the days at its
    ``edges``, which it contains only in part."""

    read_at: Millis
    stale: set[str]
    edges: set[str]
    sums: Mapping[str, Mapping[By, Sums]]
    open_ones: Mapping[By | None, Sums]
    """By group. Under None they are by the day on which they were opened."""

    def of(self, by: By) -> dict[str, Sums]:
        return {day: sums[by] for day, sums in self.sums.items()}


class _Recent(Generic[Key, Value]):
    """The newest results, each kept for a minute, and at most so many."""

    def __init__(self, clock: Clock, most: int = MOST_KEPT) -> None:
        self._clock = clock
        self._most = most
        self._kept: OrderedDict[Key, tuple[Millis, Value]] = OrderedDict()

    def known(self, key: Key) -> Value | None:
        kept = self._kept.get(key)
        return kept[1] if kept is not None and self._clock() < kept[0] + MINUTE else None

    def keep(self, key: Key, value: Value, read_at: Millis) -> Value:
        self._kept[key] = (read_at, value)
        self._kept.move_to_end(key)
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)
        return value

    def clear(self) -> None:
        self._kept.clear()


def _sums_of_open(at_work: Sequence[tuple[Counted, int]]) -> Mapping[By | None, Sums]:
    found: dict[By | None, Sums] = {by: Sums() for by in (*By, None)}
    for it, count in at_work:
        for by, group in groups(it).items():
            found[by][group, Figure.CLOSED, it.status] += count
        found[None][day_of(it.created_at), Figure.CLOSED, it.status] += count
    return found


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
    """The figures of each group, from its cells. The tickets in ``open_ones`` count under their present
    status."""
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
