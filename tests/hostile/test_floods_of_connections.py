"""Thousands of connections: they have a limit, and keep nobody out."""

import asyncio
import resource
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from chaos.hostile.crowds import flood
from chaos.hostile.raw import connected
from chaos.hostile.watch import descriptors_of
from chaos.house import House, housed, until
from tests.hostile.noticing import nobody_else_notices

pytestmark = pytest.mark.asyncio(loop_scope="module")

MOST, MOST_OF_ONE = 1_000, 300
OTHERS = 200
"""Descriptors of the process that are not connections, and connections that are on their way out."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    limits = {"MAX_CONNECTIONS": str(MOST), "MAX_CONNECTIONS_PER_ADDRESS": str(MOST_OF_ONE)}
    async with housed(tmp_path_factory.mktemp("house"), RATE_LIMITS="off", **limits) as opened:
        yield opened


async def is_answered(house: House, address: str) -> bool:
    async with connected(house.api_port, address) as raw:
        await raw.send("GET /healthz HTTP/1.1")
        return (await raw.head()).status == 200


@pytest.mark.parametrize("say", [b"", b"GET /hea", b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"])
async def test_one_address_cannot_take_more_than_its_share(house: House, say: bytes) -> None:
    assert house.guildesk is not None
    async with (
        nobody_else_notices(house) as noticed,
        flood(house.api_port, ["127.0.0.66"], 3 * MOST_OF_ONE, say),
    ):
        assert await is_answered(house, "127.0.0.66")
        assert await is_answered(house, "127.0.0.67")

    assert noticed.most_descriptors <= MOST_OF_ONE + OTHERS


@pytest.mark.parametrize("say", [b"", b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"])
async def test_many_addresses_cannot_take_more_than_there_is(house: House, say: bytes) -> None:
    addresses = [f"127.0.1.{number}" for number in range(1, 31)]

    async with (
        nobody_else_notices(house) as noticed,
        flood(house.api_port, addresses, 2 * MOST // len(addresses), say),
    ):
        assert await is_answered(house, "127.0.0.66")

    assert noticed.most_descriptors <= MOST + OTHERS


async def test_a_process_without_descriptors_says_so_once_and_goes_on(house: House) -> None:
    assert house.guildesk is not None
    pid, log = house.guildesk.pid, house.data_dir / "guildesk.log"

    async def floods_are_over() -> bool:
        return descriptors_of(pid) < 60

    await until(floods_are_over)
    size, allowed = log.stat().st_size, resource.prlimit(pid, resource.RLIMIT_NOFILE)

    async def is_full() -> bool:
        return "connections cannot be accepted" in log.read_text()

    resource.prlimit(pid, resource.RLIMIT_NOFILE, (descriptors_of(pid) + 5, allowed[1]))
    async with flood(house.api_port, ["127.0.0.66"], 50, b""):
        await until(is_full)
        await asyncio.sleep(2)  # asyncio tries again each second
    resource.prlimit(pid, resource.RLIMIT_NOFILE, allowed)

    async def answers() -> bool:
        return await is_answered(house, "127.0.0.67")

    await until(answers)
    assert log.stat().st_size - size < 10_000
