"""Houses: a sandbox and a Guildesk as processes, for one test each."""

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from chaos.house import House, housed
from tests.system.empty_guild import emptied


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with housed(tmp_path, RATE_LIMITS="off", MAX_OPEN_TICKETS="1000000", CLOSE_GRACE="1") as opened:
        yield opened


@pytest.fixture
async def empty(tmp_path: Path) -> AsyncIterator[House]:
    """A guild with nothing of a desk in it, and no Guildesk."""
    async with aiohttp.ClientSession() as session:
        house = House(tmp_path, session)
        try:
            await house.start_sandbox()
            await emptied(house)
            yield house
        finally:
            await house.stop()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """For the files of set-up."""
    (tmp_path / "desk").mkdir()
    return tmp_path / "desk"
