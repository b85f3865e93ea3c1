"""Who sends thousands of requests at once waits for them as everybody else does for theirs."""

import asyncio

import pytest

from chaos.hostile.raw import connected
from chaos.house import House
from tests.hostile.noticing import nobody_else_notices

pytestmark = pytest.mark.asyncio(loop_scope="module")

REQUESTS = 2_000


async def pipeline(house: House, path: str) -> int:
    """How many answers came to so many requests, sent without waiting for any of them."""
    async with connected(house.api_port, "127.0.0.66") as raw:
        request = f"GET {path} HTTP/1.1\r\nHost: desk.example.test\r\n\r\n".encode()
        raw.writer.write(request * REQUESTS)
        answers = 0
        async with asyncio.timeout(60):
            while answers < REQUESTS:
                answers += (await raw.reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 ")
                await raw.reader.readuntil(b"}")
        return answers


@pytest.mark.parametrize("path", ["/healthz", "/api/v1/tickets"])
async def test_thousands_of_requests_at_once_hold_up_nobody(house: House, path: str) -> None:
    async with nobody_else_notices(house):
        answers = await asyncio.gather(*(pipeline(house, path) for _ in range(4)))

    assert answers == [REQUESTS] * 4
