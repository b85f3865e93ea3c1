"""Clients that ask for much and take nothing of it."""

import asyncio
import io
import time
from contextlib import suppress

import aiohttp
import pytest

from chaos.hostile.raw import connected
from chaos.hostile.watch import descriptors_of
from chaos.house import Customer, House, until
from tests.hostile.noticing import nobody_else_notices

pytestmark = pytest.mark.asyncio(loop_scope="module")

AT_ONCE = 50
STALLED = 60.0
SLACK = 20.0


async def file_of(who: Customer) -> str:
    form = aiohttp.FormData()
    form.add_field("file", io.BytesIO(b"x" * 9_000_000), filename="large.bin")
    url, headers = f"{who.house.api_url}/api/v1/attachments", {"Authorization": f"Bearer {who.token}"}
    async with who.house.session.post(url, data=form, headers=headers, raise_for_status=True) as answer:
        return "/files/" + str((await answer.json())["url"]).partition("/files/")[2]


async def ask_and_take_nothing(house: House, path: str, times: int) -> None:
    """Ask so often on one connection, and wait until it ends without reading from it."""
    async with connected(house.api_port, "127.0.0.66") as raw:
        raw.writer.transport.pause_reading()  # type: ignore[attr-defined]
        raw.writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode() * times)
        while not raw.writer.is_closing():
            await asyncio.sleep(1)
            with suppress(ConnectionError):
                raw.writer.write(b"\r\n")  # notices the end


async def take_slowly(house: House, path: str) -> int:
    """The bytes of a file of which 100 kB a second are taken."""
    async with connected(house.api_port) as raw:
        await raw.send(f"GET {path} HTTP/1.1")
        head, taken = await raw.head(), 0
        while taken < int(head.headers["content-length"]):
            taken += len(await raw.reader.readexactly(100_000))
            await asyncio.sleep(0.8)
        return taken


async def test_who_takes_nothing_is_let_go_and_who_takes_slowly_gets_all(house: House) -> None:
    assert house.guildesk is not None
    pid, path = house.guildesk.pid, await file_of(Customer(house, "mallory"))
    before = descriptors_of(pid)

    async def are_gone() -> bool:
        return descriptors_of(pid) <= before

    async with nobody_else_notices(house, memory_mb=60):
        began = time.monotonic()
        readers = [
            asyncio.create_task(ask_and_take_nothing(house, where, times))
            for where, times in ((path, 1), (path, 30), ("/openapi.json", 200))
            for _ in range(AT_ONCE)
        ]
        taken = asyncio.create_task(take_slowly(house, path))
        await asyncio.wait(readers, timeout=STALLED + SLACK)
        seconds = time.monotonic() - began
        left = sum(not it.done() for it in readers)
        for it in readers:
            it.cancel()
        await asyncio.gather(*readers, return_exceptions=True)
        assert await taken == 9_000_000
    await until(are_gone)

    assert (left, seconds < STALLED + SLACK) == (0, True)
