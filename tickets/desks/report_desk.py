"""Reports at the desk: resolved tickets one after the other, and statistics that are a minute old at most."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass

from tickets import policy
from tickets.desks.in_thread import aside
from tickets.model import Caller, Millis, Ticket
from tickets.ports.lists import Cursor
from tickets.ports.reports import By, Duration, Kept, Span, Spread, Took, grouped, place_by_closing, spread_of
from tickets.ports.store import Clock, Store
from tickets.targets import TargetName

PAGE = 200
MINUTE: Millis = 60_000
MOST_KEPT = 64


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


class ReportDesk:
    """Every method raises a Refusal when the policy says no, and StoreUnavailable when the store is down."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._kept: OrderedDict[tuple[Span, By], tuple[Millis, Mapping[str, Figures]]] = OrderedDict()
        self._turn = asyncio.Lock()
        """One at a time: many who ask at once must not take the store from all others."""

    async def resolved(self, caller: Caller, span: Span) -> AsyncIterator[list[Ticket]]:
        """Pages of the tickets that were resolved within the span; only one is held at a time."""
        policy.must_be_staff(caller, "see reports")
        after: Cursor | None = None
        while page := await self._store.reports.resolved(span, after, PAGE):
            yield page
            after = place_by_closing(page[-1])

    async def figures(self, caller: Caller, span: Span, by: By) -> Mapping[str, Figures]:
        """The figures of each group of the tickets that were opened within the span."""
        policy.must_be_staff(caller, "see statistics")
        return await self.own_figures(span, by)

    async def own_figures(self, span: Span, by: By) -> Mapping[str, Figures]:
        """The same, for what the desk itself tells staff."""
        if (kept := self._known(span, by)) is not None:
            return kept
        async with self._turn:
            if (kept := self._known(span, by)) is not None:
                return kept
            figures = await self._read(span, by)
            self._kept[span, by] = (self._clock(), figures)
            self._kept.move_to_end((span, by))
            if len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
            return figures

    def _known(self, span: Span, by: By) -> Mapping[str, Figures] | None:
        kept = self._kept.get((span, by))
        return kept[1] if kept is not None and self._clock() < kept[0] + MINUTE else None

    async def _read(self, span: Span, by: By) -> Mapping[str, Figures]:
        reports = self._store.reports
        counts = await reports.counts(span, by)
        responses = await aside(_spreads, await reports.durations(span, by, Took.FIRST_RESPONSE))
        resolutions = await aside(_spreads, await reports.durations(span, by, Took.RESOLUTION))
        targets = {it: {kept.group: kept for kept in await reports.kept(span, by, it)} for it in TargetName}
        nothing = spread_of([])
        return {
            group: Figures(
                {it.status: it.count for it in counts if it.group == group},
                responses.get(group, nothing),
                resolutions.get(group, nothing),
                {it: targets[it].get(group, Kept(group, 0, 0)) for it in TargetName},
            )
            for group in sorted({it.group for it in counts})
        }


def _spreads(durations: Sequence[Duration]) -> Mapping[str, Spread]:
    return {group: spread_of(those) for group, those in grouped(durations).items()}
