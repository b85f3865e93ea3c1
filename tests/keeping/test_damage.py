"""A database that is damaged is found by the doctor and by verify, and no back-up of it is kept."""

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from bot.checks.examining import examine
from bot.checks.place import place_checks
from storage.keeping.backup import backup
from storage.keeping.problems import CannotBeDone
from storage.keeping.progress import nobody
from storage.sqlite.connection import connect
from storage.sqlite.rebuilding import rebuild
from storage.sqlite.rows import source
from storage.sqlite.soundness import looked_through
from storage.sqlite.store import open_sqlite
from storage.sqlite.verifying import verify
from tests.bot.checks.test_place import settings
from tests.contract.acts import open_ticket
from tests.keeping.stores import fill, now
from tests.new_stores import open_new_sqlite
from tickets.ports.store import StoreUnavailable

PAGE = 4096


async def doctor(folder: Path) -> list[str]:
    """What the doctor says of the store."""
    checks = place_checks(settings(folder.parent, 1, data_dir=folder), None, is_running=False)
    tried = await examine([it for it in checks if it.name in ("store", "database")])
    return [f"{fault.code}: {fault}" for it in tried for fault in it.faults]


async def filled(folder: Path) -> Path:
    """The database of a store in which all is in one file."""
    await fill(folder, tickets=30)
    with closing(connect(folder / "guildesk.sqlite3")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return folder / "guildesk.sqlite3"


def in_the_middle(database: Path) -> None:
    with database.open("r+b") as file:
        file.seek(database.stat().st_size // PAGE // 2 * PAGE)
        file.write(b"\xa5" * 4 * PAGE)


def an_index(database: Path) -> None:
    """Its pages are there, and nothing leads to them any more."""
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute("DELETE FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")
        connection.execute("PRAGMA writable_schema = RESET")
        assert connection.execute("PRAGMA integrity_check").fetchone() != ("ok",)


def cut_off(database: Path) -> None:
    os.truncate(database, database.stat().st_size // 2)


def a_text(database: Path) -> None:
    database.write_text("no database at all, but a text of some length" * 30)


@pytest.mark.parametrize("damage", [in_the_middle, an_index, cut_off, a_text])
async def test_damage_is_named_with_what_to_do(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    folder = tmp_path / "store"
    database = await filled(folder)
    assert await doctor(folder) == []

    damage(database)

    (found,) = await doctor(folder)
    assert "damaged" in found
    assert "guildesk restore FILE --replace" in found
    with pytest.raises(CannotBeDone, match=r"damaged.*guildesk restore FILE --replace"):
        list(verify(folder, nobody))
    damaged = database.read_bytes()
    with pytest.raises(CannotBeDone, match=r"damaged.*guildesk restore FILE --replace"):
        rebuild(folder, nobody)
    with pytest.raises((CannotBeDone, sqlite3.DatabaseError)), source(folder):
        pass
    assert database.read_bytes() == damaged
    with pytest.raises(CannotBeDone, match=r"damaged.*guildesk restore FILE --replace"):
        backup(folder, tmp_path / "one.tar", nobody)
    assert [it.name for it in tmp_path.iterdir()] == ["store"]


async def test_a_database_that_was_emptied_is_no_new_store(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    database = await filled(folder)

    os.truncate(database, 0)

    (found,) = await doctor(folder)
    with pytest.raises(StoreUnavailable, match=r"is empty.*guildesk restore FILE --replace"):
        async with open_new_sqlite(folder, now):
            pass
    with pytest.raises(CannotBeDone, match=r"is empty.*guildesk restore FILE --replace"):
        list(verify(folder, nobody))
    assert "is empty" in found
    database.unlink()
    async with open_new_sqlite(folder, now) as store:
        assert await store.log.next_number() == 1


async def test_a_first_start_that_was_killed_leaves_no_store_and_the_next_goes_on(tmp_path: Path) -> None:
    (tmp_path / "guildesk.sqlite3").touch()

    with pytest.raises(CannotBeDone, match="there is no store in"):
        list(verify(tmp_path, nobody))
    async with open_sqlite(tmp_path, now) as store:
        assert await store.log.next_number() == 1


@pytest.mark.parametrize("version", [0, 3])
async def test_another_programs_database_is_left_as_it_is(tmp_path: Path, version: int) -> None:
    database = tmp_path / "store/guildesk.sqlite3"
    database.parent.mkdir()
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("CREATE TABLE meta (their, own)")
        connection.execute(f"PRAGMA user_version = {version}")
    before = database.read_bytes()

    (found,) = await doctor(database.parent)
    with pytest.raises(StoreUnavailable, match="is a database of another program"):
        async with open_new_sqlite(database.parent, now):
            pass
    with pytest.raises(CannotBeDone, match="is a database of another program"):
        backup(database.parent, tmp_path / "one.tar", nobody)

    assert "is a database of another program" in found
    assert database.read_bytes() == before


async def test_a_journal_that_is_cut_off_takes_the_newest_with_it_and_nothing_else(tmp_path: Path) -> None:
    """As SQLite promises: what is left is as it was a moment before."""
    there, copy = tmp_path / "there", tmp_path / "copy"
    await filled(there)
    async with open_new_sqlite(there, now) as store:
        for _ in range(10):
            await open_ticket(store)
        copy.mkdir()
        for name in ("guildesk.sqlite3", "guildesk.sqlite3-wal"):
            shutil.copyfile(there / name, copy / name)
    journal = copy / "guildesk.sqlite3-wal"
    assert journal.stat().st_size > PAGE

    os.truncate(journal, journal.stat().st_size // 2 + 100)

    assert await doctor(copy) == []
    assert list(verify(copy, nobody)) == []


async def test_a_look_through_a_large_file_ends_in_time(tmp_path: Path) -> None:
    database = await filled(tmp_path)

    assert await looked_through(database, 0.0) is None
    assert await looked_through(database, 60.0) == ""
