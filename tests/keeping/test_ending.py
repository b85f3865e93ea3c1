"""Commands end: on a full disk by themselves, and by Ctrl-C whatever they are doing."""

import asyncio
import errno
import os
import resource
import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest

from bot.program import stopping
from bot.program.keeping import shown_to_people
from storage.keeping.ledger import FileLedger
from storage.keeping.problems import CannotBeDone
from storage.private import make_private
from tests.keeping.test_commands import guildesk
from tests.keeping.test_erasing import lived_in, told_in
from tests.keeping.test_verify_sqlite import do
from tickets.blanking import Blanking
from tickets.ports.store import StoreUnavailable

END: Callable[..., Any] = Blanking._end


def with_full_disk() -> None:
    """No file of this process may become larger than the store is."""
    largest = (Path(os.environ["DATA_DIR"]) / "guildesk.sqlite3").stat().st_size
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))


def with_no_room_for_the_ledger() -> None:
    async def record(*_: object) -> None:
        raise OSError(28, "No space left on device", "erased.jsonl")

    FileLedger.record = record  # type: ignore[method-assign, assignment]


def with_ctrl_c_while_it_leads() -> None:
    """In a task that is not the command's own."""

    async def end(*arguments: object) -> Any:
        os.kill(os.getpid(), signal.SIGINT)
        return await END(*arguments)

    Blanking._end = end  # type: ignore[method-assign, assignment]


def with_ctrl_c_that_nothing_heeds() -> None:
    stopping.LONGEST_STOP = 0.5

    async def end(*_: object) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        while True:
            with suppress(asyncio.CancelledError):
                await asyncio.sleep(60)

    Blanking._end = end  # type: ignore[method-assign, assignment]


async def left_alone(folder: Path, tickets: int = 3) -> None:
    """A store with tickets of Ann's, in which nobody leads."""
    await lived_in(folder, tickets)
    make_private(folder)
    nobody_leads(folder)


def nobody_leads(folder: Path) -> None:
    """What a full disk has kept a leader from writing; else the next one waits for ten seconds."""
    do(folder, "UPDATE meta SET value = NULL WHERE key = 'lease_holder'")


async def test_on_a_full_disk_an_erasure_says_so_ends_and_goes_on_later(tmp_path: Path) -> None:
    await left_alone(tmp_path, tickets=4)

    code, printed, said = guildesk(tmp_path, "erase", "ann", "--yes", first=with_full_disk)
    assert (code, printed) == (1, "")
    assert f"This cannot be done: {tmp_path / 'guildesk.sqlite3'}: disk I/O error" in said
    nobody_leads(tmp_path)
    code, printed, said = guildesk(tmp_path, "erase", "ann", "--yes", first=with_no_room_for_the_ledger)
    assert (code, printed) == (1, "")
    assert said.endswith(
        "erased.jsonl says: No space left on device; free some room on that disk, and do it again\n"
    )

    assert guildesk(tmp_path, "erase", "ann", "--yes")[0] == 0
    assert told_in(tmp_path) == {}


async def test_ctrl_c_ends_an_erasure_in_any_of_its_tasks(tmp_path: Path) -> None:
    """It waited for ever: the loop had ended without the store, whose threads went on."""
    await left_alone(tmp_path)

    code, printed, said = guildesk(tmp_path, "erase", "ann", "--yes", first=with_ctrl_c_while_it_leads)
    assert (code, printed) == (130, "")
    assert said.startswith("Stopped: if it had begun, guildesk erasures lists it; it goes on")

    assert guildesk(tmp_path, "erase", "ann", "--yes")[0] == 0
    assert told_in(tmp_path) == {}


async def test_ctrl_c_ends_what_does_not_heed_it(tmp_path: Path) -> None:
    await left_alone(tmp_path, tickets=1)

    code, _, said = guildesk(tmp_path, "erase", "ann", "--yes", first=with_ctrl_c_that_nothing_heeds)

    assert code == 1
    assert "most recent call first" in said  # where each thread was


def _fills_the_disk(file: Path) -> None:
    with shown_to_people(), closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("PRAGMA max_page_count = 1")
        connection.execute("CREATE TABLE more (it)")


def _fails(error: Exception) -> None:
    with shown_to_people():
        raise error


def test_faults_of_the_disk_are_told_with_their_cure(tmp_path: Path) -> None:
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(CannotBeDone, match=r"disk is full; free some room on that disk, and do it again$"):
        _fills_the_disk(tmp_path / "one.sqlite3")
    with pytest.raises(CannotBeDone, match=r"^lock says: Read-only file system; let this program read and "):
        _fails(OSError(errno.EROFS, os.strerror(errno.EROFS), "lock"))
    with pytest.raises(CannotBeDone, match=r": free some\.$"):
        _fails(StoreUnavailable("database or disk is full. The disk is full: free some."))
    signal.signal(signal.SIGINT, before)
