"""Trying a store finds what is wrong with it, and leaves it as it was."""

import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
from pymongo.errors import OperationFailure, ServerSelectionTimeoutError

from config.store_settings import StoreSettings
from storage.keeping.problems import CannotBeDone
from storage.migration import StoreIsNewer
from storage.mongo import for_commands
from storage.mongo.connection import away
from storage.mongo.trying import cure_of
from storage.sqlite.soundness import store_in
from storage.sqlite.store import open_sqlite
from storage.trying import try_store
from tests.clocks import Hands
from tickets.ports.store import StoreUnavailable


def embedded(folder: Path) -> StoreSettings:
    return StoreSettings(_env_file=None, data_dir=folder)


async def test_a_store_in_use_works_and_stays_as_it_is(tmp_path: Path, clock: Hands) -> None:
    assert not await try_store(embedded(tmp_path))
    async with open_sqlite(tmp_path, clock) as store:
        before = await store.log.next_number()

        assert await try_store(embedded(tmp_path))

        assert await store.log.next_number() == before + 1
    with closing(sqlite3.connect(tmp_path / "guildesk.sqlite3")) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master")]
    assert not any("tried" in it for it in tables)
    assert not [it for it in tmp_path.iterdir() if "trying" in it.name]


async def test_a_store_that_a_newer_program_has_written_is_refused(tmp_path: Path, clock: Hands) -> None:
    async with open_sqlite(tmp_path, clock):
        pass
    with closing(sqlite3.connect(tmp_path / "guildesk.sqlite3")) as connection:
        connection.execute("PRAGMA user_version = 9999")

    with pytest.raises(StoreIsNewer, match="9999"):
        await try_store(embedded(tmp_path))


async def test_an_older_store_is_not_brought_up_to_date(tmp_path: Path, clock: Hands) -> None:
    async with open_sqlite(tmp_path, clock):
        pass
    with closing(sqlite3.connect(tmp_path / "guildesk.sqlite3")) as connection:
        connection.execute("PRAGMA user_version = 1")

    assert not await try_store(embedded(tmp_path))
    with closing(sqlite3.connect(tmp_path / "guildesk.sqlite3")) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (1,)


def test_what_mongodb_refuses_is_told_with_what_to_do() -> None:
    """As the server says it of a wrong password, and of a user who may not write."""
    assert "right name and password into MONGO_URI" in cure_of(OperationFailure("Authentication failed.", 18))
    assert "the role readWrite on DB_NAME" in cure_of(OperationFailure("not authorized on guildesk", 13))
    assert "Is it running" in cure_of(ServerSelectionTimeoutError("127.0.0.1:1: Connection refused"))
    for code, cure in ((18, "right name and password into MONGO_URI"), (13, "the role readWrite on DB_NAME")):
        with pytest.raises(StoreUnavailable, match=cure), away():  # as while the program runs
            raise OperationFailure("refused", code)


async def test_a_mongodb_is_tried_and_stays_as_it_is(mongo_uri: str) -> None:
    there = StoreSettings(_env_file=None, mongo_uri=mongo_uri, db_name="tried_once")

    assert not await try_store(there)


async def test_a_mongodb_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = StoreSettings(_env_file=None, mongo_uri="mongodb://127.0.0.1:1/", db_name="nowhere")
    monkeypatch.setattr(for_commands, "PATIENCE", 0.1)

    with pytest.raises(StoreUnavailable, match="do MONGO_URI and DB_NAME name it"):
        await try_store(nowhere)
    for by in ("MONGO_URI", "--to"):
        with pytest.raises(StoreUnavailable, match=rf"127.0.0.1:1: .* does {by} name it"):
            async with for_commands.reached("mongodb://127.0.0.1:1/", "nowhere", by) as database:
                await database.meta.find_one()


@pytest.fixture
def full(tmp_path: Path) -> Iterator[Path]:
    """A folder on a disk of its own that has no room."""
    mounting = ["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", str(tmp_path)]
    if subprocess.run(mounting, capture_output=True, check=False).returncode != 0:
        pytest.skip("only root can mount a small disk")
    try:
        with suppress(OSError):
            (tmp_path / "ballast").write_bytes(bytes(1 << 20))
        yield tmp_path
    finally:
        subprocess.run(["/bin/umount", str(tmp_path)], check=True)


def _make_read_only(disk: Path) -> None:
    subprocess.run(["/bin/mount", "-o", "remount,ro", str(disk)], check=True)


async def test_a_store_that_cannot_be_opened_on_a_full_disk_is_told_to_need_room(
    full: Path, clock: Hands
) -> None:
    with pytest.raises(StoreUnavailable, match="The disk is full: free some"):
        async with open_sqlite(full, clock):
            pass

    with pytest.raises(StoreUnavailable, match="The disk is full: free some"):
        await try_store(embedded(full))

    (full / "ballast").rename(full / "guildesk.sqlite3")  # as where SQLite cannot make its files beside it
    with pytest.raises(CannotBeDone, match="The disk is full: free some"):
        store_in(full)

    _make_read_only(full)
    with pytest.raises(StoreUnavailable, match=r"Read-only file system.* that this program may write"):
        async with open_sqlite(full, clock):
            pass
