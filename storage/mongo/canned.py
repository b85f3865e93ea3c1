"""The canned answers in MongoDB."""

from pymongo import ASCENDING
from pymongo.errors import DuplicateKeyError

from storage.codec import CANNED
from storage.mongo.connection import Database, may_be_away
from tickets.canned import CannedAnswer
from tickets.model import Millis
from tickets.ports.canned import Kept


class MongoCannedAnswers:
    """The port ``CannedAnswers``. A unique index decides which answer gets a name."""

    def __init__(self, database: Database) -> None:
        self._canned = database.canned

    @may_be_away
    async def all(self) -> list[CannedAnswer]:
        records = await self._canned.find({}, sort=[("name", ASCENDING)]).to_list(None)
        return [CANNED.from_record(record) for record in records]

    @may_be_away
    async def get(self, name: str) -> CannedAnswer | None:
        return CANNED.in_record(await self._canned.find_one({"name": name}))

    @may_be_away
    async def add(self, answer: CannedAnswer, most: int) -> Kept:
        try:
            added = await self._canned.insert_one(CANNED.record(answer))
        except DuplicateKeyError:
            return Kept.TAKEN
        if await self._canned.count_documents({}) <= most:
            return Kept.DONE
        await self._canned.delete_one({"_id": added.inserted_id})  # others may have been added at once
        return Kept.FULL

    @may_be_away
    async def change(self, name: str, new_name: str | None, content: str | None, at: Millis) -> Kept:
        words = {"name": new_name, "content": content}
        changes = {"updated_at": at, **{field: it for field, it in words.items() if it is not None}}
        try:
            changed = await self._canned.update_one({"name": name}, {"$set": changes})
        except DuplicateKeyError:
            return Kept.TAKEN
        return Kept.DONE if changed.matched_count else Kept.MISSING

    @may_be_away
    async def remove(self, name: str) -> Kept:
        removed = await self._canned.delete_one({"name": name})
        return Kept.DONE if removed.deleted_count else Kept.MISSING

    @may_be_away
    async def count(self, name: str) -> None:
        await self._canned.update_one({"name": name}, {"$inc": {"used": 1}})
