"""Houses: a sandbox and a Guildesk as processes, for one test each."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from chaos.house import House, housed


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with housed(tmp_path, RATE_LIMITS="off", MAX_OPEN_TICKETS="1000000", CLOSE_GRACE="1") as opened:
        yield opened
