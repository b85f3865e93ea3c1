"""Every test of this folder runs once for each kind of store.

A server of MongoDB's protocol is a process of its own. On it, the files of ``PROMPT`` are tried each time;
the rest of the suite takes minutes there, and is slow."""

import os
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest
from mongomock_motor import AsyncMongoMockClient, enabled_gridfs_integration

from tests.clocks import Hands
from tests.contract.places import MockPlace, MongoPlace, Place, SqlitePlace, opened_to_lead
from tickets.ports.store import Store

KINDS = ("sqlite", "mongomock", "mongodb")
PROMPT = ("test_log", "test_idempotency")
LONG_IN_MEMORY = {
    f"{name}[mongomock]" for name in ("test_a_page_of_tickets", "test_short_pages_put_together_are_the_whole")
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if (is_on_server(item) and item.path.stem not in PROMPT) or item.name in LONG_IN_MEMORY:
            item.add_marker(pytest.mark.slow)


def is_on_server(item: pytest.Item) -> bool:
    return item.path.parent == Path(__file__).parent and "mongodb" in item.name


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def server(request: pytest.FixtureRequest, kind: str) -> str:
    """The address of the server, where there is one."""
    if kind != "mongodb":
        return ""
    return os.environ.get("MONGO_TEST_URI") or str(request.getfixturevalue("mongo_uri"))


@pytest.fixture
async def place(kind: str, server: str, tmp_path: Path) -> AsyncIterator[Place]:
    match kind:
        case "sqlite":
            yield SqlitePlace(tmp_path)
        case "mongomock":
            with enabled_gridfs_integration():
                yield MockPlace(AsyncMongoMockClient()["guildesk"])
        case "mongodb":
            place = MongoPlace(server, f"guildesk_test_{uuid4().hex[:12]}")
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
