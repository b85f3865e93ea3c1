"""The commands as an operator gives them."""

import asyncio
import faulthandler
import os
import signal
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.program.keeping import shown_to_people
from storage.sqlite.store import open_sqlite
from tests import forked_commands
from tests.keeping.stores import fill, now
from tests.keeping.test_verify_sqlite import do
from tests.waiting import until
from tickets.counting import EVER
from tickets.figures import By, Sums

ROOT = Path(__file__).parents[2]


def guildesk(
    folder: Path, *arguments: str, first: Callable[[], None] = forked_commands.nothing, **settings: str
) -> tuple[int, str, str]:
    """Exit code, and what was printed for people and as errors."""
    settings = {"DATA_DIR": str(folder), **settings}
    done = forked_commands.guildesk([*arguments, "--no-env-file"], settings, first)
    return done.returncode, done.stdout, done.stderr


async def test_a_store_is_verified_rebuilt_and_verified_again(tmp_path: Path) -> None:
    await fill(tmp_path)
    assert guildesk(tmp_path, "verify") == (0, "All is as the log makes it\n", "")
    do(tmp_path, "UPDATE tickets SET status = 'RESOLVED' WHERE number = 2")

    code, printed, _ = guildesk(tmp_path, "verify")

    assert code == 1
    assert printed.splitlines()[0] == "ticket 2: tickets: its row differs in status"
    assert guildesk(tmp_path, "rebuild") == (0, "3 tickets are as the log makes them\n", "")
    assert guildesk(tmp_path, "verify")[0] == 0


async def test_sums_that_are_wrong_are_counted_anew(tmp_path: Path) -> None:
    await fill(tmp_path)
    async with open_sqlite(tmp_path, now) as store:
        for it in await store.reports.stale(*EVER, 9):
            await store.reports.keep(it.day, {by: Sums() for by in By})
            await store.reports.settle(it)
        assert await store.reports.stale(*EVER, 9) == []

    code, printed, said = guildesk(tmp_path, "rebuild", "stats")

    assert (code, said) == (0, "")
    assert printed.startswith("Days to count anew: 1. ")
    async with open_sqlite(tmp_path, now) as store:
        assert len(await store.reports.stale(*EVER, 9)) == 1
        assert await store.reports.sums(By.LEVEL, *EVER) == {}


async def test_what_cannot_be_done_is_said_with_its_cure(tmp_path: Path) -> None:
    nothing = tmp_path / "nothing"
    for command in (("verify",), ("rebuild",), ("rebuild", "stats"), ("backup", str(tmp_path / "one.tar"))):
        code, printed, said = guildesk(nothing, *command)
        assert (code, printed) == (1, "")
        assert (
            said
            == f"This cannot be done: there is no store in {nothing}; set DATA_DIR to the folder of one\n"
        )

    _, _, said = guildesk(nothing, "move", "--to", f"sqlite://{tmp_path}/./nothing")
    assert said.endswith("--to names the store that the settings name already; name another\n")
    _, _, said = guildesk(nothing, "restore", str(tmp_path))
    assert said.endswith(f"there is no file {tmp_path}; name that of a back-up\n")

    code, _, said = guildesk(nothing, "restore", "one.tar", MONGO_URI="mongodb://127.0.0.1:1", DB_NAME="desk")
    assert code == 1
    assert "restore is for the embedded store, and MONGO_URI is set; use MongoDB's own tools" in said


async def test_a_store_that_is_no_database_is_told_of_without_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "guildesk.sqlite3").write_bytes(b"This is no database. " * 1000)

    for command in (("verify",), ("rebuild",), ("move", "--to", f"sqlite://{tmp_path}/new")):
        code, printed, said = guildesk(tmp_path, *command)
        assert (code, printed) == (1, "")
        assert said.startswith("This cannot be done: ")
        assert "file is not a database" in said
        assert "Traceback" not in said


@pytest.mark.parametrize("number", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.slow)])
async def test_ctrl_c_ends_a_command_at_once_and_quietly(tmp_path: Path, number: signal.Signals) -> None:
    """And so does whoever stops it by a signal: what was begun is taken back."""
    await fill(tmp_path / "store", tickets=40)
    os.mkfifo(tmp_path / "pipe")  # nobody writes into it: to read it takes for ever
    environment = {**os.environ, "DATA_DIR": str(tmp_path / "new")}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "restore", str(tmp_path / "pipe"), "--no-env-file"),
        env=environment,
        cwd=ROOT,
        stderr=asyncio.subprocess.PIPE,
    )
    await until(lambda: (tmp_path / "new" / "restoring").exists())

    process.send_signal(number)

    _, said = await process.communicate()
    assert (process.returncode, said) == (130, b"Stopped: all is as it was before\n")
    assert [it.name for it in (tmp_path / "new").iterdir()] == ["lock"]


async def test_a_move_names_the_folder_in_which_the_store_is_then(tmp_path: Path) -> None:
    await fill(tmp_path / "old")
    new = tmp_path / "new"

    _, printed, _ = guildesk(tmp_path / "old", "move", "--to", f"sqlite://{new}")

    assert f"Let the settings name the embedded store in {new};" in printed
    assert guildesk(new, "verify")[0] == 0

    (tmp_path / "file").touch()
    for to, cause in (
        ("mongodb://127.0.0.1:1/a b/c", "--to is not the address of a MongoDB"),
        (f"sqlite://{tmp_path}/file", "File exists; name a folder that is there, or can be made\n"),
    ):
        _, _, said = guildesk(new, "move", "--to", to)
        assert cause in said


def _interrupted_while_it_writes(error: Exception) -> None:
    before = signal.getsignal(signal.SIGINT)
    try:
        with shown_to_people():
            try:
                signal.raise_signal(signal.SIGINT)
            finally:
                raise error  # as where what was begun cannot be taken back
    finally:
        faulthandler.cancel_dump_traceback_later()
        signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("error", [sqlite3.OperationalError("cannot rollback"), OSError(5, "away")])
def test_ctrl_c_in_the_middle_of_a_write_is_no_fault_of_the_store(error: Exception) -> None:
    with pytest.raises(KeyboardInterrupt):
        _interrupted_while_it_writes(error)
