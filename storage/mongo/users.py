"""The users of apps, in MongoDB."""

import time
from collections.abc import Mapping, Sequence

from pymongo import ASCENDING, DESCENDING

from storage.blocked import Blocked
from storage.codec import PERSON, Record
from storage.mongo.connection import Database, may_be_away, upsert
from storage.mongo.projector import Projector
from tickets.model import UserKey, UserRole
from tickets.ports.store import Clock
from tickets.ports.users import Block, User


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
    async def page(self, *, skip: int, limit: int) -> list[User]:
        """Those with tickets first, in one aggregation, then those without, by key."""
        await self._projector.catch_up()
        opened = await self._tickets.aggregate([{"$group": _COUNT}, {"$count": "all"}]).to_list(None)
        with_tickets = opened[0]["all"] if opened else 0
        found: list[User] = []
        if skip < with_tickets:
            rows = self._tickets.aggregate(
                [
                    {"$group": _COUNT},
                    {"$sort": {"count": DESCENDING, "_id": ASCENDING}},
                    {"$skip": skip},
                    {"$limit": limit},
                ]
            )
            counts = {row["_id"]: row["count"] for row in await rows.to_list(None)}
            found = await self._all(list(counts), counts)
        if len(found) < limit:
            rest = await self._without_tickets(max(0, skip - with_tickets), limit - len(found))
            found += await self._all(rest, {})
        return found

    @may_be_away
    async def user(self, key: UserKey) -> User | None:
        await self._projector.catch_up()
        count = await self._tickets.count_documents({"user": str(key)})
        found = await self._all([str(key)], {str(key): count})
        return found[0] if found else None

    @may_be_away
    async def mark(self, key: UserKey, *, block: Block | None, note: str | None) -> None:
        marks: Record = {"blocked": block is not None, "note": note}
        marks |= {"blocked_until": block and block.until, "block_reason": block and block.reason}
        await upsert(self._users, {"_id": str(key)}, {"$set": marks})
        self._blocked.forget()

    @may_be_away
    async def is_blocked(self, key: UserKey) -> bool:
        return await self._blocked.has(key)

    async def _without_tickets(self, skip: int, limit: int) -> list[str]:
        opened = await self._tickets.aggregate([{"$group": {"_id": "$user"}}]).to_list(None)
        query: Record = {
            "_id": {"$nin": [row["_id"] for row in opened]},
            "role": {"$in": [UserRole.TEMP_USER, UserRole.CUSTOMER]},
            "key.issuer": {"$ne": UserKey.DISCORD},
        }
        cursor = self._people.find(query, sort=[("_id", ASCENDING)], skip=skip, limit=limit)
        return [record["_id"] for record in await cursor.to_list(None)]

    async def _all(self, keys: Sequence[str], counts: dict[str, int]) -> list[User]:
        """Those who are known, in this order."""
        among = {"_id": {"$in": list(keys)}}
        people = {it["_id"]: PERSON.from_record(it) for it in await self._people.find(among).to_list(None)}
        marks = {it["_id"]: it for it in await self._users.find(among).to_list(None)}
        return [
            User(
                person=people[key],
                ticket_count=counts.get(key, 0),
                block=self._block(marks.get(key, {})),
                note=marks.get(key, {}).get("note"),
            )
            for key in keys
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


_COUNT = {"_id": "$user", "count": {"$sum": 1}}
