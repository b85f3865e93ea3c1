"""Every test of this folder runs once for each kind of store."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.contract.places import Hands, Place, SqlitePlace
from tickets.ports import Store


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture(params=["sqlite"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    return SqlitePlace(tmp_path)


@pytest.fixture
async def store(place: Place, clock: Hands) -> AsyncIterator[Store]:
    async with place.open(clock) as store:
        yield store


@pytest.fixture
async def second_store(place: Place, clock: Hands, store: Store) -> AsyncIterator[Store]:
    """The same data, opened once more as another process would."""
    async with place.open(clock) as second:
        yield second
