"""Bodies that unpack to far more than they are: nobody unpacks them."""

import asyncio
import gzip
import zlib

import pytest

from chaos.hostile.raw import connected
from chaos.house import Customer, House
from tests.hostile.noticing import nobody_else_notices

pytestmark = pytest.mark.asyncio(loop_scope="module")

BOMB = b" " * 200_000_000
PACKED = {"gzip": gzip.compress(BOMB), "deflate": zlib.compress(BOMB), "br": b"\x00" * 200_000}
ROUTES = ["GET /healthz", "POST /api/v1/tickets", "POST /api/v1/attachments", "POST /socket.io/", "PUT /no"]


async def send(house: House, route: str, encoding: str, token: str) -> int:
    packed = PACKED[encoding]
    async with connected(house.api_port, "127.0.0.66") as raw:
        await raw.send(
            f"{route} HTTP/1.1",
            f"Authorization: Bearer {token}",
            "Content-Type: application/json",
            f"Content-Encoding: {encoding}",
            f"Content-Length: {len(packed)}",
            body=packed,
        )
        head = await raw.head()
        assert b"encoding_not_supported" in await raw.body(head)
        return head.status


@pytest.mark.parametrize("encoding", PACKED)
async def test_packed_bodies_are_refused_and_hold_up_nobody(house: House, encoding: str) -> None:
    token = Customer(house, "mallory").token

    async with nobody_else_notices(house, memory_mb=20):
        answers = await asyncio.gather(
            *(send(house, route, encoding, token) for route in ROUTES for _ in range(4))
        )

    assert set(answers) == {415}
