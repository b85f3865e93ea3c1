"""Lists of tickets in MongoDB, page by page, with a limit to how many tickets a page may examine."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from storage.codec import Record
from storage.mongo.connection import Database
from storage.mongo.keyset import behind
from storage.mongo.pages import marked, page_of_tickets, sort_of, spans_of_time
from storage.mongo.projector import ticket_from
from storage.mongo.words import MongoWords
from tickets.marks import has_marks, wanted_marks
from tickets.model import Millis, Ticket
from tickets.ports.lists import Cursor, Page, TicketFilter, TicketOrder

AT_ONCE = 200
"""Tickets read in one step."""
FEW = 1000
"""Up to so many tickets are sorted or looked through at once. Larger sets all count as equally large."""


@dataclass(frozen=True, slots=True)
class Sought:
    """A word or mark to find tickets by, and the collection that has it."""

    collection: Any
    query: Record


Look = Callable[[Cursor | None, int], Awaitable[tuple[Sequence[Cursor], list[Ticket]]]]
"""Reads the next tickets of a walk. Returns their places, and those tickets that match."""


class MongoLists:
    """Pages of tickets. If an index cannot check the whole filter, a page examines a limited number of
    tickets."""

    def __init__(self, database: Database, words: MongoWords) -> None:
        self._tickets = database.tickets
        self._words = database.words
        self._up_to_date = words

    async def page(
        self,
        which: TicketFilter,
        order: TicketOrder,
        after: Cursor | None,
        limit: int | None,
        looks: int | None,
    ) -> Page[Ticket]:
        if which.words is not None:
            if not which.words:
                return Page([])
            await self._up_to_date.catch_up()
        if (which.words or wanted_marks(which)) and not self._is_own_search(which):
            return await self._holding(which, order, after, limit, looks)
        if not which.words and not marked(which) and _is_of_one_time(which, order):
            found = await self._find(page_of_tickets(which, order, after), order, limit and limit + 1)
            return Page.of(found, limit, order.place)
        if not which.words and (numbers := await self._few_within(which, order)) is not None:
            query = {"$and": [page_of_tickets(which, order, after), *marked(which), _among(numbers)]}
            return Page.of(await self._find(query, order, limit and limit + 1), limit, order.place)
        return await _walked(self._among_tickets(which, order), order, after, limit, looks)

    async def _few_within(self, which: TicketFilter, order: TicketOrder) -> list[int] | None:
        """The tickets within a span of another time than the order's, if they are few."""
        for span in spans_of_time(which, order):
            found = await self._tickets.find(span, {"number": 1}, limit=FEW).to_list(None)
            if len(found) < FEW:
                return [it["number"] for it in found]
        return None

    def _is_own_search(self, which: TicketFilter) -> bool:
        """Walk along the requester's own tickets, so that the time depends on their number only."""
        return which.requester is not None and not which.in_notes

    async def _holding(
        self,
        which: TicketFilter,
        order: TicketOrder,
        after: Cursor | None,
        limit: int | None,
        looks: int | None,
    ) -> Page[Ticket]:
        rarest, holders = await self._rarest(which)
        if order.field == "updated_at" and holders < FEW:
            records = await rarest.collection.find(rarest.query, {"number": 1}).to_list(None)
            numbers = await self._holders_of_all(which, [it["number"] for it in records])
            query = {"$and": [page_of_tickets(which, order, after), *marked(which), _among(numbers)]}
            return Page.of(await self._find(query, order, limit and limit + 1), limit, order.place)
        if order.field == "updated_at" or (holders == FEW and await self._is_narrow(which)):
            return await _walked(self._among_tickets(which, order), order, after, limit, looks)
        return await _walked(self._among_holders(which, order, rarest), order, after, limit, looks)

    async def _rarest(self, which: TicketFilter) -> tuple[Sought, int]:
        """The word or mark that the fewest tickets have, and how many do."""
        sought = [Sought(self._words, _holding(which, it)) for it in sorted(which.words or ())]
        sought += [Sought(self._tickets, {"marks": {"$in": sorted(it)}}) for it in wanted_marks(which)]
        counts = [await it.collection.count_documents(it.query, limit=FEW) for it in sought]
        return min(zip(sought, counts, strict=True), key=lambda it: it[1])

    async def _holders_of_all(self, which: TicketFilter, numbers: Sequence[int]) -> set[int]:
        """The tickets among these that contain all words, which may be in different parts."""
        left = set(numbers)
        for word in sorted(which.words or ()):
            among = {"number": {"$in": sorted(left)}, **_holding(which, word)}
            left = {it["number"] for it in await self._words.find(among, {"number": 1}).to_list(None)}
        return left

    async def _is_narrow(self, which: TicketFilter) -> bool:
        """Whether few tickets match the filter, words aside."""
        whenever = replace(
            which,
            created_from=None,
            created_until=None,
            updated_from=None,
            updated_until=None,
            closed_from=None,
            closed_until=None,
        )
        query = page_of_tickets(whenever, TicketOrder.NEWEST, None)
        return bool(query) and await self._tickets.count_documents(query, limit=FEW) < FEW

    def _among_tickets(self, which: TicketFilter, order: TicketOrder) -> Look:
        """Walk along the tickets. For each, look up the words and the time of opening."""

        async def look(after: Cursor | None, count: int) -> tuple[Sequence[Cursor], list[Ticket]]:
            tickets = await self._find(page_of_tickets(which, order, after, own_time=True), order, count)
            meant = [it for it in tickets if _in_time(it, which) and has_marks(it, which)]
            if which.words:
                holding = await self._holders_of_all(which, [ticket.number for ticket in meant])
                meant = [it for it in meant if it.number in holding]
            return [order.place(it) for it in tickets], meant

        return look

    def _among_holders(self, which: TicketFilter, order: TicketOrder, rarest: Sought) -> Look:
        """Walk along the tickets that have the rarest of the words and marks, ordered by their opening. Look
        up the other words and marks."""
        sort, holding = sort_of(order), rarest.query

        async def look(after: Cursor | None, count: int) -> tuple[Sequence[Cursor], list[Ticket]]:
            records = await rarest.collection.find(
                holding if after is None else {"$and": [holding, behind(sort, after.numbers)]},
                {"created_at": 1, "number": 1},
                sort=sort,
                limit=count,
            ).to_list(None)
            places = [Cursor((it["created_at"], it["number"])) for it in records]
            numbers = await self._holders_of_all(which, [it.numbers[1] for it in places])
            query = {"$and": [page_of_tickets(which, order, None), *marked(which), _among(numbers)]}
            return places, await self._find(query, order, None)

        return look

    async def _find(self, query: Record, order: TicketOrder, limit: int | None) -> list[Ticket]:
        cursor = self._tickets.find(query, sort=sort_of(order), limit=limit or 0)
        return [ticket_from(record) for record in await cursor.to_list(None)]


async def _walked(
    look: Look, order: TicketOrder, after: Cursor | None, limit: int | None, looks: int | None
) -> Page[Ticket]:
    found: list[Ticket] = []
    looked = 0
    while True:
        count = AT_ONCE if looks is None else min(AT_ONCE, looks - looked)
        places, meant = await look(after, count)
        found += meant
        if limit is not None and len(found) > limit:
            return Page.of(found, limit, order.place)
        if len(places) < count:
            return Page(found)
        looked, after = looked + count, places[-1]
        if looked == looks:
            return Page(found, after)


def _among(numbers: Iterable[int]) -> Record:
    return {"number": {"$in": sorted(numbers)}}


def _is_of_one_time(which: TicketFilter, order: TicketOrder) -> bool:
    """Whether the filter limits no other time than that of the order."""
    opened = (which.created_from, which.created_until)
    changed = (which.updated_from, which.updated_until)
    others = changed if order.field == "created_at" else opened
    return {*others, which.closed_from, which.closed_until} == {None}


def _holding(which: TicketFilter, word: str) -> Record:
    """The index knows the words of notes too."""
    return {"every": word} if which.in_notes else {"every": word, "shown": word}


def _in_time(ticket: Ticket, which: TicketFilter) -> bool:
    return (
        _within(ticket.created_at, which.created_from, which.created_until)
        and _within(ticket.updated_at, which.updated_from, which.updated_until)
        and _within(ticket.closed_at, which.closed_from, which.closed_until)
    )


def _within(at: Millis | None, begin: Millis | None, end: Millis | None) -> bool:
    if (begin, end) == (None, None):
        return True
    return at is not None and (begin is None or begin <= at) and (end is None or at < end)
