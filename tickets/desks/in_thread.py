"""What takes long for long logs is done aside, in a thread, so that the event loop goes on meanwhile."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Concatenate, ParamSpec, TypeVar

LONG = 200
"""From so many items on; below, a thread would take longer than the work."""

Item = TypeVar("Item")
Result = TypeVar("Result")
P = ParamSpec("P")


async def aside(
    do: Callable[Concatenate[Sequence[Item], P], Result],
    items: Sequence[Item],
    *more: P.args,
    **named: P.kwargs,
) -> Result:
    """What ``do`` makes of the items."""
    if len(items) < LONG:
        return do(items, *more, **named)
    return await asyncio.to_thread(do, items, *more, **named)
