"""Stores for pages."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from mongomock_motor import AsyncMongoMockClient, enabled_gridfs_integration

from tests.api.stage import Clock
from tests.contract.places import MockPlace
from tests.new_stores import open_new_sqlite
from tickets.ports.store import Store


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with open_new_sqlite(tmp_path, Clock()) as store:
        yield store


@pytest.fixture(params=["sqlite", "mongo"])
async def each_store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    """Once of each kind."""
    if request.param == "sqlite":
        async with open_new_sqlite(tmp_path, Clock()) as store:
            yield store
        return
    with enabled_gridfs_integration():
        async with MockPlace(AsyncMongoMockClient()["guildesk"]).open(Clock()) as store:
            yield store
