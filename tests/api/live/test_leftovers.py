"""A socket that has ended leaves nothing to the garbage collector, which would pause everybody to free it."""

import asyncio
import gc
import socket
import struct
from collections.abc import Mapping
from typing import Final

import pytest
from aiohttp import WSMessage
from aiohttp.http import WS_CLOSED_MESSAGE, WS_CLOSING_MESSAGE

from api.live import websocket
from chaos.hostile.websocket import HELLO, Kind, frame
from chaos.house import until
from tests.api.stage import Stage

UPGRADE: Final = (
    b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\n"
    b"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
)
SENT: Final[Mapping[str, bytes]] = {
    "nothing": b"",
    "binary data": frame("bAAAA") * 3_000,
    "packets of the server": frame("6") * 3_000,
    "unknown events": frame('42["x"]') * 3_000,
    "events without a token": frame('42["typing",{"ticket_id":"1"}]') * 2_000,
    "coming and going": (frame("41") + frame(HELLO)) * 3_000,
    "pings": frame(b"", Kind.PING) * 3_000,
    "a frame of no kind": b"\x83\x80\0\0\0\0" + frame("3") * 100,
    "no UTF-8": b"\x81\x82\0\0\0\0\xff\xff",
    "a farewell": b"\x88\x80\0\0\0\0",
}


def send_and_go(port: int, sent: bytes) -> None:
    """In a thread: what a client in this loop left behind would count as well."""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as client:
        client.sendall(UPGRADE)
        assert client.recv(4096).startswith(b"HTTP/1.1 101 ")
        client.sendall(frame(HELLO) + sent)
        client.recv(4096)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def left() -> list[object]:
    found = [it for it in gc.get_objects() if type(it) in (websocket.WebSocket, WSMessage)]
    return [it for it in found if it not in (WS_CLOSED_MESSAGE, WS_CLOSING_MESSAGE)]


@pytest.mark.usefixtures("no_collector")
async def test_sockets_that_have_ended_are_freed_without_the_collector(stage: Stage) -> None:
    async def is_free() -> bool:
        return left() == []

    for kind, sent in SENT.items():
        await asyncio.to_thread(send_and_go, stage.port, sent)
        try:
            await until(is_free)
        except TimeoutError:
            pytest.fail(f"{kind}: {len(left())} objects wait for the collector")


@pytest.mark.usefixtures("no_collector")
async def test_a_client_that_goes_before_its_pong_is_no_fault(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(3):
        await asyncio.to_thread(send_and_go, stage.port, SENT["pings"])

    async def have_gone() -> bool:
        return left() == []

    await until(have_gone)
    assert "Traceback" not in caplog.text
