"""Idempotency keys in MongoDB, which removes old ones by itself."""

import secrets
from datetime import UTC, datetime

from pymongo.errors import DuplicateKeyError

from storage.codec import Record
from storage.mongo.connection import Attempts, Database, may_be_away
from tickets.model import Millis
from tickets.ports.idempotency import KEPT, Reservation


class MongoIdempotencyKeys:
    """The port ``IdempotencyKeys``. MongoDB removes them with some delay, so this class checks their age as
    well."""

    def __init__(self, database: Database) -> None:
        self._keys = database.idempotency_keys

    @may_be_away
    async def reserve(self, key: str, digest: str, *, now: Millis, until: Millis) -> Reservation:
        attempts = Attempts("reserving a key")
        while True:
            await attempts.one_more()
            reservation = await self._made(key, digest, now, until) or await self._found(
                key, digest, now, until
            )
            if reservation is not None:
                return reservation

    @may_be_away
    async def settle(self, key: str, seed: str, answer: tuple[int, str]) -> None:
        await self._keys.update_one(
            {"_id": key, "seed": seed, "answer": None}, {"$set": {"answer": list(answer)}}
        )

    @may_be_away
    async def release(self, key: str, seed: str) -> None:
        await self._keys.update_one({"_id": key, "seed": seed}, {"$set": {"until": 0}})

    async def _made(self, key: str, digest: str, now: Millis, until: Millis) -> Reservation | None:
        seed = secrets.token_hex(16)
        record: Record = {
            "_id": key,
            "digest": digest,
            "seed": seed,
            "at": now,
            "until": until,
            "answer": None,
            "forget_at": datetime.fromtimestamp((now + KEPT) / 1000, UTC),
        }
        try:
            await self._keys.insert_one(record)
        except DuplicateKeyError:
            return None
        return Reservation(digest, seed, is_mine=True)

    async def _found(self, key: str, digest: str, now: Millis, until: Millis) -> Reservation | None:
        """What is stored under the key. None if it is gone, or if another process was faster."""
        found = await self._keys.find_one({"_id": key})
        if found is None:
            return None
        same = {"_id": key, "seed": found["seed"]}
        if found["at"] <= now - KEPT:
            await self._keys.delete_one(same)
            return None
        if found["answer"] is not None:
            status, body = found["answer"]
            return Reservation(found["digest"], found["seed"], (status, body))
        if found["digest"] != digest or found["until"] > now:
            return Reservation(found["digest"], found["seed"])
        taken = await self._keys.update_one(
            {**same, "until": found["until"], "answer": None}, {"$set": {"until": until}}
        )
        return Reservation(found["digest"], found["seed"], is_mine=True) if taken.matched_count else None
