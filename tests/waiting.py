"""Waiting for conditions: a test that sleeps is too slow, or on a busy machine wrong."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable

SELDOM = 0.1
"""Seconds between two looks at most: what is looked at lies in a store, in Discord, or in fields that tell
nobody. The first looks come sooner."""


async def until(holds: Callable[[], object | Awaitable[object]], seconds: float = 30) -> None:
    """Return once the condition is true; raises TimeoutError when it does not come true in time."""
    pause = 0.004
    async with asyncio.timeout(seconds):
        while True:
            found = holds()
            if inspect.isawaitable(found):
                found = await found
            if found:
                return
            await asyncio.sleep(pause)
            pause = min(1.2 * pause, SELDOM)
