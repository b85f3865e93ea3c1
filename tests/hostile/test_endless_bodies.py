"""Requests that have no end, at full speed: nobody keeps what they bring, and they end all the same."""

import asyncio
from collections.abc import Iterator
from itertools import repeat

import pytest

from chaos.hostile.raw import Raw, connected
from chaos.house import Customer, House
from tests.hostile.noticing import nobody_else_notices

pytestmark = pytest.mark.asyncio(loop_scope="module")

AT_ONCE = 5
ENDS_WITHIN = 20.0
BLOCK = 64 * 1024
CHUNK = b"10000\r\n" + b" " * BLOCK + b"\r\n"
JSON = ("Content-Type: application/json", "Transfer-Encoding: chunked")
UPGRADE = (
    "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1",
    *("Upgrade: websocket", "Connection: Upgrade"),
    *("Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="),
)
TICKET = "POST /api/v1/tickets HTTP/1.1"


def head(*lines: str) -> str:
    return "\r\n".join([*lines, "Host: x", "Authorization: Bearer {token}", "", ""])


KINDS: dict[str, tuple[str, bytes]] = {
    "a body of JSON": (head(TICKET, *JSON), CHUNK),
    "a body with a key": (head(TICKET, "Idempotency-Key: key", *JSON), CHUNK),
    "a body of the smallest chunks": (head(TICKET, *JSON), b"1\r\n \r\n" * 10_000),
    "a body that nobody reads": (head("GET /healthz HTTP/1.1", *JSON), CHUNK),
    "a body for nobody": (head("PUT /nowhere HTTP/1.1", *JSON), CHUNK),
    "small chunks that nobody reads": (head("GET /healthz HTTP/1.1", *JSON), b"1\r\n \r\n" * 10_000),
    "a body of a terabyte": (head(TICKET, "Content-Length: 1000000000000"), b" " * BLOCK),
    "a packet": (head("POST /socket.io/?EIO=4&transport=polling HTTP/1.1", *JSON), CHUNK),
    "an extension of a chunk": (head(TICKET, *JSON) + "1;a=", b"a" * BLOCK),
    "trailers": (head(TICKET, *JSON) + "0\r\n", b"X: x\r\n" * 10_000),
    "zeros before the length of a chunk": (head(TICKET, *JSON), b"0" * BLOCK),
    "a request line": ("GET /", b"a" * BLOCK),
    "headers": ("GET /healthz HTTP/1.1\r\n", b"X: x\r\n" * 10_000),
    "a header": ("GET /healthz HTTP/1.1\r\nX: ", b"x" * BLOCK),
    "empty lines": ("", b"\r\n" * 30_000),
    "a WebSocket's frame": (head(*UPGRADE), b"\x81\xff" + (2**40).to_bytes(8) + b"mask" + b"x" * BLOCK),
    "a WebSocket's message": (head(*UPGRADE), b"\x01\xfe\xff\xffmask" + b"x" * 0xFFFF),
}


async def send(raw: Raw, blocks: Iterator[bytes]) -> None:
    for block in blocks:
        raw.writer.write(block)
        await raw.writer.drain()


async def ends(house: House, begin: str, block: bytes) -> None:
    """Return once the process has ended a connection on which this comes without an end."""
    async with connected(house.api_port, "127.0.0.66") as raw:
        raw.writer.write(begin.format(token=Customer(house, "mallory").token).encode())
        sending = asyncio.create_task(send(raw, repeat(block)))
        try:
            async with asyncio.timeout(ENDS_WITHIN):
                while await raw.reader.read(BLOCK):
                    pass
        except ConnectionError:
            pass
        finally:
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)


@pytest.mark.parametrize(("begin", "block"), KINDS.values(), ids=KINDS.keys())
async def test_what_has_no_end_is_ended(house: House, begin: str, block: bytes) -> None:
    async with nobody_else_notices(house, memory_mb=20):
        await asyncio.gather(*(ends(house, begin, block) for _ in range(AT_ONCE)))
