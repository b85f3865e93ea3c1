"""Jobs of a lane are done in order, whatever becomes of one, as long as this process leads."""

import asyncio

import pytest

from cogs.lanes import Lanes
from tickets.ports import NotLeader


async def test_a_job_that_fails_does_not_keep_those_behind_it(caplog: pytest.LogCaptureFixture) -> None:
    lanes, done = Lanes(), asyncio.Event()

    async def fail() -> None:
        raise LookupError("a bug")

    async def succeed() -> None:
        done.set()

    running = asyncio.create_task(lanes.run())
    lanes.put(1, fail)
    lanes.put(1, succeed)
    async with asyncio.timeout(1):
        await done.wait()
    running.cancel()

    assert "could not be processed" in caplog.text


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
