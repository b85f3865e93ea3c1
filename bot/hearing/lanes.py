"""One first-in-first-out worker for each channel.

discord.py starts every handler as a task of its own, so an edit can overtake the message that it edits;
jobs that are put into a lane at once are done in the gateway's order."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from json import JSONDecodeError
from typing import TypeVar

import aiohttp
import discord

from bot.connection.faults import Unsure
from tickets.ports.lease import NotLeader
from tickets.ports.sinks import NotNow
from tickets.ports.store import StoreUnavailable
from tickets.relay import delay

log = logging.getLogger(__name__)

T = TypeVar("T")
Job = Callable[[], Awaitable[None]]
STORE_PAUSE = 0.5
"""Seconds between two attempts at a job while the store is away."""
AWAY = (
    OSError,
    TimeoutError,
    aiohttp.ClientError,
    discord.DiscordServerError,
    discord.RateLimited,
    JSONDecodeError,  # the answer broke off
    Unsure,
)
"""The exceptions that mean that Discord is away. The job waits for Discord, and so does its lane, because
later messages must not come first."""
PATIENCE = 8
"""Attempts at a job that fails in another way, for instance because the client's session was closed."""


def is_away(error: Exception) -> bool:
    """Whether Discord is away, or wants to be left alone: discord.py raises a 429 if it does not end."""
    is_throttled = isinstance(error, discord.HTTPException) and error.status == 429
    return is_throttled or isinstance(error, AWAY)


class Lanes:
    """Runs jobs, in order within a lane, lanes side by side; an idle lane costs nothing."""

    def __init__(self, delay: Callable[[int], float] = delay) -> None:
        self._delay = delay
        self._lanes: dict[int, deque[Job]] = {}
        self._new = asyncio.Queue[int]()
        self._done = asyncio.Condition()

    def put(self, lane: int, job: Job) -> None:
        """Add a job; returns at once."""
        if lane in self._lanes:
            self._lanes[lane].append(job)
        else:
            self._lanes[lane] = deque([job])
            self._new.put_nowait(lane)

    async def in_turn(self, lane: int, act: Callable[[], Awaitable[T]]) -> T:
        """Run ``act`` once the lane's earlier jobs are done. Returns or raises what ``act`` does."""
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()

        async def job() -> None:
            try:
                result = await act()
            except Exception as error:
                if not done.done():
                    done.set_exception(error)
            else:
                if not done.done():
                    done.set_result(result)

        self.put(lane, job)
        return await done

    async def run(self) -> None:
        """Do the jobs until cancelled, or until another process leads."""
        async with asyncio.TaskGroup() as tasks:
            while True:
                lane = await self._new.get()
                tasks.create_task(self._work(lane), name=f"lane {lane}")

    async def idle(self) -> None:
        """Wait until every job put so far is done."""
        async with self._done:
            await self._done.wait_for(lambda: not self._lanes)

    async def _work(self, lane: int) -> None:
        jobs = self._lanes[lane]
        try:
            while jobs:
                await self._do(jobs[0])
                jobs.popleft()
        finally:
            del self._lanes[lane]
            async with self._done:
                self._done.notify_all()

    async def _do(self, job: Job) -> None:
        attempts = 0
        while True:
            try:
                return await job()
            except StoreUnavailable as error:
                log.warning("the store is away, what staff did waits: %s", error)
                await asyncio.sleep(STORE_PAUSE)
            except NotLeader:
                raise
            except Exception as error:
                if is_away(error):
                    log.warning("Discord is away, what staff did waits: %s: %s", type(error).__name__, error)
                elif not isinstance(error, NotNow | RuntimeError) or attempts >= PATIENCE:
                    log.exception("what staff did could not be processed")
                    return None
                await asyncio.sleep(self._delay(attempts))
                attempts += 1
