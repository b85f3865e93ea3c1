"""A copy of each store that a5a5475 has left, for each test."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from mongomock_motor import AsyncMongoMockClient, enabled_gridfs_integration

from tests.clocks import Hands
from tests.contract.places import MockPlace, Place, SqlitePlace
from tests.upgrade.stores import DOCUMENTS, NOW, restore, unpack, unpack_folder


@pytest.fixture
def clock() -> Hands:
    return Hands(NOW)


@pytest.fixture(params=["sqlite", "mongo"])
async def place(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Place]:
    if request.param == "sqlite":
        unpack_folder(tmp_path)
        yield SqlitePlace(tmp_path)
        return
    with enabled_gridfs_integration():
        database: Any = AsyncMongoMockClient()["guildesk"]
        await restore(unpack(DOCUMENTS), database)
        yield MockPlace(database, pause=0.02)
