"""A desk over the embedded store, and a ticket on it."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.sqlite.store import open_sqlite
from tests.clocks import Hands
from tests.people import AS_ANN
from tickets.desks.ticket_desk import Desk, NewTicket
from tickets.model import Ticket
from tickets.policy import Rules
from tickets.ports.store import Store

NEW = NewTicket(topic="No light", description="The lamp is dark.", metadata={"order": "A-1"})


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a store that was opened once: to make its tables takes longer than most tests."""
    folder = tmp_path_factory.mktemp("empty store")

    async def make() -> None:
        async with open_sqlite(folder, Hands()):
            pass

    asyncio.run(make())
    return folder


@pytest.fixture
async def store(tmp_path: Path, empty_store: Path, clock: Hands) -> AsyncIterator[Store]:
    shutil.copytree(empty_store, tmp_path, dirs_exist_ok=True)
    async with open_sqlite(tmp_path, clock) as store:
        yield store


@pytest.fixture
def desk(store: Store, clock: Hands) -> Desk:
    return Desk(store, clock, Rules())


@pytest.fixture
async def ticket(desk: Desk) -> Ticket:
    """A ticket of Ann's."""
    return await desk.open(AS_ANN, NEW)
