"""Requests that have no end, at full speed."""

import asyncio
from collections.abc import Iterator, Mapping
from itertools import repeat
from typing import Final

from chaos.hostile.raw import Raw
from chaos.hostile.target import Target

BLOCK: Final = 64 * 1024
CHUNK: Final = b"10000\r\n" + b" " * BLOCK + b"\r\n"
TICKET: Final = "POST /api/v1/tickets HTTP/1.1"
JSON: Final = ("Content-Type: application/json", "Transfer-Encoding: chunked")
UPGRADE: Final = (
    "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1",
    *("Upgrade: websocket", "Connection: Upgrade"),
    *("Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="),
)


def _head(*lines: str) -> str:
    return "\r\n".join([*lines, "Host: x", "{shown}", "", ""])


KINDS: Final[Mapping[str, tuple[str, bytes]]] = {
    "a body of JSON": (_head(TICKET, *JSON), CHUNK),
    "a body with a key": (_head(TICKET, "Idempotency-Key: key", *JSON), CHUNK),
    "a body of the smallest chunks": (_head(TICKET, *JSON), b"1\r\n \r\n" * 10_000),
    "a body that nobody reads": (_head("GET /healthz HTTP/1.1", *JSON), CHUNK),
    "a body for nobody": (_head("PUT /nowhere HTTP/1.1", *JSON), CHUNK),
    "small chunks that nobody reads": (_head("GET /healthz HTTP/1.1", *JSON), b"1\r\n \r\n" * 10_000),
    "a body of a terabyte": (_head(TICKET, "Content-Length: 1000000000000"), b" " * BLOCK),
    "a packet": (_head("POST /socket.io/?EIO=4&transport=polling HTTP/1.1", *JSON), CHUNK),
    "an extension of a chunk": (_head(TICKET, *JSON) + "1;a=", b"a" * BLOCK),
    "trailers": (_head(TICKET, *JSON) + "0\r\n", b"X: x\r\n" * 10_000),
    "zeros before the length of a chunk": (_head(TICKET, *JSON), b"0" * BLOCK),
    "a request line": ("GET /", b"a" * BLOCK),
    "headers": ("GET /healthz HTTP/1.1\r\n", b"X: x\r\n" * 10_000),
    "a header": ("GET /healthz HTTP/1.1\r\nX: ", b"x" * BLOCK),
    "empty lines": ("", b"\r\n" * 30_000),
    "a WebSocket's frame": (_head(*UPGRADE), b"\x81\xff" + (2**40).to_bytes(8) + b"mask" + b"x" * BLOCK),
    "a WebSocket's message": (_head(*UPGRADE), b"\x01\xfe\xff\xffmask" + b"x" * 0xFFFF),
}
"""What each begins with, and what then comes again and again."""


async def send_on(target: Target, begin: str, block: bytes, within: float) -> None:
    """Return once the process has ended the connection; raises TimeoutError."""
    async with target.connected() as raw:
        raw.writer.write(begin.format(shown=target.shown).encode())
        sending = asyncio.create_task(_send(raw, repeat(block)))
        try:
            async with asyncio.timeout(within):
                await target.is_left(raw)
        finally:
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)


async def _send(raw: Raw, blocks: Iterator[bytes]) -> None:
    for block in blocks:
        raw.writer.write(block)
        await raw.writer.drain()
