"""WebSocket frames as bytes, right and wrong ones."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import IntEnum

from chaos.hostile.raw import Raw, connected

WEBSOCKET = "/socket.io/?EIO=4&transport=websocket"
HELLO = "40"
"""socket.io's packet that connects to the default namespace."""


class Kind(IntEnum):
    CONTINUATION = 0
    TEXT = 1
    BINARY = 2
    PING = 9
    PONG = 10


def frame(said: str | bytes, kind: Kind | None = None, *, last: bool = True) -> bytes:
    """A frame of a client's, masked with zeros."""
    payload = said.encode() if isinstance(said, str) else said
    if kind is None:
        kind = Kind.TEXT if isinstance(said, str) else Kind.BINARY
    size = len(payload)
    if size < 126:
        length = bytes([0x80 + size])
    elif size < 65_536:
        length = bytes([0xFE]) + size.to_bytes(2, "big")
    else:
        length = bytes([0xFF]) + size.to_bytes(8, "big")
    return bytes([0x80 * last + kind]) + length + bytes(4) + payload


@asynccontextmanager
async def websocket(port: int, token: str | None = None, address: str = "127.0.0.1") -> AsyncIterator[Raw]:
    """A socket that is connected to the default namespace."""
    shown = "" if token is None else f"&token={token}"
    async with connected(port, address) as raw:
        await raw.send(
            f"GET {WEBSOCKET}{shown} HTTP/1.1",
            "Connection: Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
        )
        assert (await raw.head()).status == 101
        raw.writer.write(frame(HELLO))
        yield raw
