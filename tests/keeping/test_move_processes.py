"""Moving to a server of MongoDB's protocol and back, killed in the middle."""

import asyncio
import signal
import sys
from pathlib import Path
from uuid import uuid4

import pytest
from pydantic import SecretStr

from config.store_settings import StoreSettings
from storage.keeping.checking import differences
from storage.keeping.ends import source_of, target_of
from storage.keeping.moving import move
from storage.keeping.progress import nobody
from tests.contract.acts import open_ticket, post
from tests.keeping.everything import live
from tests.keeping.stores import now
from tests.keeping.test_commands import ROOT, guildesk
from tests.keeping.test_move import lasting
from tests.new_stores import open_new_sqlite
from tickets.ports.lists import TicketFilter

pytestmark = pytest.mark.slow


async def killed(folder: Path, to: str, when: str) -> None:
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.keeping", "move", str(folder), to, when), cwd=ROOT
    )
    assert await child.wait() == -signal.SIGKILL


@pytest.mark.parametrize(
    "when",
    [
        "moving events, 500 so far",
        pytest.param("moving links", marks=pytest.mark.slow),
        pytest.param("comparing events", marks=pytest.mark.slow),
    ],
)
async def test_killed_on_its_way_it_goes_on_and_comes_back_equal(
    tmp_path: Path, mongo_uri: str, when: str
) -> None:
    name = f"guildesk_test_{uuid4().hex[:12]}"
    here, back, to = tmp_path / "here", tmp_path / "back", f"{mongo_uri}{name}"
    async with open_new_sqlite(here, now) as store:
        await live(store, now())
        ticket = await open_ticket(store)
        await asyncio.gather(*(post(store, ticket, f"Message {number}") for number in range(600)))
        await store.views.tickets(TicketFilter(words=frozenset({"message"})))
    before = lasting(here)

    await killed(here, to, when)
    code, printed, said = await asyncio.to_thread(guildesk, here, "move", "--to", to)
    assert (code, printed.splitlines()[0]) == (0, "3 tickets, 611 events, 1 files: all is equal"), said

    there = StoreSettings(_env_file=None, mongo_uri=SecretStr(mongo_uri), db_name=name)
    assert [it async for it in differences(there, nobody)] == []
    async with source_of(there) as source, target_of(f"sqlite://{back}", source) as target:
        await move(source, target, nobody)
    assert lasting(back) == before
    assert lasting(here) == before
