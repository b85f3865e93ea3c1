"""The words of tickets in MongoDB, which may be a little behind the log.

A ticket's words are in one or more records, called parts. A part takes ``MOST`` words, and later words go
into a further part. The first part has the ticket's id, and says up to which event the words are indexed."""

import asyncio
import logging
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from pymongo import ASCENDING, DESCENDING
from pymongo.errors import DuplicateKeyError

from storage.codec import Record
from storage.migration import Reached
from storage.mongo.connection import Attempts, Database, away, is_of_the_record, upsert
from storage.mongo.projector import Projector
from storage.search_events import ADDING, opening_text, tells
from tickets.events import Event, MessagePosted, NoteAdded
from tickets.model import Message, Ticket, TicketId
from tickets.ports.store import SearchIsBehind, StoreUnavailable
from tickets.words import is_unspaced, words_of

log = logging.getLogger(__name__)

AT_ONCE: Final = 200
"""One step reads so many events, and so many messages at a time."""
TICKETS: Final = 8
"""The words of so many tickets are indexed at the same time."""
MOST: Final = 1_000
"""Words of a part. So a part has half a MB at most (MongoDB's limit is 16) and is written quickly."""
PIECE: Final = 100
"""One piece of the migration reads so many parts."""
PATIENCE: Final = 5.0
"""Seconds that a search waits until everything written before it is indexed."""
PAUSE: Final = 1.0
"""Seconds between two rounds of indexing if nobody searches."""

_DUE = {"due.words": {"$exists": True}}


@dataclass(slots=True)
class TicketWords:
    """The words of texts that requesters see, and of those that only staff sees."""

    shown: set[str] = field(default_factory=set)
    noted: set[str] = field(default_factory=set)

    def add(self, text: str, *, is_note: bool = False) -> None:
        (self.noted if is_note else self.shown).update(words_of(text))

    def pieces(self, first: int = MOST) -> Iterator[dict[str, list[str]]]:
        """The words in pieces of at most ``MOST``, the first of at most ``first``."""
        every = sorted(self.noted | self.shown)
        for piece in (every[:first], *map(list, _slices(every[first:]))):
            yield {"shown": [word for word in piece if word in self.shown], "every": piece}


@dataclass(frozen=True, slots=True)
class Head:
    """How far a ticket's words are indexed: up to which event, the newest part, and its size."""

    seq: int = 0
    part: int = 0
    size: int = 0


class MongoWords:
    """Brings the words of tickets up to date.

    The log says what is due. Several processes may work at once, because a part accepts nothing older than
    what it has, and the first part is written last."""

    def __init__(self, database: Database, projector: Projector) -> None:
        self._events = database.events
        self._messages = database.messages
        self._words = database.words
        self._projector = projector
        self._is_wanted = asyncio.Event()

    async def catch_up(self) -> None:
        """Index everything appended so far. Raises SearchIsBehind if that takes too long; then
        ``go_on`` does the rest."""
        until = time.monotonic() + PATIENCE
        while await self._step() == AT_ONCE:
            if time.monotonic() > until:
                self._is_wanted.set()
                raise SearchIsBehind

    async def run(self) -> None:
        """Keep up with the log until cancelled."""
        while True:
            await asyncio.sleep(PAUSE)
            await self._steps()

    async def go_on(self) -> None:
        """Catch up whenever a search could not wait for it, until cancelled. Every process does that, because
        perhaps none leads."""
        while True:
            await self._is_wanted.wait()
            self._is_wanted.clear()
            await self._steps()

    async def _steps(self) -> None:
        """Catch up. If a step fails, ``run`` or the next search tries it again."""
        try:
            with away():
                while await self._step() == AT_ONCE:
                    pass
        except StoreUnavailable as error:
            log.debug("the words of what was written are not indexed: %s", error)
        except Exception:
            log.exception("the words of what was written are not indexed")

    async def _step(self) -> int:
        """Do a step. Returns how many events it indexed. Events of a ticket that fails are marked and
        skipped."""
        due = await self._events.find(
            _DUE, {"ticket_id": 1, "seq": 1}, sort=[("due.words", ASCENDING)], limit=AT_ONCE
        ).to_list(None)
        newest: dict[TicketId, int] = {}
        for record in due:
            newest[record["ticket_id"]] = max(record["seq"], newest.get(record["ticket_id"], 0))
        failed: dict[TicketId, str] = {}
        for tickets in _slices(list(newest), TICKETS):
            reasons = await asyncio.gather(*(self._tried(it, newest[it]) for it in tickets))
            failed |= {it: reason for it, reason in zip(tickets, reasons, strict=True) if reason}
        for ticket_id, reason in failed.items():
            ids = [record["_id"] for record in due if record["ticket_id"] == ticket_id]
            await self._events.update_many({"_id": {"$in": ids}}, {"$set": {"failed.words": reason}})
        if due:
            ids = [record["_id"] for record in due]
            await self._events.update_many({"_id": {"$in": ids}}, {"$unset": {"due.words": ""}})
        return len(due)

    async def _tried(self, ticket_id: TicketId, upto: int) -> str | None:
        """Index the ticket's words, or return why they cannot be indexed. Errors that concern all tickets
        are raised."""
        try:
            attempts = Attempts(f"taking in the words of ticket {ticket_id}")
            while not await self._take_in(ticket_id, upto):
                await attempts.one_more()
        except Exception as error:
            if not is_of_the_record(error):
                raise
            log.exception("ticket %s: its words since event %d cannot be searched for", ticket_id, upto)
            return f"{type(error).__name__}: {error}"[:500]
        return None

    async def _take_in(self, ticket_id: TicketId, upto: int) -> bool:
        """Index the ticket. Returns whether its words are now those of this event, or of a newer one."""
        head = await self._head(ticket_id)
        if head.seq >= upto:
            return True
        ticket = self._projector.remembered(ticket_id)
        if ticket is None or ticket.seq < upto:
            ticket = await self._projector.current(ticket_id)
        if ticket is None:
            raise AssertionError(f"ticket {ticket_id} has events and no state")
        events = await self._projector.events(ticket_id, after=head.seq, upto=ticket.seq)
        try:
            if head.seq and all(isinstance(event.data, ADDING) for event in events if tells(event)):
                return await self._add(ticket, head, _added(events))
            return await self._replace(ticket, head, await self._whole(ticket))
        except DuplicateKeyError:
            return False

    async def _head(self, ticket_id: TicketId) -> Head:
        about = {"seq": 1, "part": 1, "size": {"$size": "$every"}}
        first = await self._look({"_id": ticket_id}, about)
        if first is None:
            return Head()
        part = first.get("part", 0)
        newest = await self._look({"_id": _id(ticket_id, part)}, about) if part else first
        return Head(first["seq"], part, newest["size"] if newest else 0)

    async def _look(self, which: Record, about: Record) -> Record | None:
        rows = await self._words.aggregate([{"$match": which}, {"$project": about}]).to_list(None)
        return rows[0] if rows else None

    async def _add(self, ticket: Ticket, head: Head, words: TicketWords) -> bool:
        """Add words to the newest part, and to further parts once it is full."""
        here, *more = words.pieces(max(MOST - head.size, 0))
        also = {"$addToSet": {name: {"$each": some} for name, some in here.items()}}
        for part, piece in enumerate(more, head.part + 1):
            await self._write_part(ticket, part, {"$set": piece})
        if head.part:
            await self._write_part(ticket, head.part, also)
        update: Record = {"$set": {"seq": ticket.seq, "part": head.part + len(more)}}
        if not head.part:
            update |= also
        updated = await self._words.update_one({"_id": ticket.id, "seq": head.seq}, update)
        return bool(updated.matched_count)

    async def _replace(self, ticket: Ticket, head: Head, words: TicketWords) -> bool:
        """Replace the ticket's words by these."""
        first, *more = words.pieces()
        for part, piece in enumerate(more, 1):
            await self._write_part(ticket, part, {"$set": piece})
        surplus = {"number": ticket.number, "of_part": {"$gt": len(more)}, "seq": {"$lte": ticket.seq}}
        await self._words.delete_many(surplus)
        whole = {"seq": ticket.seq, "part": len(more), **_place(ticket), **first}
        if not head.seq:
            await self._words.insert_one({"_id": ticket.id, **whole})
            return True
        updated = await self._words.update_one({"_id": ticket.id, "seq": head.seq}, {"$set": whole})
        return bool(updated.matched_count)

    async def _write_part(self, ticket: Ticket, part: int, update: Record) -> None:
        """Write a part. Raises DuplicateKeyError if it has something newer."""
        key = {"_id": _id(ticket.id, part), "seq": {"$lte": ticket.seq}}
        about = {"seq": ticket.seq, "of_part": part, **_place(ticket)}
        await upsert(self._words, key, {**update, "$set": {**update.get("$set", {}), **about}})

    async def _whole(self, ticket: Ticket) -> TicketWords:
        """The words of the ticket as it is now. Events after ``ticket`` are indexed again later."""
        words = TicketWords()
        words.add(opening_text(ticket))
        for is_note in (False, True):
            after = 0
            while page := await self._texts(ticket.id, is_note, after):
                for text in page:
                    if not text["deleted"]:
                        words.add(text["content"], is_note=is_note)
                after = page[-1]["seq"]
        return words

    async def _texts(self, ticket_id: TicketId, is_note: bool, after: int) -> list[Record]:
        which = {"ticket_id": ticket_id, "is_note": is_note, "seq": {"$gt": after}}
        about = {"content": 1, "deleted": 1, "seq": 1}
        cursor = self._messages.find(which, about, sort=[("seq", ASCENDING)], limit=AT_ONCE)
        return list(await cursor.to_list(None))


def _id(ticket_id: TicketId, part: int) -> str:
    return f"{ticket_id} {part}" if part else ticket_id


def _place(ticket: Ticket) -> Record:
    """The fields that a search sorts by. The number also tells to which ticket the part belongs."""
    return {"number": ticket.number, "created_at": ticket.created_at}


def words_of_ticket(ticket: Ticket, messages: Iterable[Message]) -> TicketWords:
    """The words of a ticket with all its messages and notes."""
    words = TicketWords()
    words.add(opening_text(ticket))
    for message in messages:
        if not message.deleted:
            words.add(message.content, is_note=message.is_note)
    return words


async def pairs_of_older_texts(database: Database, reached: Reached) -> Reached | None:
    """Until this step, scripts without spaces had one word from one punctuation mark to the next. The words
    of tickets with such texts become due before they are removed."""
    which = {"_id": {"$gt": str(reached.place or "")}}
    cursor = database.words.find(which, {"every": 1, "number": 1}, sort=[("_id", ASCENDING)], limit=PIECE)
    parts = await cursor.to_list(None)
    for part in parts:
        if is_unspaced("".join(part["every"])):
            of_ticket = {"ticket_id": part["_id"].partition(" ")[0]}
            last = await database.events.find_one(of_ticket, {"at": 1}, sort=[("seq", DESCENDING)])
            if last is not None:
                await database.events.update_one({"_id": last["_id"]}, {"$set": {"due.words": last["at"]}})
            await database.words.delete_many({"number": part["number"]})
    if len(parts) < PIECE:
        return None
    done = reached.done + len(parts)
    return Reached(parts[-1]["_id"], done, max(done, await database.words.estimated_document_count()))


def _added(events: Iterable[Event]) -> TicketWords:
    words = TicketWords()
    for event in events:
        match event.data:
            case MessagePosted(content):
                words.add(content)
            case NoteAdded(content):
                words.add(content, is_note=True)
    return words


def _slices(of: Sequence[Any], size: int = MOST) -> list[Sequence[Any]]:
    return [of[at : at + size] for at in range(0, len(of), size)]
