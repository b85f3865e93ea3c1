"""The sessions, signing keys and tries in MongoDB."""

from collections.abc import Callable
from typing import TypeVar

from pymongo import ASCENDING, DESCENDING
from pymongo.errors import DuplicateKeyError

from storage.codec import SESSION, Record
from storage.mongo.connection import Attempts, Database, may_be_away
from tickets.model import Millis, UserKey
from tickets.ports.accounts import Session, SigningKey, Tried

T = TypeVar("T")


class MongoSessions:
    """The port ``Sessions``."""

    def __init__(self, database: Database) -> None:
        self._sessions = database.sessions

    @may_be_away
    async def add(self, session: Session) -> None:
        named = {"_id": session.id, "user": str(session.person.key)}
        await self._sessions.insert_one({**named, **SESSION.record(session)})

    @may_be_away
    async def get(self, session_id: str) -> Session | None:
        return SESSION.in_record(await self._sessions.find_one({"_id": session_id}))

    @may_be_away
    async def turn(self, session: Session, at: Millis, expires_at: Millis) -> bool:
        as_found = {"_id": session.id, "turn": session.turn}
        next_one = {"turn": session.turn + 1, "turned_at": at, "expires_at": expires_at}
        turned = await self._sessions.update_one(as_found, {"$set": next_one})
        return bool(turned.matched_count)

    @may_be_away
    async def of(self, key: UserKey) -> list[Session]:
        order = [("turned_at", DESCENDING), ("_id", ASCENDING)]
        records = await self._sessions.find({"user": str(key)}, sort=order).to_list(None)
        return [SESSION.from_record(record) for record in records]

    @may_be_away
    async def end(self, session_id: str) -> None:
        await self._sessions.delete_one({"_id": session_id})

    @may_be_away
    async def end_all(self, key: UserKey, *, but: str | None = None) -> None:
        others: Record = {"user": str(key)}
        if but is not None:
            others["_id"] = {"$ne": but}
        await self._sessions.delete_many(others)

    @may_be_away
    async def sweep(self, now: Millis) -> None:
        await self._sessions.delete_many({"expires_at": {"$lte": now}})


class MongoSigningKeys:
    """The port ``SigningKeys``."""

    def __init__(self, database: Database) -> None:
        self._keys = database.signing_keys

    @may_be_away
    async def all(self) -> list[SigningKey]:
        records = await self._keys.find({}, sort=[("created_at", ASCENDING)]).to_list(None)
        return [SigningKey(it["_id"], it["private"], it["created_at"]) for it in records]

    @may_be_away
    async def add(self, key: SigningKey) -> None:
        await self._keys.insert_one({"_id": key.id, "private": key.private, "created_at": key.created_at})

    @may_be_away
    async def remove_before(self, at: Millis) -> None:
        await self._keys.delete_many({"created_at": {"$lt": at}})


class MongoTries:
    """The port ``Tries``."""

    def __init__(self, database: Database) -> None:
        self._tries = database.tries

    @may_be_away
    async def change(
        self, key: str, until: Millis, change: Callable[[Tried | None], tuple[Tried | None, T]]
    ) -> T:
        attempts = Attempts("counting tries")
        while True:
            await attempts.one_more()
            before = await self.get(key)
            tried, answer = change(before)
            if await self._replaced(key, before, tried, until):
                return answer

    @may_be_away
    async def get(self, key: str) -> Tried | None:
        record = await self._tries.find_one({"_id": key})
        return None if record is None else Tried(record["count"], record["since"], record["last_at"])

    @may_be_away
    async def forget(self, beginning: str) -> None:
        await self._tries.delete_many({"_id": {"$gte": beginning, "$lt": f"{beginning}\U0010ffff"}})

    @may_be_away
    async def sweep(self, now: Millis) -> None:
        await self._tries.delete_many({"expires_at": {"$lte": now}})

    async def _replaced(self, key: str, before: Tried | None, after: Tried | None, until: Millis) -> bool:
        """Replace the record. Returns False if somebody else was faster."""
        if after is None:
            return before is None or bool(
                (await self._tries.delete_one(_as_found(key, before))).deleted_count
            )
        record = {**_record(after), "expires_at": until}
        if before is not None:
            changed = await self._tries.update_one(_as_found(key, before), {"$set": record})
            return bool(changed.matched_count)
        try:
            await self._tries.insert_one({"_id": key, **record})
        except DuplicateKeyError:
            return False
        return True


def _record(tried: Tried) -> Record:
    return {"count": tried.count, "since": tried.since, "last_at": tried.last_at}


def _as_found(key: str, tried: Tried) -> Record:
    return {"_id": key, **_record(tried)}
