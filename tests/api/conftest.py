"""The API on a real port, over the real embedded store."""

import gc
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.api.stage import Clock, Stage
from tests.new_stores import open_new_sqlite
from tickets.ports.store import Store


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def store(tmp_path: Path, clock: Clock) -> AsyncIterator[Store]:
    async with open_new_sqlite(tmp_path, clock) as store:
        yield store


@pytest.fixture
async def stage(store: Store, clock: Clock) -> AsyncIterator[Stage]:
    """The API without rate limits."""
    async with Stage(store, clock).open(rate_limits=False) as stage:
        yield stage


@pytest.fixture
def no_collector() -> Iterator[None]:
    """What is left now was left by the test: nobody tidies up behind it."""
    gc.collect()
    gc.disable()
    gc.freeze()  # so that gc.get_objects() has only what comes now
    yield
    gc.enable()
