"""Searching for words in MongoDB: an array of words for each ticket, which may be a little behind the log."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Iterable
from operator import attrgetter

from pymongo import ASCENDING, DESCENDING
from pymongo.errors import DuplicateKeyError

from storage.mongo.connection import Database, away
from storage.mongo.pages import behind, page_of_tickets
from storage.mongo.projector import Projector, ticket_from
from storage.records import Record
from storage.telling import ADDING, tells
from tickets.events import Event, MessagePosted, NoteAdded
from tickets.model import Ticket, TicketId
from tickets.ports import StoreUnavailable, TicketFilter, TicketOrder, TicketPlace
from tickets.words import words_of

log = logging.getLogger(__name__)

AT_ONCE = 200
"""Events, or tickets, that are looked at in one step."""
PATIENCE = 10.0
"""Seconds that a search waits for what was written before it."""
PAUSE = 1.0
"""Seconds between two looks at what nobody has searched for yet."""

_DUE = {"due.words": {"$exists": True}}


class MongoWords:
    """Brings the words of tickets up to date: what is due is in the log, and several may do it at once.

    A ticket's record holds the ``seq`` of the newest event in it, and takes only what follows that."""

    def __init__(self, database: Database, projector: Projector) -> None:
        self._events = database.events
        self._messages = database.messages
        self._words = database.words
        self._projector = projector

    async def catch_up(self) -> None:
        """Take in all that was appended before; raises StoreUnavailable when it is too much for now."""
        until = time.monotonic() + PATIENCE
        while await self._step() == AT_ONCE:
            if time.monotonic() > until:
                raise StoreUnavailable("the words of what was written lately are being taken in")

    async def run(self) -> None:
        """Keep up with the log until cancelled."""
        while True:
            await asyncio.sleep(PAUSE)
            try:
                with away():
                    await self._step()
            except (DuplicateKeyError, StoreUnavailable) as error:
                log.debug("the words of what was written are not taken in: %s", error)
            except Exception:
                log.exception("the words of what was written are not taken in")

    async def _step(self) -> int:
        """How many events it was."""
        due = await self._events.find(
            _DUE, {"ticket_id": 1, "seq": 1}, sort=[("due.words", ASCENDING)], limit=AT_ONCE
        ).to_list(None)
        newest: dict[TicketId, int] = {}
        for record in due:
            newest[record["ticket_id"]] = max(record["seq"], newest.get(record["ticket_id"], 0))
        for ticket_id, seq in newest.items():
            while not await self._take_in(ticket_id, seq):
                pass
        if due:
            ids = [record["_id"] for record in due]
            await self._events.update_many({"_id": {"$in": ids}}, {"$unset": {"due.words": ""}})
        return len(due)

    async def _take_in(self, ticket_id: TicketId, upto: int) -> bool:
        """Whether the ticket's words are those of this event, or of a newer one."""
        found = await self._words.find_one({"_id": ticket_id}, {"seq": 1})
        seq = 0 if found is None else found["seq"]
        if seq >= upto:
            return True
        ticket = await self._projector.current(ticket_id)
        if ticket is None:
            raise AssertionError(f"ticket {ticket_id} has events and no state")
        events = await self._projector.events(ticket_id, after=seq, upto=ticket.seq)
        if found is None:
            try:
                await self._words.insert_one({"_id": ticket_id, **await self._whole(ticket)})
            except DuplicateKeyError:
                return False
            return True
        if all(isinstance(event.data, ADDING) for event in events if tells(event)):
            update = _added(events, ticket.seq)
        else:
            update = {"$set": await self._whole(ticket)}
        updated = await self._words.update_one({"_id": ticket_id, "seq": seq}, update)
        return bool(updated.matched_count)

    async def _whole(self, ticket: Ticket) -> Record:
        """The words of the ticket as it is now. What comes later than ``ticket`` is taken in again."""
        texts = self._messages.find({"ticket_id": ticket.id, "deleted": False}, {"content": 1, "is_note": 1})
        shown, every = set(words_of(f"{ticket.topic}\n{ticket.description}")), set[str]()
        for text in await texts.to_list(None):
            (every if text["is_note"] else shown).update(words_of(text["content"]))
        return {
            "seq": ticket.seq,
            "number": ticket.number,
            "created_at": ticket.created_at,
            "shown": sorted(shown),
            "every": sorted(every | shown),
        }


def _added(events: Iterable[Event], seq: int) -> Record:
    shown, every = set[str](), set[str]()
    for event in events:
        match event.data:
            case MessagePosted(content):
                shown.update(words_of(content))
            case NoteAdded(content):
                every.update(words_of(content))
    words = {"shown": {"$each": sorted(shown)}, "every": {"$each": sorted(every | shown)}}
    return {"$set": {"seq": seq}, "$addToSet": words}


class MongoSearch:
    """Pages of those tickets that hold all of some words."""

    def __init__(self, database: Database, words: MongoWords) -> None:
        self._tickets = database.tickets
        self._words = database.words
        self._up_to_date = words

    async def tickets(
        self,
        which: TicketFilter,
        words: frozenset[str],
        order: TicketOrder,
        after: TicketPlace | None,
        limit: int | None,
    ) -> list[Ticket]:
        """A requester's own tickets are walked themselves: how long that takes depends on them alone."""
        if not words:
            return []
        await self._up_to_date.catch_up()
        if which.requester is not None and not which.in_notes:
            pages = self._among_tickets(which, words, order, after)
        else:
            pages = self._among_words(which, words, order, after)
        place = attrgetter(order.field, "number")
        found: list[Ticket] = []
        async for page in pages:
            found = sorted(found + page, key=place, reverse=order.descends)[:limit]
            if order.field == "created_at" and len(found) == limit:
                break
        return found

    async def _among_tickets(
        self, which: TicketFilter, words: frozenset[str], order: TicketOrder, after: TicketPlace | None
    ) -> AsyncIterator[list[Ticket]]:
        """Of the tickets that are meant, those that hold the words, page by page."""
        while True:
            page = await self._page(page_of_tickets(which, order, after), order)
            ids = [ticket.id for ticket in page]
            holding = self._words.find({"_id": {"$in": ids}, "shown": {"$all": sorted(words)}}, {"_id": 1})
            found = {record["_id"] for record in await holding.to_list(None)}
            yield [ticket for ticket in page if ticket.id in found]
            if len(page) < AT_ONCE:
                return
            last = page[-1]
            after = TicketPlace(getattr(last, order.field), last.number)

    async def _among_words(
        self, which: TicketFilter, words: frozenset[str], order: TicketOrder, after: TicketPlace | None
    ) -> AsyncIterator[list[Ticket]]:
        """Of the tickets that hold the words, those that are meant, in the order of their opening."""
        walk = order if order.field == "created_at" else TicketOrder.NEWEST
        at = after if walk is order else None
        direction = DESCENDING if walk.descends else ASCENDING
        holding: Record = {("every" if which.in_notes else "shown"): {"$all": sorted(words)}}
        meant = page_of_tickets(which, order, after)
        while True:
            records = await self._words.find(
                holding if at is None else {"$and": [holding, behind(walk, at)]},
                {"created_at": 1, "number": 1},
                sort=[("created_at", direction), ("number", direction)],
                limit=AT_ONCE,
            ).to_list(None)
            numbers = [record["number"] for record in records]
            yield await self._page({"$and": [meant, {"number": {"$in": numbers}}]}, walk)
            if len(records) < AT_ONCE:
                return
            at = TicketPlace(records[-1]["created_at"], records[-1]["number"])

    async def _page(self, query: Record, order: TicketOrder) -> list[Ticket]:
        direction = DESCENDING if order.descends else ASCENDING
        sort = [(order.field, direction), ("number", direction)]
        records = await self._tickets.find(query, sort=sort, limit=AT_ONCE).to_list(None)
        return [ticket_from(record) for record in records]
