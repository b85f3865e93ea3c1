"""A desk over the embedded store, and a ticket on it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.clocks import Hands
from tests.new_stores import open_new_sqlite
from tests.people import AS_ANN
from tickets.desks.ticket_desk import Desk, NewTicket
from tickets.model import Ticket
from tickets.policy import Rules
from tickets.ports.store import Store

NEW = NewTicket(topic="No light", description="The lamp is dark.", metadata={"order": "A-1"})


@pytest.fixture
async def store(tmp_path: Path, clock: Hands) -> AsyncIterator[Store]:
    async with open_new_sqlite(tmp_path, clock) as store:
        yield store


@pytest.fixture
def desk(store: Store, clock: Hands) -> Desk:
    return Desk(store, clock, Rules())


@pytest.fixture
async def ticket(desk: Desk) -> Ticket:
    """A ticket of Ann's."""
    return await desk.open(AS_ANN, NEW)
