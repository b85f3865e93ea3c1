"""The real process beside a sandbox, once for each module: strangers meet it over raw sockets."""

from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from chaos.house import House, housed

FLOODS = (
    "holds_up_nobody",
    "hold_up_nobody",
    "ends_the_socket",
    "is_no_fault",
    "than_there_is",
    "than_its_share",
)
"""What the names of tests of floods end with or tell."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Of floods of many kinds, every third kind is tried by ``make test``."""
    seen: Counter[str] = Counter()
    for item in items:
        name, _, case = item.nodeid.partition("[")
        if item.path.parent == Path(__file__).parent and case and any(it in name for it in FLOODS):
            if seen[name] % 3:
                item.add_marker(pytest.mark.slow)
            seen[name] += 1


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    async with housed(tmp_path_factory.mktemp("house"), RATE_LIMITS="off") as opened:
        yield opened
