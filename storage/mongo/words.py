"""The words of tickets in MongoDB: an array for each ticket, which may be a little behind the log."""

import asyncio
import logging
import time
from collections.abc import Iterable

from pymongo import ASCENDING
from pymongo.errors import DuplicateKeyError

from storage.codec import Record
from storage.mongo.connection import Database, away
from storage.mongo.projector import Projector
from storage.search_events import ADDING, tells
from tickets.events import Event, MessagePosted, NoteAdded
from tickets.model import Ticket, TicketId
from tickets.ports.store import StoreUnavailable
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
    """Brings the words of tickets up to date. The log says what is due; several processes may do it at once.

    A ticket's record holds the ``seq`` of the newest event in it, and takes only what follows that."""

    def __init__(self, database: Database, projector: Projector) -> None:
        self._events = database.events
        self._messages = database.messages
        self._words = database.words
        self._projector = projector

    async def catch_up(self) -> None:
        """Take in everything appended so far. Raises StoreUnavailable if that is too much for now."""
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
        """How many events it took in."""
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
