"""Connections that keep the process waiting end, all of them; those that make progress do not."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from chaos.hostile.forms import BEGIN, END, upload
from chaos.hostile.slow import KINDS, STALLED, dawdle
from chaos.hostile.watch import descriptors_of
from chaos.house import House, until
from tests.hostile.noticing import nobody_else_notices, target_of

pytestmark = pytest.mark.asyncio(loop_scope="module")

AT_ONCE = 40
"""Connections of each kind."""
SLACK = 15.0


async def slowly(seconds: float) -> AsyncIterator[bytes]:
    """A file that comes with 10 kB a second."""
    yield BEGIN
    ends_at = time.monotonic() + seconds
    while time.monotonic() < ends_at:
        yield b"x" * 10_000
        await asyncio.sleep(1)
    yield END


@pytest.mark.slow
async def test_slow_connections_end_and_slow_uploads_arrive(house: House) -> None:
    assert house.guildesk is not None
    pid = house.guildesk.pid
    before = descriptors_of(pid)

    async def are_gone() -> bool:
        return descriptors_of(pid) <= before

    async with nobody_else_notices(house):
        target = target_of(house)
        slow = {kind: asyncio.gather(*(dawdle(target, kind) for _ in range(AT_ONCE))) for kind in KINDS}
        uploaded, _ = await upload(target, slowly(STALLED + SLACK), within=STALLED + 3 * SLACK)
        seconds = {kind: max(await times) for kind, times in slow.items()}
    await until(are_gone)

    assert uploaded == 201
    assert {kind.__name__: took for kind, took in seconds.items() if took > KINDS[kind] + SLACK} == {}
