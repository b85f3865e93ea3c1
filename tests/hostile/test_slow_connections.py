"""Connections that keep the process waiting end, all of them; those that make progress do not."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from chaos.hostile.raw import Raw, connected
from chaos.hostile.watch import descriptors_of
from chaos.house import Customer, House, until
from tests.hostile.noticing import nobody_else_notices

pytestmark = pytest.mark.asyncio(loop_scope="module")

AT_ONCE = 40
"""Connections of each kind."""
STALLED = 60.0
"""Seconds that a body may take for 4 kB, and an answer for as much."""
SLACK = 15.0
PART = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
FORM = ("POST /api/v1/attachments HTTP/1.1", "Content-Type: multipart/form-data; boundary=b")
JSON = ("POST /api/v1/tickets HTTP/1.1", "Content-Type: application/json")

Slow = Callable[[Raw, str], Coroutine[Any, Any, None]]


async def nothing(_: Raw, __: str) -> None:
    """Never says a word."""


async def half_a_head(raw: Raw, _: str) -> None:
    raw.writer.write(b"GET /healthz HTTP/1.1\r\nHost: x\r\n")


async def a_head_by_drops(raw: Raw, _: str) -> None:
    for number in range(1_000):
        raw.writer.write(b"X-%d: x\r\n" % number if number else b"GET /healthz HTTP/1.1\r\n")
        await asyncio.sleep(1)


async def a_body_that_never_ends(raw: Raw, token: str) -> None:
    await raw.send(*JSON, token, "Content-Length: 100", body=b"{")


async def a_body_by_drops(raw: Raw, token: str) -> None:
    await raw.send(*JSON, token, "Transfer-Encoding: chunked")
    while True:
        raw.writer.write(b"1\r\n \r\n")
        await asyncio.sleep(1)


async def a_form_that_never_begins(raw: Raw, token: str) -> None:
    await raw.send(*FORM, token, "Content-Length: 5000000", body=b"\r\n")


async def a_form_by_drops(raw: Raw, token: str) -> None:
    await raw.send(*FORM, token, "Content-Length: 5000000", body=PART)
    while True:
        raw.writer.write(b"x")
        await asyncio.sleep(1)


async def a_packet_that_never_ends(raw: Raw, _: str) -> None:
    await raw.send("POST /socket.io/?EIO=4&transport=polling HTTP/1.1", "Content-Length: 100", body=b"4")


KINDS: dict[Slow, float] = {
    nothing: 15.0,
    half_a_head: 15.0,
    a_head_by_drops: 15.0,
    a_body_that_never_ends: STALLED,
    a_body_by_drops: STALLED,
    a_form_that_never_begins: STALLED,
    a_form_by_drops: STALLED,
    a_packet_that_never_ends: STALLED,
}
"""Each with the seconds after which it is not waited for any more."""


async def lasts(house: House, kind: Slow) -> float:
    """Seconds until the process ends the connection."""
    token = f"Authorization: Bearer {Customer(house, 'mallory').token}"
    began = time.monotonic()
    async with connected(house.api_port, "127.0.0.66") as raw:
        sending = asyncio.create_task(kind(raw, token))
        try:
            while await raw.reader.read(65_536):
                pass
        except ConnectionError:
            pass
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
    return time.monotonic() - began


async def upload_slowly(house: House, seconds: float) -> int:
    """The status of an upload that takes so long, with 10 kB at a time."""
    token = f"Authorization: Bearer {Customer(house, 'casey').token}"
    async with connected(house.api_port) as raw:
        await raw.send(*FORM, token, "Transfer-Encoding: chunked", body=b"%x\r\n%b\r\n" % (len(PART), PART))
        ends_at = time.monotonic() + seconds
        while time.monotonic() < ends_at:
            raw.writer.write(b"2710\r\n" + b"x" * 10_000 + b"\r\n")
            await asyncio.sleep(1)
        raw.writer.write(b"b\r\n\r\n--b--\r\n\r\n\r\n0\r\n\r\n")
        return (await raw.head()).status


async def test_slow_connections_end_and_slow_uploads_arrive(house: House) -> None:
    assert house.guildesk is not None
    pid = house.guildesk.pid
    before = descriptors_of(pid)

    async def are_gone() -> bool:
        return descriptors_of(pid) <= before

    async with nobody_else_notices(house):
        slow = {kind: asyncio.gather(*(lasts(house, kind) for _ in range(AT_ONCE))) for kind in KINDS}
        uploaded = await upload_slowly(house, STALLED + SLACK)
        seconds = {kind: max(await times) for kind, times in slow.items()}
    await until(are_gone)

    assert uploaded == 201
    assert {kind.__name__: took for kind, took in seconds.items() if took > KINDS[kind] + SLACK} == {}
