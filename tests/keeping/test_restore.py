"""A restore gives the store of the back-up, or leaves the one that was there; whatever happens meanwhile."""

import asyncio
import shutil
import signal
import sqlite3
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.keeping.archive import unpack
from storage.keeping.backup import backup
from storage.keeping.problems import CannotBeDone
from storage.keeping.progress import nobody
from storage.keeping.restore import restore
from storage.sqlite.replacing import AWAY, MAKING, PARTS, READY
from tests.keeping.stores import CONTENT, file_in, fill, now, tables
from tests.new_stores import open_new_sqlite
from tickets.ports.store import StoreUnavailable

ROOT = Path(__file__).parents[2]


@pytest.fixture
async def archive(tmp_path: Path) -> Path:
    """The back-up of a store with three tickets."""
    await fill(tmp_path / "first")
    return backup(tmp_path / "first", tmp_path / "one.tar", nobody)[0]


async def started(*arguments: object) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", *map(str, arguments)), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )


async def test_a_folder_that_is_not_empty_is_left_alone_until_one_says_so(
    tmp_path: Path, archive: Path
) -> None:
    second = tmp_path / "second"
    await fill(second, tickets=5)
    before = tables(second)

    with pytest.raises(CannotBeDone, match=r"is not empty .*--replace"):
        restore(archive, second, replace=False, tell=nobody)
    assert tables(second) == before

    _, away = restore(archive, second, replace=True, tell=nobody)
    assert away is not None
    assert tables(second) == tables(tmp_path / "first")
    assert tables(away) == before
    assert await file_in(second) == CONTENT


async def test_what_is_not_the_stores_stays(tmp_path: Path, archive: Path) -> None:
    (tmp_path / "second").mkdir()
    (tmp_path / "second" / "notes.txt").write_text("mine")

    restore(archive, tmp_path / "second", replace=True, tell=nobody)

    assert (tmp_path / "second" / "notes.txt").read_text() == "mine"


async def test_a_store_in_use_is_never_replaced(tmp_path: Path, archive: Path) -> None:
    second = tmp_path / "second"
    user = await started("tests.storage.appender", second)
    assert user.stdout is not None
    await user.stdout.readline()

    with pytest.raises(CannotBeDone, match="is in use; stop every Guildesk"):
        restore(archive, second, replace=True, tell=nobody)

    (second / "lock").unlink()  # as if it were an older program, which does not lock the folder
    with pytest.raises(CannotBeDone, match="is in use; stop every Guildesk"):
        restore(archive, second, replace=True, tell=nobody)

    user.send_signal(signal.SIGKILL)
    await user.communicate()
    restore(archive, second, replace=True, tell=nobody)
    assert tables(second) == tables(tmp_path / "first")


async def test_nobody_opens_a_store_while_it_is_restored(tmp_path: Path, archive: Path) -> None:
    opened: list[BaseException] = []

    def tell(what: str, _done: int, _total: int) -> None:
        if what == "checking the database":
            opened.extend(asyncio.run(tried()))

    async def tried() -> list[BaseException]:
        try:
            async with open_new_sqlite(tmp_path / "second", now):
                return []
        except StoreUnavailable as refused:
            return [refused]

    await asyncio.to_thread(restore, archive, tmp_path / "second", replace=False, tell=tell)

    assert "is being restored" in str(opened[0])


@pytest.mark.parametrize(
    "when", [pytest.param("reading the back-up", marks=pytest.mark.slow), "checking the database"]
)
async def test_a_killed_restore_leaves_the_old_store_or_the_new_one(
    tmp_path: Path, archive: Path, when: str
) -> None:
    second = tmp_path / "second"
    await fill(second, tickets=5)
    before, new = tables(second), tables(tmp_path / "first")

    child = await started("tests.keeping", "restore", second, archive, when)
    assert await child.wait() == -signal.SIGKILL

    async with open_new_sqlite(second, now):
        pass
    assert tables(second) in (before, new)
    restore(archive, second, replace=True, tell=nobody)
    assert tables(second) == new
    assert not (second / MAKING).exists()


@pytest.mark.parametrize("moved", range(1, len(PARTS) + 1))
@pytest.mark.parametrize("half", [False, True])
async def test_one_that_was_killed_in_its_last_steps_is_finished_by_whoever_opens_the_store(
    tmp_path: Path, archive: Path, moved: int, half: bool
) -> None:
    second = tmp_path / "second"
    await fill(second, tickets=5)
    before, new = tables(second), tables(tmp_path / "first")
    (second / "guildesk.sqlite3-wal").write_bytes(b"")
    unpack(archive, second / MAKING, nobody)
    (second / MAKING / AWAY).write_text("replaced-now")
    (second / MAKING).rename(second / READY)
    for number, part in enumerate(PARTS[:moved], 1):
        if (second / part).exists():
            (second / "replaced-now").mkdir(exist_ok=True)
            (second / part).rename(second / "replaced-now" / part)
        if (second / READY / part).exists() and not (half and number == moved):
            (second / READY / part).rename(second / part)

    async with open_new_sqlite(second, now):
        pass

    assert tables(second) == new
    assert tables(second / "replaced-now") == before
    assert not (second / READY).exists()
    assert await file_in(second) == CONTENT


async def test_nothing_is_touched_for_a_back_up_that_breaks_off(tmp_path: Path, archive: Path) -> None:
    content = archive.read_bytes()
    for size in (0, 100, 600, len(content) // 2, content.rindex(b"manifest.json"), len(content) - 12_000):
        archive.write_bytes(content[:size])

        with pytest.raises(CannotBeDone, match="take another"):
            restore(archive, tmp_path / "second", replace=False, tell=nobody)

        assert [it.name for it in (tmp_path / "second").iterdir()] == ["lock"]


@given(where=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_a_flipped_bit_is_found_or_changes_nothing(
    tmp_path: Path, archive: Path, where: float, bit: int
) -> None:
    whole, scratch = archive.read_bytes(), tmp_path / "unpacked"
    damaged = bytearray(whole)
    damaged[int(where * len(whole))] ^= 1 << bit
    (tmp_path / "damaged.tar").write_bytes(damaged)
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir()

    try:
        unpack(tmp_path / "damaged.tar", scratch, nobody)
    except CannotBeDone:
        return

    found = {it.relative_to(scratch): it.read_bytes() for it in scratch.rglob("*") if it.is_file()}
    shutil.rmtree(scratch)
    scratch.mkdir()
    unpack(archive, scratch, nobody)
    assert found == {it.relative_to(scratch): it.read_bytes() for it in scratch.rglob("*") if it.is_file()}


async def test_of_a_newer_program_nothing_is_restored(tmp_path: Path) -> None:
    await fill(tmp_path / "first")
    with sqlite3.connect(tmp_path / "first" / "guildesk.sqlite3") as newer:
        newer.execute("PRAGMA user_version = 999")
    file, _ = backup(tmp_path / "first", tmp_path / "one.tar", nobody)

    with pytest.raises(CannotBeDone, match="is of a newer program"):
        restore(file, tmp_path / "second", replace=False, tell=nobody)
