"""Does something at an even pace, however long each time takes."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")


async def at_pace(do: Callable[[int], Awaitable[T]], count: int, per_second: float) -> list[T]:
    """What each gave, in order; the next begins in time, even if the one before is not done."""
    began = time.perf_counter()
    doing = []
    async with asyncio.TaskGroup() as tasks:
        for number in range(count):
            await asyncio.sleep(began + number / per_second - time.perf_counter())
            doing.append(tasks.create_task(_awaited(do(number))))
    return [task.result() for task in doing]


async def _awaited(doing: Awaitable[T]) -> T:
    return await doing
