"""A process on this machine that has died is known to be dead; of any other nothing is said."""

import asyncio
import os
import signal
import sys
from pathlib import Path

from storage.sqlite.live_processes import LiveProcesses
from storage.sqlite.store import open_sqlite
from tests.clocks import Hands
from tests.contract.places import leading

ROOT = Path(__file__).parents[2]
LEADER = """
import asyncio, sys
from pathlib import Path
from storage.sqlite.store import open_sqlite
from tests.contract.places import leading
from tests.clocks import Hands

async def lead():
    async with open_sqlite(Path(sys.argv[1]), Hands()) as store, leading(store, "child"):
        print("leads", flush=True)
        await asyncio.Event().wait()  # until it is killed

asyncio.run(lead())
"""


async def child_that_leads(folder: Path) -> asyncio.subprocess.Process:
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", LEADER, str(folder)), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert child.stdout is not None
    assert await child.stdout.readline() == b"leads\n"
    return child


async def test_a_leader_that_was_killed_need_not_be_waited_for(tmp_path: Path) -> None:
    child = await child_that_leads(tmp_path)
    async with open_sqlite(tmp_path, Hands()) as store:
        while_alive = await store.lease.observe()
        child.send_signal(signal.SIGKILL)
        await child.wait()

        after = await store.lease.observe()

        assert (while_alive.holder, after.holder) == ("child", None)
        async with leading(store, "heir"):
            assert os.listdir(tmp_path / "leaders") == ["heir"]
    assert os.listdir(tmp_path / "leaders") == []


async def test_a_leader_that_stands_still_counts_as_alive(tmp_path: Path) -> None:
    child = await child_that_leads(tmp_path)
    try:
        child.send_signal(signal.SIGSTOP)
        async with open_sqlite(tmp_path, Hands()) as store:
            assert (await store.lease.observe()).holder == "child"
    finally:
        child.kill()
        await child.wait()


def test_nothing_is_said_of_one_without_a_mark(tmp_path: Path) -> None:
    assert not LiveProcesses(tmp_path / "nowhere").is_dead("somebody")


def test_where_marks_cannot_be_made_nobody_is_called_dead(tmp_path: Path) -> None:
    (tmp_path / "leaders").write_text("a file")
    live = LiveProcesses(tmp_path / "leaders")

    live.make("me")

    assert not live.is_dead("me")
    live.clear()
