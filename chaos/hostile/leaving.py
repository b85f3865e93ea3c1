"""Clients that hang up in the middle of everything."""

import socket
import struct
from collections.abc import Mapping
from typing import Final
from uuid import uuid4

from chaos.hostile.forms import BEGIN, FORM
from chaos.hostile.raw import Raw
from chaos.hostile.target import Target

TICKET: Final = ("POST /api/v1/tickets HTTP/1.1", "Content-Type: application/json")
POLLING: Final = "/socket.io/?EIO=4&transport=polling HTTP/1.1"
REQUESTS: Final[Mapping[str, tuple[tuple[str, ...], bytes]]] = {
    "half a request line": (("GET /api",), b""),
    "half a body": ((*TICKET, "Content-Length: 50"), b"{"),
    "half a body with a key": ((*TICKET, "Idempotency-Key: {key}", "Content-Length: 50"), b"{"),
    "half a form": ((*FORM, "Content-Length: 5000000"), BEGIN + b"x" * 300_000),
    "half a packet": ((f"POST {POLLING}", "Content-Length: 50"), b"4"),
    "a poll": ((f"GET {POLLING}",), b""),
    "half of a chunk": ((*TICKET, "Transfer-Encoding: chunked"), b"ff\r\n{"),
    "the answer": (("GET /api/v1/tickets HTTP/1.1",), b""),
    "a large answer": (("GET {file} HTTP/1.1",), b""),
}


async def ask_and_go(target: Target, kind: str, *, without_a_word: bool) -> None:
    lines, body = REQUESTS[kind]
    async with target.connected() as raw:
        filled = [line.format(file=target.file, key=uuid4()) for line in lines]
        await raw.send(*filled, target.shown, body=body)
        _leave(raw, without_a_word=without_a_word)


def _leave(raw: Raw, *, without_a_word: bool) -> None:
    """End the connection, as a crashed client does or as one that has changed its mind."""
    if without_a_word:
        connection = raw.writer.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    raw.writer.transport.abort()
