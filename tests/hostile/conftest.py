"""The real process beside a sandbox, once for each module: strangers meet it over raw sockets."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from chaos.house import House, housed


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    async with housed(tmp_path_factory.mktemp("house"), RATE_LIMITS="off") as opened:
        yield opened
