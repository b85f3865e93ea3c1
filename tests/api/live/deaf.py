"""Clients that do not listen."""

import asyncio
import socket

from tests.api.stage import Stage


async def deaf(stage: Stage, authorized: str, *packets: str) -> asyncio.StreamWriter:
    """A client that authorizes itself, says these packets, and then never reads."""
    reader, writer = await asyncio.open_connection("127.0.0.1", stage.port, limit=1024)
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    writer.write(
        f"GET /socket.io/?EIO=4&transport=websocket&token={authorized} HTTP/1.1\r\n"
        "Host: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n".encode()
    )
    assert b" 101 " in await reader.readline()
    for packet in ("40", *packets):
        writer.write(bytes([0x81, 0x80 + len(packet), 0, 0, 0, 0]) + packet.encode())
    await writer.drain()
    return writer
