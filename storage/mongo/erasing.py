"""Erasing in MongoDB. Only the server itself can overwrite removed content in its files."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import Final

from pymongo import ASCENDING, DESCENDING

from storage.codec import ERASURE, Record, event_record
from storage.erasing import GONE, mentions
from storage.mongo import pseudonyms
from storage.mongo.connection import Database, may_be_away, upsert
from storage.mongo.openings import lists_of
from storage.mongo.projector import Projector
from storage.mongo.rebuilding import ticket_anew
from storage.mongo.user_counts import count_anew
from tickets.events import Event, LabelsChanged
from tickets.marks import LABEL
from tickets.model import FileId, Millis, Ticket, TicketId, UserKey
from tickets.ports.erasing import Erasure, ErasureState, LookedThrough, Pseudonym
from tickets.ports.sinks import SinkName
from tickets.ports.timers import TimerKind

AT_ONCE: Final = 500
"""One step reads so many records."""
IN_A_QUESTION: Final = 10_000
"""One question names so many tickets."""
_OF_PEOPLE: Final = {"people": "people", "users": "notes_and_blocks", "agents": "agents"}
"""Collections with records by user, and the name of these records in a receipt."""
FREE_BLOCKS: Final = (
    "MongoDB's files: the server itself overwrites what was removed, in its journal within minutes, in its "
    "oplog once that has gone round, in free blocks when it needs them; its command compact speeds this up"
)


class MongoErasures:
    """The port ``Erasures``."""

    def __init__(self, database: Database, projector: Projector) -> None:
        self._database = database
        self._erasures = database.erasures
        self._projector = projector
        self._done: dict[UserKey, set[TicketId]] = {}
        """For each pseudonym, the tickets of others that contain it."""

    @may_be_away
    async def keep(self, erasure: Erasure) -> None:
        record = {
            "asked_at": erasure.asked_at,
            "user_key": None if erasure.user is None else str(erasure.user),
            "done": int(erasure.state is ErasureState.DONE),
            "body": ERASURE.text(erasure),
        }
        await upsert(self._erasures, {"_id": erasure.id}, {"$set": record})

    @may_be_away
    async def get(self, erasure_id: str) -> Erasure | None:
        return _erasure(await self._erasures.find_one({"_id": erasure_id}))

    @may_be_away
    async def of_user(self, user: UserKey) -> Erasure | None:
        return _erasure(await self._erasures.find_one({"user_key": str(user), "done": 0}))

    @may_be_away
    async def newest(self, limit: int) -> list[Erasure]:
        cursor = self._erasures.find({}, sort=[("asked_at", DESCENDING)], limit=limit)
        return [ERASURE.from_text(record["body"]) for record in await cursor.to_list(None)]

    @may_be_away
    async def unfinished(self) -> list[Erasure]:
        cursor = self._erasures.find({"done": 0}, sort=[("asked_at", ASCENDING)])
        return [ERASURE.from_text(record["body"]) for record in await cursor.to_list(None)]

    @may_be_away
    async def blank(self, ticket: Ticket, events: Sequence[Event]) -> None:
        log = self._database.events
        for label in await self._labels_of(ticket.id):
            of_another: Record = {"marks": LABEL + label, "_id": {"$ne": ticket.id}}
            if label not in ticket.labels and await self._database.tickets.find_one(of_another) is None:
                await self._database.labels.delete_one({"_id": label})
        for event in events:
            record = event_record(event)
            fields = {name: record[name] for name in ("actor", "origin", "data")}
            fields["requester_key"] = str(ticket.requester)
            await log.update_one({"ticket_id": ticket.id, "seq": event.seq}, {"$set": fields})
        gone = {f"failed.{sink}": "" for sink in SinkName}
        earlier = {"ticket_id": ticket.id, "seq": {"$lt": ticket.seq}}
        await log.update_many(earlier, {"$unset": {**gone, "due.words": "", "failed.words": ""}})
        timers = [f"{ticket.id} {kind}" for kind in TimerKind]
        await self._database.timers.delete_many({"_id": {"$in": timers}})
        self._projector.forget(ticket.id)
        await ticket_anew(self._database, ticket.id)

    @may_be_away
    async def look_through(self, pseudonym: Pseudonym, after: str) -> LookedThrough:
        done = self._done.setdefault(pseudonym.key, set())
        return await pseudonyms.look_through(self._database, self._projector, pseudonym, after, done)

    @may_be_away
    async def events_to_look_at(self) -> int:
        return await self._database.events.estimated_document_count()

    @may_be_away
    async def put_pseudonym(self, pseudonym: Pseudonym) -> None:
        await pseudonyms.put_pseudonym(self._database, pseudonym)
        self._done.pop(pseudonym.key, None)

    @may_be_away
    async def uploads(self, user: UserKey, tickets: Sequence[TicketId]) -> set[FileId]:
        which = [_uploads(user), *({"use": {"$in": some}} for some in _slices(tickets))]
        found = [await self._database.uploads.find(it, {"_id": 1}).to_list(None) for it in which]
        return {FileId(record["_id"]) for records in found for record in records}

    @may_be_away
    async def count(self, users: Sequence[UserKey], tickets: Sequence[TicketId]) -> Mapping[str, int]:
        keys = {"$in": [str(it) for it in users]}
        uploads, told = self._database.uploads, self._database.notifications
        count = await uploads.count_documents({"uploader": keys, "use": None})
        notifications = await told.count_documents({"user_key": keys})
        for some in _slices(tickets):
            count += await uploads.count_documents({"use": {"$in": some}})
            of_others: Record = {"ticket_id": {"$in": some}, "user_key": {"$nin": keys["$in"]}}
            notifications += await told.count_documents(of_others)
        return {
            **{
                name: await self._database[collection].count_documents({"_id": keys})
                for collection, name in _OF_PEOPLE.items()
            },
            "uploads": count,
            "looks": await self._database.looks.count_documents({"user_key": keys}),
            "notifications": notifications,
            "answers_kept": len([it async for it in self._answers(users[0], tickets)]),
        }

    @may_be_away
    async def forget(self, user: UserKey, tickets: Sequence[TicketId]) -> None:
        for collection in _OF_PEOPLE:
            await self._database[collection].delete_one({"_id": str(user)})
        await self._database.user_words.delete_many({"key": str(user)})
        await count_anew(self._database, str(user))
        await self._database.user_counts.delete_one({"_id": str(user), "tickets": 0})
        await self._database.uploads.delete_many(_uploads(user))
        for some in _slices(tickets):
            await self._database.uploads.delete_many({"use": {"$in": some}})
        await self._database.openings.delete_many({"_id": {"$in": lists_of(user)}})
        await self._further_words(tickets)

    @may_be_away
    async def forget_answers(self, user: UserKey | None, tickets: Sequence[TicketId]) -> None:
        async for key in self._answers(user, tickets):
            await self._database.idempotency_keys.update_one({"_id": key}, {"$set": {"answer": [*GONE]}})

    async def _answers(self, user: UserKey | None, tickets: Sequence[TicketId]) -> AsyncIterator[str]:
        """The keys of answers that tell of them."""
        keys, last, ids = self._database.idempotency_keys, "", frozenset(tickets)
        while True:
            which = {"_id": {"$gt": last}, "answer": {"$ne": None}}
            records = await keys.find(which, sort=[("_id", ASCENDING)], limit=AT_ONCE).to_list(None)
            for record in records:
                body = record["answer"][1]
                if body != GONE[1] and mentions(body, user, ids):
                    yield record["_id"]
            if len(records) < AT_ONCE:
                return
            last = records[-1]["_id"]

    @may_be_away
    async def everybody(self) -> set[UserKey]:
        people = set()
        for collection in (self._database.people, self._database.agents):
            people |= {record["_id"] for record in await collection.find({}, {"_id": 1}).to_list(None)}
        group: Record = {"$group": {"_id": "$requester_key"}}
        requesters = await self._database.tickets.aggregate([group]).to_list(None)
        return {UserKey.parse(it) for it in people.union(record["_id"] for record in requesters)}

    @may_be_away
    async def scrub(self) -> Sequence[str]:
        await self._database.whispers.delete_many({})
        return (FREE_BLOCKS,)

    @may_be_away
    async def swept_until(self, what: str) -> Millis:
        record = await self._database.meta.find_one({"_id": "swept"}) or {}
        return int(record.get(what, 0))

    @may_be_away
    async def swept(self, what: str, until: Millis) -> None:
        await upsert(self._database.meta, {"_id": "swept"}, {"$set": {what: until}})

    async def _labels_of(self, ticket_id: TicketId) -> set[str]:
        """The labels that its log names."""
        which = {"ticket_id": ticket_id, "type": LabelsChanged.__name__}
        records = await self._database.events.find(which, {"data": 1}).to_list(None)
        return {label for it in records for label in (*it["data"]["added"], *it["data"]["removed"])}

    async def _further_words(self, tickets: Sequence[TicketId]) -> None:
        """Remove the words once more: a process that was indexing a large ticket may have put parts back."""
        for ticket_id in tickets:
            parts = {"_id": {"$gt": f"{ticket_id} ", "$lt": f"{ticket_id}!"}}
            await self._database.words.delete_many(parts)


def _erasure(record: Record | None) -> Erasure | None:
    return None if record is None else ERASURE.from_text(record["body"])


def _uploads(user: UserKey) -> Record:
    """Their uploads that belong to no ticket."""
    return {"uploader": str(user), "use": None}


def _slices(tickets: Sequence[TicketId]) -> Iterator[list[TicketId]]:
    """The tickets in slices, because a question to MongoDB may not be larger than a record."""
    return (list(tickets[at : at + IN_A_QUESTION]) for at in range(0, len(tickets), IN_A_QUESTION))
