"""Jobs of a lane are done in order, whatever becomes of one, as long as this process leads."""

import asyncio
from json import JSONDecodeError
from types import SimpleNamespace
from typing import cast

import aiohttp
import discord
import pytest

from bot.hearing.lanes import Lanes
from tickets.ports.lease import NotLeader
from tickets.ports.sinks import NotNow


async def test_a_job_that_fails_does_not_keep_those_behind_it(caplog: pytest.LogCaptureFixture) -> None:
    lanes, done = Lanes(), asyncio.Event()

    async def fail() -> None:
        raise LookupError("a bug")

    async def succeed() -> None:
        done.set()

    running = asyncio.create_task(lanes.run())
    lanes.put(1, fail)
    lanes.put(1, succeed)
    async with asyncio.timeout(30):
        await done.wait()
    running.cancel()

    assert "could not be processed" in caplog.text


THROTTLED = discord.HTTPException(cast(aiohttp.ClientResponse, SimpleNamespace(status=429, reason="")), "")
BROKEN_OFF = JSONDecodeError("Unterminated string", "[", 1)


@pytest.mark.parametrize(
    "fault",
    [ConnectionError("no answer"), TimeoutError(), NotNow("not there yet"), THROTTLED, BROKEN_OFF],
    ids=lambda it: type(it).__name__,
)
async def test_while_discord_is_away_what_was_said_waits_in_its_order(fault: Exception) -> None:
    lanes, done = Lanes(delay=lambda _: 0.0), []
    faults = [fault, fault]

    async def first() -> None:
        if faults:
            raise faults.pop()
        done.append("first")

    async def second() -> None:
        done.append("second")

    running = asyncio.create_task(lanes.run())
    lanes.put(1, first)
    lanes.put(1, second)
    async with asyncio.timeout(30):
        await lanes.idle()
    running.cancel()

    assert done == ["first", "second"]


async def test_all_lanes_end_as_soon_as_another_process_leads() -> None:
    lanes, later = Lanes(), []

    async def too_late() -> None:
        raise NotLeader("another leads")

    async def behind() -> None:
        later.append("done")

    lanes.put(1, too_late)
    lanes.put(1, behind)
    with pytest.raises(ExceptionGroup) as ended:
        await lanes.run()

    assert ended.group_contains(NotLeader)
    assert later == []
