"""A store for pages."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.sqlite.store import open_sqlite
from tests.api.stage import Clock
from tickets.ports.store import Store


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with open_sqlite(tmp_path, Clock()) as store:
        yield store
