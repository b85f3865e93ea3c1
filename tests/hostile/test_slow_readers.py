"""Clients that ask for much and take nothing of it."""

import asyncio

import pytest

from chaos.hostile.raw import connected
from chaos.hostile.slow import STALLED, ask_and_take_nothing
from chaos.hostile.watch import descriptors_of
from chaos.house import Customer, House, until
from tests.hostile.noticing import large_file_of, nobody_else_notices, target_of

pytestmark = pytest.mark.asyncio(loop_scope="module")

AT_ONCE = 50
SLACK = 20.0


async def take_slowly(house: House, path: str) -> int:
    """The bytes of a file of which 100 kB a second are taken."""
    async with connected(house.api_port) as raw:
        await raw.send(f"GET {path} HTTP/1.1")
        head, taken = await raw.head(), 0
        while taken < int(head.headers["content-length"]):
            taken += len(await raw.reader.readexactly(100_000))
            await asyncio.sleep(0.8)
        return taken


@pytest.mark.slow
async def test_who_takes_nothing_is_let_go_and_who_takes_slowly_gets_all(house: House) -> None:
    assert house.guildesk is not None
    pid, path = house.guildesk.pid, await large_file_of(Customer(house, "mallory"))
    before = descriptors_of(pid)

    async def are_gone() -> bool:
        return descriptors_of(pid) <= before

    async with nobody_else_notices(house, memory_mb=60):
        readers = [
            asyncio.create_task(ask_and_take_nothing(target_of(house), where, times))
            for where, times in ((path, 1), (path, 30), ("/openapi.json", 200))
            for _ in range(AT_ONCE)
        ]
        taken = asyncio.create_task(take_slowly(house, path))
        await asyncio.wait(readers, timeout=STALLED + SLACK)
        left = sum(not it.done() for it in readers)
        for it in readers:
            it.cancel()
        await asyncio.gather(*readers, return_exceptions=True)
        assert await taken == 9_000_000
    await until(are_gone)

    assert left == 0
