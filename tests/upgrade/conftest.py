"""A copy of each store that a5a5475 has left, for each test."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from mongomock_motor import AsyncMongoMockClient, enabled_gridfs_integration

from tests.clocks import Hands
from tests.contract.places import MockPlace, MongoPlace, Place, SqlitePlace
from tests.upgrade.stores import DOCUMENTS, NOW, restore, unpack, unpack_folder


@pytest.fixture
def clock() -> Hands:
    return Hands(NOW)


@pytest.fixture(params=["sqlite", "mongo"])
def kind(request: pytest.FixtureRequest) -> str:
    """A module that can do with a server asks for ``mongodb`` as well."""
    return str(request.param)


@pytest.fixture
def server(request: pytest.FixtureRequest, kind: str) -> str:
    """The address of the server, where there is one."""
    return str(request.getfixturevalue("mongo_uri")) if kind == "mongodb" else ""


@pytest.fixture
async def place(kind: str, server: str, tmp_path: Path) -> AsyncIterator[Place]:
    if kind == "sqlite":
        unpack_folder(tmp_path)
        yield SqlitePlace(tmp_path)
        return
    if kind == "mongodb":
        on_server = MongoPlace(server, f"guildesk_test_{uuid4().hex[:12]}")
        async with on_server.database() as there:
            await restore(unpack(DOCUMENTS), there)
        yield on_server
        await on_server.drop()
        return
    with enabled_gridfs_integration():
        database: Any = AsyncMongoMockClient()["guildesk"]
        await restore(unpack(DOCUMENTS), database)
        yield MockPlace(database, pause=0.02)
