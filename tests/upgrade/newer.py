"""A program that is one version newer than today's: its step looks at every event once, ten at a time."""

import sqlite3
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, closing
from typing import Any, cast

from storage.migration import Reached
from storage.mongo import migration as mongo
from storage.mongo import schema as mongo_schema
from storage.mongo.connection import Database
from storage.mongo.store import open_database
from storage.sqlite import migration as sqlite
from storage.sqlite import schema as sqlite_schema
from storage.sqlite.store import open_sqlite
from tests.contract.places import MockPlace, Place, SqlitePlace
from tests.contract.yielding import YieldingDatabase
from tickets.ports.store import Clock, Store

AT_ONCE = 10
WHAT = "events are looked at"

Before = Callable[[Reached], None]
"""Called at the end of each piece, before it is kept, with where it began."""


def nothing(_: Reached) -> None:
    """Let it be."""


def open_newer(place: Place, clock: Clock, before: Before = nothing) -> AbstractAsyncContextManager[Store]:
    """The store, opened by the newer program."""
    if isinstance(place, SqlitePlace):
        step = sqlite.Step(WHAT, _of_sqlite(before))
        return open_sqlite(place.folder, clock, steps=(*sqlite_schema.STEPS, step))
    assert isinstance(place, MockPlace)
    database = cast("Database", YieldingDatabase(place.database, place.faults))
    steps = (*mongo_schema.STEPS, mongo.Step(WHAT, _of_mongo(before)))
    return open_database(database, clock, place.pause, steps, others_end_within=0.2)


async def looks(place: Place) -> list[int]:
    """How often each event was looked at; none where the column or field is missing."""
    if isinstance(place, SqlitePlace):
        with closing(sqlite3.connect(place.folder / "guildesk.sqlite3")) as connection:
            return [row[0] for row in connection.execute("SELECT looks FROM events ORDER BY pos")]
    assert isinstance(place, MockPlace)
    records = await place.database.events.find({}).to_list(None)
    return [record.get("looks", 0) for record in records]


def _of_sqlite(before: Before) -> sqlite.Piece:
    def piece(connection: sqlite3.Connection, reached: Reached) -> Reached | None:
        pos = int(reached.place or 0)
        if not pos:
            connection.execute("ALTER TABLE events ADD COLUMN looks INTEGER NOT NULL DEFAULT 0")
        total = connection.execute("SELECT max(pos) FROM events").fetchone()[0]
        upto = pos + AT_ONCE
        connection.execute("UPDATE events SET looks = looks + 1 WHERE pos > ? AND pos <= ?", (pos, upto))
        before(reached)
        return Reached(upto, min(upto, total), total) if upto < total else None

    return piece


def _of_mongo(before: Before) -> mongo.Piece:
    async def piece(database: Database, reached: Reached) -> Reached | None:
        total = await database.events.count_documents({})
        unseen: dict[str, Any] = {"looks": {"$exists": False}}
        for record in await database.events.find(unseen, limit=AT_ONCE).to_list(None):
            await database.events.update_one({"_id": record["_id"], **unseen}, {"$inc": {"looks": 1}})
        before(reached)
        left = await database.events.count_documents(unseen)
        return Reached(None, total - left, total) if left else None

    return piece
