"""Every test of this folder runs once for each kind of store."""

import os
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest
from mongomock_motor import AsyncMongoMockClient, enabled_gridfs_integration

from tests.clocks import Hands
from tests.contract.places import MockPlace, MongoPlace, Place, SqlitePlace, opened_to_lead
from tickets.ports.store import Store

MONGO_TEST_URI = os.environ.get("MONGO_TEST_URI")

KINDS = ("sqlite", "mongomock", *(["mongodb"] if MONGO_TEST_URI else []))


@pytest.fixture(params=KINDS)
async def place(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Place]:
    match request.param:
        case "sqlite":
            yield SqlitePlace(tmp_path)
        case "mongomock":
            with enabled_gridfs_integration():
                yield MockPlace(AsyncMongoMockClient()["guildesk"])
        case "mongodb":
            place = MongoPlace(MONGO_TEST_URI or "", f"guildesk_test_{uuid4().hex[:12]}")
            yield place
            await place.drop()


@pytest.fixture
async def store(place: Place, clock: Hands) -> AsyncIterator[Store]:
    """The leader's."""
    async with opened_to_lead(place, clock) as store:
        yield store


@pytest.fixture
async def second_store(place: Place, clock: Hands, store: Store) -> AsyncIterator[Store]:
    """The same data, opened once more as another process would that does not lead."""
    async with place.open(clock) as second:
        yield second
