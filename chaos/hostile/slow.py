"""Connections that keep the process waiting: silent ones, and those that say a word now and then."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any, Final

from chaos.hostile.forms import BEGIN, FORM
from chaos.hostile.raw import Raw
from chaos.hostile.target import Target

STALLED: Final = 60.0
"""Seconds that a body may take for 4 kB, and an answer for as much."""
HEAD: Final = 15.0
"""Seconds that a request's headers may take."""

JSON: Final = ("POST /api/v1/tickets HTTP/1.1", "Content-Type: application/json")

Slow = Callable[[Raw, str], Coroutine[Any, Any, None]]


async def nothing(_: Raw, __: str) -> None:
    """Never says a word."""


async def half_a_head(raw: Raw, _: str) -> None:
    raw.writer.write(b"GET /healthz HTTP/1.1\r\nHost: x\r\n")


async def a_head_by_drops(raw: Raw, _: str) -> None:
    for number in range(1_000):
        raw.writer.write(b"X-%d: x\r\n" % number if number else b"GET /healthz HTTP/1.1\r\n")
        await asyncio.sleep(1)


async def a_body_that_never_ends(raw: Raw, shown: str) -> None:
    await raw.send(*JSON, shown, "Content-Length: 100", body=b"{")


async def a_body_by_drops(raw: Raw, shown: str) -> None:
    await raw.send(*JSON, shown, "Transfer-Encoding: chunked")
    while True:
        raw.writer.write(b"1\r\n \r\n")
        await asyncio.sleep(1)


async def a_form_that_never_begins(raw: Raw, shown: str) -> None:
    await raw.send(*FORM, shown, "Content-Length: 5000000", body=b"\r\n")


async def a_form_by_drops(raw: Raw, shown: str) -> None:
    await raw.send(*FORM, shown, "Content-Length: 5000000", body=BEGIN)
    while True:
        raw.writer.write(b"x")
        await asyncio.sleep(1)


async def a_packet_that_never_ends(raw: Raw, _: str) -> None:
    await raw.send("POST /socket.io/?EIO=4&transport=polling HTTP/1.1", "Content-Length: 100", body=b"4")


KINDS: Final[dict[Slow, float]] = {
    nothing: HEAD,
    half_a_head: HEAD,
    a_head_by_drops: HEAD,
    a_body_that_never_ends: STALLED,
    a_body_by_drops: STALLED,
    a_form_that_never_begins: STALLED,
    a_form_by_drops: STALLED,
    a_packet_that_never_ends: STALLED,
}
"""Each with the seconds after which it is not waited for any more."""


async def dawdle(target: Target, kind: Slow) -> float:
    """Seconds until the process ends the connection."""
    began = time.monotonic()
    async with target.connected() as raw:
        sending = asyncio.create_task(kind(raw, target.shown))
        await target.is_left(raw)
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
    return time.monotonic() - began


async def ask_and_take_nothing(target: Target, path: str, times: int) -> None:
    """Ask so often on one connection, and wait until it ends without reading from it."""
    async with target.connected() as raw:
        raw.writer.transport.pause_reading()  # type: ignore[attr-defined]
        raw.writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode() * times)
        while not raw.writer.is_closing():
            await asyncio.sleep(1)
            raw.writer.write(b"\r\n")  # notices the end
