"""Where a store lives, so that it can be opened again, and by two at once as if by two processes."""

import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Protocol, cast

from motor.motor_asyncio import AsyncIOMotorClient

from storage.mongo import schema as mongo_schema
from storage.mongo.connection import Database
from storage.mongo.feed import PAUSE
from storage.mongo.store import open_database, open_mongo
from storage.sqlite import schema as sqlite_schema
from tests.contract.yielding import Faults, YieldingDatabase
from tests.new_stores import open_new_sqlite
from tickets.ports.sinks import EVERYTHING, Listening
from tickets.ports.store import Clock, Store


class Place(Protocol):
    @property
    def known(self) -> int:
        """The schema version that today's program makes of such a store."""
        ...

    def before(self, step: str) -> int:
        """The schema version before that step."""
        ...

    def open(
        self, clock: Clock, sinks: Sequence[Listening] = EVERYTHING
    ) -> AbstractAsyncContextManager[Store]: ...

    async def write_version(self, version: int) -> None:
        """Make the store look as if a program of that schema version had written it."""
        ...


@asynccontextmanager
async def leading(store: Store, holder: str = "test") -> AsyncIterator[Store]:
    """The store of a process that has just begun to lead."""
    term = await store.lease.acquire(holder, await store.lease.observe())
    assert term is not None
    async with store.lead(term) as led:
        yield led


@asynccontextmanager
async def opened_to_lead(place: Place, clock: Clock) -> AsyncIterator[Store]:
    """The store, opened by a process that leads."""
    async with place.open(clock) as store, leading(store) as led:
        yield led


@dataclass
class SqlitePlace:
    folder: Path
    known: ClassVar[int] = len(sqlite_schema.STEPS)

    def before(self, step: str) -> int:
        return [it.what for it in sqlite_schema.STEPS].index(step)

    def open(
        self, clock: Clock, sinks: Sequence[Listening] = EVERYTHING
    ) -> AbstractAsyncContextManager[Store]:
        return open_new_sqlite(self.folder, clock, sinks=sinks)

    async def write_version(self, version: int) -> None:
        with closing(sqlite3.connect(self.folder / "guildesk.sqlite3")) as connection:
            if version <= self.before("tickets at work are counted along an index"):
                connection.execute("DROP INDEX tickets_counted")
                for column in ("category", "aside", "danger"):  # the step adds them
                    connection.execute(f"ALTER TABLE tickets DROP COLUMN {column}")
            connection.execute(f"PRAGMA user_version = {version}")


@dataclass
class MockPlace:
    """A MongoDB in memory that gives way before every call."""

    database: Any
    faults: Faults = field(default_factory=Faults)
    pause: float = PAUSE
    known: ClassVar[int] = 1 + len(mongo_schema.STEPS)

    def before(self, step: str) -> int:
        return 1 + [it.what for it in mongo_schema.STEPS].index(step)

    @asynccontextmanager
    async def open(self, clock: Clock, sinks: Sequence[Listening] = EVERYTHING) -> AsyncIterator[Store]:
        """Whatever is asked for inside must be found along an index."""
        yielding = YieldingDatabase(self.database, self.faults)
        database = cast("Database", yielding)
        async with open_database(database, clock, self.pause, others_end_within=0, sinks=sinks) as store:
            yield store
        assert not yielding.plans.unserved, "\n".join(sorted({*yielding.plans.unserved}))

    async def write_version(self, version: int) -> None:
        await self.database.meta.update_one({"_id": "schema"}, {"$set": {"version": version}})


@dataclass
class MongoPlace:
    """A database of its own on a real MongoDB."""

    uri: str
    name: str
    known: ClassVar[int] = 1 + len(mongo_schema.STEPS)

    def before(self, step: str) -> int:
        return 1 + [it.what for it in mongo_schema.STEPS].index(step)

    def open(
        self, clock: Clock, sinks: Sequence[Listening] = EVERYTHING
    ) -> AbstractAsyncContextManager[Store]:
        return open_mongo(self.uri, self.name, clock, sinks=sinks, patience=20.0)  # on a busy machine too

    @asynccontextmanager
    async def database(self) -> AsyncIterator[Any]:
        """The database itself, past the store."""
        client: AsyncIOMotorClient[Any] = AsyncIOMotorClient(self.uri)
        yield client[self.name]
        client.close()

    async def write_version(self, version: int) -> None:
        async with self.database() as database:
            await database.meta.update_one({"_id": "schema"}, {"$set": {"version": version}})

    async def drop(self) -> None:
        async with self.database() as database:
            await database.client.drop_database(self.name)
