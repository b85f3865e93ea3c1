"""A store is moved into one of the other kind and back, and is the same; or the new one is no store."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import pytest
from mongomock_motor import AsyncMongoMockClient, enabled_gridfs_integration

from storage.keeping.ends import must_name_a_store
from storage.keeping.moving import move
from storage.keeping.problems import CannotBeDone
from storage.keeping.progress import nobody
from storage.mongo.deadlines import Lines
from storage.mongo.for_commands import MARK
from storage.mongo.row_forms import FORMS
from storage.mongo.rows import MongoEnd, must_be_left_alone
from storage.mongo.schema import bring_up_to_date
from storage.mongo.store import open_database
from storage.mongo.verifying import differences
from storage.sqlite import rows
from storage.sqlite.derived import OF_ITS_OWN
from storage.sqlite.verifying import verify
from tests.contract.acts import open_ticket, post
from tests.contract.places import leading
from tests.keeping.everything import live
from tests.keeping.stores import CONTENT, FILE, fill, now, tables
from tests.keeping.test_commands import guildesk
from tests.new_stores import open_new_sqlite
from tickets.ports.store import StoreUnavailable


@pytest.fixture
async def full(tmp_path: Path) -> Path:
    """The folder of a store in which every table has something."""
    folder = tmp_path / "full"
    async with open_new_sqlite(folder, now) as store:
        await live(store, now())
    return folder


@asynccontextmanager
async def mock(deployment: str = "") -> AsyncIterator[MongoEnd]:
    with enabled_gridfs_integration():
        database: Any = AsyncMongoMockClient()["desk"]
        await database.meta.insert_one({**MARK})
        await bring_up_to_date(database)
        lines = Lines(database)
        yield MongoEnd(database, lines, deployment)
        await lines.end()


def lasting(folder: Path) -> dict[str, list[tuple[object, ...]]]:
    """What must be the same after there and back."""
    found = tables(folder)
    found["meta"] = [row for row in found["meta"] if not str(row[0]).startswith("lease_")]
    found["meta"] = [row for row in found["meta"] if row[0] != "move"]
    del found["sqlite_sequence"]
    return found


def test_every_table_has_something_to_move_and_a_form_in_mongodb(full: Path) -> None:
    """Whoever adds a table says what it is in MongoDB, and puts something into it in ``everything``."""
    there = tables(full)

    assert FORMS.keys() == OF_ITS_OWN - {"todo", "failures"}
    assert [name for name in OF_ITS_OWN if not there[name]] == []


async def test_there_and_back_it_is_the_same(full: Path, tmp_path: Path) -> None:
    before = lasting(full)
    async with mock() as mongo:
        with rows.source(full) as source:
            counts = await move(source, mongo, nobody)
        database: Any = mongo._database
        assert [str(it) async for it in differences(database, nobody)] == []
        assert await mongo.files.get(FILE.id) == (FILE, CONTENT)

        with rows.target(tmp_path / "back", "") as target:
            await move(mongo, target, nobody)

    assert (counts["tickets"], counts["events"], counts["files"]) == (2, 10, 1)
    assert lasting(tmp_path / "back") == before
    assert list(verify(tmp_path / "back", nobody)) == []
    assert (tmp_path / "back").stat().st_mode & 0o077 == 0


async def test_life_goes_on_in_the_new_store(full: Path) -> None:
    async with mock() as mongo:
        with rows.source(full) as source:
            await move(source, mongo, nobody)
        database: Any = mongo._database
        async with open_database(database, now, 0.02, others_end_within=0) as store, leading(store) as leader:
            ticket = await open_ticket(leader)
            await post(leader, ticket)
            assert ticket.number == 3
        assert [str(it) async for it in differences(database, nobody)] == []


async def test_what_came_into_the_feed_last_keeps_its_place(tmp_path: Path) -> None:
    """In MongoDB, events may not be in the feed yet; they come behind all that are."""
    async with mock() as mongo:
        database: Any = mongo._database
        await database.meta.delete_one(MARK)
        async with open_database(database, now, 0.02, others_end_within=0) as store:
            for _ in range(3):
                await post(store, await open_ticket(store))
        given = await database.meta.find_one({"_id": "deployment"})
        mongo.deployment = given["deployment"]

        with rows.target(tmp_path / "there", mongo.deployment) as target:
            await move(mongo, target, nobody)

    with closing(sqlite3.connect(tmp_path / "there" / "guildesk.sqlite3")) as there:
        found = there.execute("SELECT ticket_id, seq FROM events ORDER BY pos").fetchall()
    assert sorted(found) == [(f"t{n}", seq) for n in (1, 2, 3) for seq in (1, 2)]
    assert list(verify(tmp_path / "there", nobody)) == []


async def test_what_was_changed_meanwhile_is_found_and_the_new_one_is_no_store(full: Path) -> None:
    def tell(what: str, _done: int, _total: int) -> None:
        if what == "comparing events":
            with closing(sqlite3.connect(full / "guildesk.sqlite3", isolation_level=None)) as it:
                it.execute("UPDATE channels SET card_id = 99")
                it.execute("DELETE FROM people WHERE key = 'shop ben'")

    async with mock() as mongo:
        with rows.source(full) as source, pytest.raises(CannotBeDone) as refused:
            await move(source, mongo, tell)
        database: Any = mongo._database
        with pytest.raises(StoreUnavailable, match="another store is being moved into"):
            async with open_database(database, now, others_end_within=0):
                pass

        with rows.source(full) as source:  # begun again, it is right
            await move(source, mongo, nobody)
        async with open_database(database, now, others_end_within=0) as store:
            assert await store.channels.at(7)

    assert "it differs in channels (2 and 2), people (2 and 3)" in str(refused.value)


async def test_a_store_that_somebody_leads_is_left_alone() -> None:
    async with mock() as mongo:
        database: Any = mongo._database

        async def beat() -> None:
            while True:
                await asyncio.sleep(0.02)
                await database.meta.update_one({"_id": "leader"}, {"$inc": {"beat": 1}})

        await must_be_left_alone(database, watch=0.2)
        await database.meta.insert_one({"_id": "leader", "epoch": 1, "holder": "desk-7", "beat": 0})
        await must_be_left_alone(database, watch=0.2)  # it was killed
        beating = asyncio.create_task(beat())
        with pytest.raises(CannotBeDone, match="desk-7 leads on this store; stop every Guildesk"):
            await must_be_left_alone(database, watch=0.2)
        beating.cancel()


async def test_what_is_not_empty_or_in_use_is_refused(full: Path, tmp_path: Path) -> None:
    await fill(tmp_path / "other")
    before = tables(tmp_path / "other")
    not_empty = pytest.raises(
        CannotBeDone, match=r"is not empty \(files, guildesk.sqlite3\); name another folder"
    )
    with not_empty, rows.target(tmp_path / "other", "d"):
        pass
    assert tables(tmp_path / "other") == before

    async with open_new_sqlite(full, now):
        with pytest.raises(CannotBeDone, match="is in use; stop every Guildesk"), rows.source(full):
            pass
    with pytest.raises(CannotBeDone, match="is in use"), rows.source(full), rows.target(full, "d"):
        pass


@pytest.mark.parametrize(
    "to",
    [
        "",
        "sqlite://",
        "sqlite:",
        "mongodb://host",
        "mongodb://host/",
        "mongodb://[::1/desk",
        "postgres://h/d",
    ],
)
def test_a_target_that_names_no_store_is_refused(to: str) -> None:
    with pytest.raises(CannotBeDone, match="--to names no store; give it sqlite:///srv/guildesk"):
        must_name_a_store(to)


def test_the_target_is_looked_at_before_the_store(tmp_path: Path) -> None:
    """Whoever uses the store meanwhile is in nobody's way."""
    code, _, said = guildesk(tmp_path, "move", "--to", "mongodb://host")

    assert said.startswith("This cannot be done: ")
    assert "--to names no store; give it sqlite:///srv/guildesk" in said
    assert code == 1
