"""Sends inserts that come at the same time to MongoDB in one call."""

import asyncio
from collections.abc import Sequence
from typing import Final

from pymongo.errors import BulkWriteError, DuplicateKeyError, PyMongoError, WriteConcernError, WriteError

from storage.codec import Record
from storage.mongo.connection import Collection

MOST: Final = 100
"""Records of one call."""


class Together:
    """Inserts into one collection. Inserts that come while a call is under way go into the next call. Each
    has the same guarantees, and many cost little more than one."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection
        self._waiting: list[tuple[Record, asyncio.Future[None]]] = []
        self._calling: asyncio.Task[None] | None = None

    async def insert(self, record: Record) -> None:
        """Insert the record. Raises what an insert of this record alone would raise."""
        inserted: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((record, inserted))
        if self._calling is None:
            self._calling = asyncio.create_task(self._call(), name="inserting")
        await inserted

    async def _call(self) -> None:
        try:
            while self._waiting:
                batch = [it for it in self._waiting[:MOST] if not it[1].done()]
                del self._waiting[:MOST]
                if batch:
                    await self._insert(batch)
        finally:
            self._calling = None

    async def _insert(self, batch: Sequence[tuple[Record, "asyncio.Future[None]"]]) -> None:
        errors: dict[int, Exception] = {}
        try:
            if len(batch) == 1:
                await self._collection.insert_one(batch[0][0])
            else:
                await self._collection.insert_many([record for record, _ in batch], ordered=False)
        except BulkWriteError as error:
            errors = of_each(error, len(batch))
        except PyMongoError as error:
            errors = dict.fromkeys(range(len(batch)), error)
        except Exception as error:  # one of them cannot be written; the others still are
            if len(batch) > 1:
                for it in batch:
                    await self._insert([it])
                return
            errors = {0: error}
        for number, (_, inserted) in enumerate(batch):
            if inserted.done():
                continue
            if number in errors:
                inserted.set_exception(errors[number])
            else:
                inserted.set_result(None)


def of_each(error: BulkWriteError, count: int) -> dict[int, Exception]:
    """The error of each insert, by its number. Without a majority, the outcome of those that are no
    duplicates is unknown."""
    details = error.details or {}
    found: dict[int, Exception] = {}
    if unknown := details.get("writeConcernErrors"):
        found = dict.fromkeys(range(count), WriteConcernError(str(unknown[0].get("errmsg")), 64))
    for it in details.get("writeErrors", ()):
        kind = DuplicateKeyError if it["code"] == 11000 else WriteError
        found[it["index"]] = kind(it["errmsg"], it["code"])
    return found


async def insert_missing(collection: Collection, records: Sequence[Record]) -> None:
    """Insert the records, except those that a unique index refuses because they exist already."""
    for start in range(0, len(records), MOST):
        try:
            await collection.insert_many(records[start : start + MOST], ordered=False)
        except BulkWriteError as error:
            for fault in of_each(error, MOST).values():
                if not isinstance(fault, DuplicateKeyError):
                    raise fault from error
