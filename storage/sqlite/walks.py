"""Chooses the walk that finds a page of tickets fastest, in SQLite."""

from collections.abc import Sequence

from storage.index_keys import kinds_of
from storage.sqlite.pages import Sought, Walk, among_closed, among_holders, among_tickets, sought_by
from storage.sqlite.reader import Reader
from tickets.ports.lists import Cursor, TicketFilter, TicketOrder

FEW = 1000
"""Up to so many tickets are sorted or looked through at once. Larger sets all count as equally large."""

HOW_RARE = {
    table: f"SELECT count(*) FROM (SELECT 1 FROM {table} WHERE {table.removesuffix('s')} = ? LIMIT ?)"  # noqa: S608  only constants of ours
    for table in ("words", "marks")
}


class Walks:
    """Chooses a walk. If few tickets can match, all of them are looked through. Otherwise the walk has the
    order of the page, so that it can end with the page."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    async def choose(self, which: TicketFilter, order: TicketOrder, after: Cursor | None) -> Walk | None:
        """The best walk for this page. None if the filter can match no ticket."""
        walk = among_tickets(which, order, after)
        if walk is None or which.words == frozenset():
            return None
        if sought := sought_by(which):
            return await self._holding(which, sought, walk, after)
        return await self._within(which, walk, after)

    async def _holding(
        self, which: TicketFilter, sought: Sequence[Sought], walk: Walk, after: Cursor | None
    ) -> Walk | None:
        """Walk along the requester's own tickets, so that the time depends on their number only."""
        if which.requester is not None and not which.in_notes:
            return walk
        count, rarest = await self._rarest(sought)
        if count == 0:
            return None
        order = walk.order
        if order.field == "updated_at":
            if count < FEW:
                return among_holders(rarest, which, TicketOrder.NEWEST, None).sorted(order, after)
            return await self._within(which, walk, after)
        if count >= FEW and _is_narrow(which) and await self._count(walk) < FEW:
            return walk
        return among_holders(rarest, which, order, after)

    async def _within(self, which: TicketFilter, walk: Walk, after: Cursor | None) -> Walk:
        """Sort the tickets that were opened, changed or closed within the filter's span of time, if they are
        few."""
        spans = []
        if walk.order.field == "updated_at" and which.created_from is not None:
            spans.append(among_tickets(which, TicketOrder.NEWEST, None))
        if walk.order.field == "created_at" and which.updated_from is not None:
            spans.append(among_tickets(which, TicketOrder.LATELY_CHANGED, None))
        if (which.closed_from, which.closed_until) != (None, None):
            spans.append(among_closed(which))
        for span in spans:
            if span is not None and await self._count(span) < FEW:
                return span.sorted(walk.order, after)
        return walk

    async def _count(self, walk: Walk) -> int:
        row = await self._reader.one(*walk.count(FEW))
        return row[0] if row else 0

    async def _rarest(self, sought: Sequence[Sought]) -> tuple[int, Sought]:
        """The rarest of the words and marks, and the number of tickets that have it, counted up to a
        limit."""
        found: list[tuple[int, Sought]] = []
        for each in sought:
            rows = [await self._reader.one(HOW_RARE[each.table], (it, FEW)) for it in each.any_of]
            found.append((sum(row[0] for row in rows if row), each))
        return min(found, key=lambda it: it[0])


def _is_narrow(which: TicketFilter) -> bool:
    """Whether the filter asks for more than words, marks and times."""
    return not (which.requester is None and which.assignees is None and which.unattended is None) or (
        kinds_of(which) is not None
    )
