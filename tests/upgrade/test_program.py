"""A whole program that runs while a newer one migrates its store."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path

import pytest

from chaos.house import SECRET
from demo.start import settings_for
from tests.clocks import Hands
from tests.contract.places import SqlitePlace
from tests.upgrade.newer import open_newer
from tests.upgrade.stores import unpack_folder

ROOT = Path(__file__).parents[2]
DISCORD = {
    "api_base": "http://127.0.0.1:9/api/v10",
    "bot_token": "none",
    "guild_id": "1",
    "transcript_channel_id": "2",
    "transcript_channels": {"developer": "10", "manager": "11", "admin": "12"},
    "categories": {"general": "3", "urgent": "4", "critical": "5"},
    "roles": {"support_team": "6", "developer": "7", "manager": "8", "admin": "9"},
}


async def start(folder: Path, *arguments: str) -> Process:
    environment = {"PATH": os.environ["PATH"], **settings_for(DISCORD, SECRET, 0, folder)}
    command = (sys.executable, "-m", "bot", "run", "--no-env-file", *arguments)
    return await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=environment, stderr=PIPE)


async def said(process: Process, words: str) -> None:
    """Wait until a line of its log has these words."""
    assert process.stderr is not None
    async with asyncio.timeout(60):
        while words not in (line := (await process.stderr.readline()).decode()):
            assert line, f"it ended without having said {words!r}"


async def last_words(process: Process) -> list[str]:
    """What it says until it ends, which is soon."""
    assert process.stderr is not None
    async with asyncio.timeout(30):
        rest = (await process.stderr.read()).decode()
        assert await process.wait() == 1
    assert "Traceback" not in rest
    return rest.splitlines()


@pytest.mark.parametrize(
    ("arguments", "is_up"),
    [
        pytest.param((), "leading, as", id="leader", marks=pytest.mark.slow),
        pytest.param(("--only", "api"), "the API listens", id="api", marks=pytest.mark.slow),
    ],
)
async def test_it_ends_itself_with_one_line_and_does_not_start_again(
    tmp_path: Path, clock: Hands, arguments: tuple[str, ...], is_up: str
) -> None:
    unpack_folder(tmp_path)
    known = SqlitePlace.known
    why = (
        f"The store has schema version {known + 1}, but this program knows only version {known}: "
        "start the program that wrote it, or a newer one."
    )
    process = await start(tmp_path, *arguments)
    await said(process, is_up)

    async with open_newer(SqlitePlace(tmp_path), clock):
        ended = await last_words(process)
    again = await last_words(await start(tmp_path, *arguments))

    assert ended[-1] == f"Guildesk ends: {why}"
    assert again == [f"Guildesk cannot start: {why}"]
