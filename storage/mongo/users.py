"""Who everybody is, and the users of apps, in MongoDB."""

import time
from collections.abc import Iterable, Mapping

from pymongo import ASCENDING, DESCENDING

from storage.codec import PERSON, Record
from storage.mongo.connection import LARGEST, Database, may_be_away, upsert
from storage.mongo.projector import Projector
from storage.people import Blocked, Remembered
from tickets.model import Person, UserKey, UserRole
from tickets.ports.lists import Cursor, Page
from tickets.ports.store import Clock
from tickets.ports.users import Block, User

AT_ONCE = 500
"""People that are looked at in one step."""


class MongoPeople:
    """The port ``People``."""

    def __init__(self, database: Database) -> None:
        self._people = database.people
        self._remembered = Remembered(time.monotonic)

    def knows(self, person: Person) -> bool:
        return self._remembered.knows(person)

    @may_be_away
    async def remember(self, person: Person) -> None:
        if self.knows(person):
            return
        await upsert(self._people, {"_id": str(person.key)}, {"$set": PERSON.record(person)})
        self._remembered.keep(person)

    @may_be_away
    async def introduce(self, person: Person) -> Person:
        await upsert(self._people, {"_id": str(person.key)}, {"$setOnInsert": PERSON.record(person)})
        return (await self.people([person.key]))[person.key]

    @may_be_away
    async def people(self, keys: Iterable[UserKey]) -> Mapping[UserKey, Person]:
        cursor = self._people.find({"_id": {"$in": [str(key) for key in keys]}})
        people = [PERSON.from_record(record) for record in await cursor.to_list(None)]
        return {person.key: person for person in people}


class MongoUsers:
    """The port ``Users``."""

    def __init__(self, database: Database, projector: Projector, clock: Clock) -> None:
        self._people = database.people
        self._users = database.users
        self._tickets = database.tickets
        self._projector = projector
        self._clock = clock
        self._blocked = Blocked(self._load_blocked, time.monotonic, clock)

    @may_be_away
    async def page(self, after: Cursor | None, limit: int) -> Page[User]:
        """Those with tickets first, in one aggregation, then those without, by key."""
        await self._projector.catch_up()
        newest, most = (await self._newest(), None) if after is None else after.numbers
        counts = await self._with_tickets(newest, most, after, limit + 1) if most != 0 else {}
        if len(counts) <= limit:
            begin = after.text if after is not None and most == 0 else ""
            rest = await self._without_tickets(newest, begin, limit + 1 - len(counts))
            counts |= dict.fromkeys(rest, 0)
        page = Page.of(list(counts.items()), limit, lambda it: Cursor((newest, it[1]), it[0]))
        return Page(await self._all(dict(page.items)), page.next)

    @may_be_away
    async def user(self, key: UserKey) -> User | None:
        await self._projector.catch_up()
        count = await self._tickets.count_documents({"requester_key": str(key)})
        found = await self._all({str(key): count})
        return found[0] if found else None

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

    async def _newest(self) -> int:
        found = await self._tickets.find_one({}, {"number": 1}, sort=[("number", DESCENDING)])
        return int(found["number"]) if found else 0

    async def _with_tickets(
        self, newest: int, most: int | None, after: Cursor | None, limit: int
    ) -> dict[str, int]:
        """How many tickets up to the newest each of the next users has."""
        behind: Record = {}
        if after is not None and most is not None:
            behind["$or"] = [{"count": {"$lt": most}}, {"count": most, "_id": {"$gt": after.text}}]
        rows = self._tickets.aggregate(
            [
                {"$match": {"number": {"$lte": min(newest, LARGEST)}}},
                {"$group": {"_id": "$requester_key", "count": {"$sum": 1}}},
                {"$match": behind},
                {"$sort": {"count": DESCENDING, "_id": ASCENDING}},
                {"$limit": limit},
            ]
        )
        return {row["_id"]: row["count"] for row in await rows.to_list(None)}

    async def _without_tickets(self, newest: int, after: str, limit: int) -> list[str]:
        """Walk along the people, and leave out those who have one."""
        found: list[str] = []
        while len(found) < limit:
            page = await self._customers(after)
            asked = {"requester_key": {"$in": page}, "number": {"$lte": min(newest, LARGEST)}}
            group = {"$group": {"_id": "$requester_key"}}
            rows = await self._tickets.aggregate([{"$match": asked}, group]).to_list(None)
            have = {row["_id"] for row in rows}
            found += [key for key in page if key not in have]
            if len(page) < AT_ONCE:
                break
            after = page[-1]
        return found[:limit]

    async def _customers(self, after: str) -> list[str]:
        query: Record = {
            "_id": {"$gt": after},
            "role": {"$in": [UserRole.TEMP_USER, UserRole.CUSTOMER]},
            "key.issuer": {"$ne": UserKey.DISCORD},
        }
        cursor = self._people.find(query, {"_id": 1}, sort=[("_id", ASCENDING)], limit=AT_ONCE)
        return [record["_id"] for record in await cursor.to_list(None)]

    async def _all(self, counts: Mapping[str, int]) -> list[User]:
        """Those who are known, in this order, with so many tickets."""
        among = {"_id": {"$in": list(counts)}}
        people = {it["_id"]: PERSON.from_record(it) for it in await self._people.find(among).to_list(None)}
        marks = {it["_id"]: it for it in await self._users.find(among).to_list(None)}
        return [
            User(
                person=people[key],
                ticket_count=count,
                block=self._block(marks.get(key, {})),
                note=marks.get(key, {}).get("note"),
            )
            for key, count in counts.items()
            if key in people
        ]

    async def _load_blocked(self) -> Mapping[UserKey, Block]:
        records = await self._users.find({"blocked": True}).to_list(None)
        blocks = {UserKey.parse(record["_id"]): self._block(record) for record in records}
        return {key: block for key, block in blocks.items() if block is not None}

    def _block(self, marks: Record) -> Block | None:
        if not marks.get("blocked"):
            return None
        block = Block(marks.get("blocked_until"), marks.get("block_reason"))
        return None if block.is_over(self._clock()) else block
