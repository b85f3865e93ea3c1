"""Runs in a thread what takes long for long logs, so that the event loop goes on meanwhile."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Concatenate, ParamSpec, TypeVar

LONG = 200
"""Items from which on a thread is worth it; for fewer, the thread takes longer than the work."""

Item = TypeVar("Item")
Result = TypeVar("Result")
P = ParamSpec("P")


async def aside(
    do: Callable[Concatenate[Sequence[Item], P], Result],
    items: Sequence[Item],
    *more: P.args,
    **named: P.kwargs,
) -> Result:
    """The result of ``do`` for these items. Many items are worked on in a thread."""
    if len(items) < LONG:
        return do(items, *more, **named)
    return await asyncio.to_thread(do, items, *more, **named)
