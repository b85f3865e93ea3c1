"""People, and the users of apps, in MongoDB."""

import time
from collections.abc import Iterable, Mapping, Sequence

from pymongo import ASCENDING, DESCENDING

from storage.codec import PERSON, Record
from storage.mongo.connection import LARGEST, Database, may_be_away, upsert
from storage.mongo.feed import DUE
from storage.mongo.projector import Projector
from storage.mongo.user_counts import (
    begin_count,
    count_anew,
    count_stale,
    drop_words,
    put_words,
    whose_count_changes,
    word_id,
)
from storage.people import Blocked, Remembered
from storage.user_pages import Counted, WordPlace, most_tickets_first, searched
from tickets.model import Person, UserKey
from tickets.ports.lists import Cursor, Page
from tickets.ports.signals import Signals
from tickets.ports.store import Clock
from tickets.ports.users import EVERYBODY, Block, User, UserFilter

_ORDER = [("tickets", DESCENDING), ("_id", ASCENDING)]


class MongoPeople:
    """The port ``People``."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._people = database.people
        self._remembered = Remembered(time.monotonic)

    def knows(self, person: Person) -> bool:
        return self._remembered.knows(person)

    @may_be_away
    async def remember(self, person: Person) -> None:
        if self.knows(person):
            return
        key = {"_id": str(person.key)}
        known = await self._people.find_one(key)
        before = PERSON.in_record(known)
        if before != person:
            await self._put(person, before, "$set")
            await drop_words(self._database, person, before)
        self._remembered.keep(person)

    @may_be_away
    async def introduce(self, person: Person) -> Person:
        known = await self.people([person.key])
        if person.key in known:
            return known[person.key]
        await self._put(person, None, "$setOnInsert")
        return (await self.people([person.key]))[person.key]

    async def _put(self, person: Person, before: Person | None, how: str) -> None:
        """Store the words by which the person is found, then the person. After a crash, the next call does
        the rest."""
        key = str(person.key)
        if person.key.issuer != UserKey.DISCORD:
            await put_words(self._database, person, before)
            await begin_count(self._database, key)
        made: Record = {"$setOnInsert": {"created_at": self._clock()}}
        update = {how: {**PERSON.record(person), **made.get(how, {})}}
        await upsert(self._people, {"_id": key}, {**made, **update})

    @may_be_away
    async def people(self, keys: Iterable[UserKey]) -> Mapping[UserKey, Person]:
        cursor = self._people.find({"_id": {"$in": [str(key) for key in keys]}})
        people = [PERSON.from_record(record) for record in await cursor.to_list(None)]
        return {person.key: person for person in people}


class MongoUsers:
    """The port ``Users``, and the walks for its pages."""

    def __init__(self, database: Database, projector: Projector, clock: Clock, signals: Signals) -> None:
        self._database = database
        self._people = database.people
        self._users = database.users
        self._tickets = database.tickets
        self._counts = database.user_counts
        self._words = database.user_words
        self._projector = projector
        self._clock = clock
        self._blocked = Blocked(self._load_blocked, time.monotonic, clock)
        signals.noted.listen(lambda _: self._blocked.forget())

    @may_be_away
    async def page(self, after: Cursor | None, limit: int, which: UserFilter = EVERYBODY) -> Page[User]:
        await self._count()
        if which.is_open:
            return await most_tickets_first(self, after, limit)
        return await searched(self, which, after, limit)

    @may_be_away
    async def user(self, key: UserKey) -> User | None:
        await self._count()
        return (await self.known([str(key)])).get(str(key))

    @may_be_away
    async def block(self, key: UserKey, block: Block | None) -> None:
        marks: Record = {"blocked": block is not None}
        marks |= {"blocked_until": block and block.until, "block_reason": block and block.reason}
        await upsert(self._users, {"_id": str(key)}, {"$set": marks})
        self._blocked.forget()

    @may_be_away
    async def note(self, key: UserKey, note: str | None) -> None:
        await upsert(self._users, {"_id": str(key)}, {"$set": {"note": note}})

    @may_be_away
    async def is_blocked(self, key: UserKey) -> bool:
        return await self._blocked.has(key)

    async def newest(self) -> int:
        found = await self._tickets.find_one({}, {"number": 1}, sort=[("number", DESCENDING)])
        return int(found["number"]) if found else 0

    async def risen(self, newest: int) -> Mapping[str, int]:
        rows = self._tickets.aggregate(
            [
                {"$match": {"number": {"$gt": min(newest, LARGEST)}}},
                {"$group": {"_id": "$requester_key", "count": {"$sum": 1}}},
            ]
        )
        return {row["_id"]: row["count"] for row in await rows.to_list(None)}

    async def with_tickets(self, count: int, after: str, limit: int) -> list[Counted]:
        most = min(count, LARGEST)
        as_many: Record = {"tickets": most, "_id": {"$gt": after}}
        found = await self._counts.find(as_many, sort=_ORDER, limit=limit).to_list(None)
        if len(found) < limit:
            fewer: Record = {"tickets": {"$lt": most}}
            rest = self._counts.find(fewer, sort=_ORDER, limit=limit - len(found))
            found += await rest.to_list(None)
        return [(it["_id"], it["tickets"]) for it in found]

    async def words(self, after: WordPlace, until: str, limit: int) -> list[WordPlace]:
        between: Record = {"_id": {"$gt": word_id(*after), "$lt": until}}
        rows = await self._words.find(between, sort=[("_id", ASCENDING)], limit=limit).to_list(None)
        return [(it["_id"].removesuffix(word_id("", it["key"])), it["key"]) for it in rows]

    async def known(self, keys: Sequence[str]) -> Mapping[str, User]:
        among: Record = {"_id": {"$in": list(keys)}}
        people = await self._people.find(among).to_list(None)
        marks = {it["_id"]: it for it in await self._users.find(among).to_list(None)}
        counts = {it["_id"]: it["tickets"] for it in await self._counts.find(among).to_list(None)}
        return {
            it["_id"]: User(
                person=PERSON.from_record(it),
                ticket_count=counts.get(it["_id"], 0),
                created_at=it.get("created_at"),
                block=self._block(marks.get(it["_id"], {})),
                note=marks.get(it["_id"], {}).get("note"),
            )
            for it in people
        }

    async def _count(self) -> None:
        """Count the users who got or lost tickets since the leader counted last."""
        await self._projector.catch_up()
        coming = await self._database.events.find(DUE).to_list(None)
        for key in whose_count_changes(coming):
            await count_anew(self._database, key)
        await count_stale(self._database)

    async def _load_blocked(self) -> Mapping[UserKey, Block]:
        records = await self._users.find({"blocked": True}).to_list(None)
        blocks = {UserKey.parse(record["_id"]): self._block(record) for record in records}
        return {key: block for key, block in blocks.items() if block is not None}

    def _block(self, marks: Record) -> Block | None:
        if not marks.get("blocked"):
            return None
        block = Block(marks.get("blocked_until"), marks.get("block_reason"))
        return None if block.is_over(self._clock()) else block
