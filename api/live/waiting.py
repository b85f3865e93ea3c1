"""The packets that wait for one client."""

import asyncio
from collections.abc import Callable
from typing import Any


class Waiting:
    """The queue of packets for one client. It has the methods of asyncio's queue that engine.io uses, and a
    tenth of its weight. ``flush`` is called when there is something to send and nobody waits for it."""

    __slots__ = ("_getters", "_joiners", "_packets", "_unfinished", "flush")

    def __init__(self) -> None:
        self.flush: Callable[[], None] | None = None
        self._packets: list[Any] = []
        self._unfinished = 0
        self._getters: tuple[asyncio.Future[None], ...] = ()
        self._joiners: tuple[asyncio.Future[None], ...] = ()

    def qsize(self) -> int:
        return len(self._packets)

    async def put(self, it: Any) -> None:
        self.put_nowait(it)

    def put_nowait(self, it: Any) -> None:
        self._packets.append(it)
        self._unfinished += 1
        if self._getters:
            self._getters = _woken(self._getters)
        elif self.flush is not None:
            self.flush()

    async def get(self) -> Any:
        while not self._packets:
            getter = asyncio.get_running_loop().create_future()
            self._getters += (getter,)
            await getter
        return self._packets.pop(0)

    def get_nowait(self) -> Any:
        if not self._packets:
            raise asyncio.QueueEmpty
        return self._packets.pop(0)

    def task_done(self) -> None:
        self._unfinished -= 1
        if not self._unfinished:
            self._joiners = _woken(self._joiners)

    async def join(self) -> None:
        while self._unfinished:
            joiner = asyncio.get_running_loop().create_future()
            self._joiners += (joiner,)
            await joiner


def _woken(waiting: tuple[asyncio.Future[None], ...]) -> tuple[asyncio.Future[None], ...]:
    for future in waiting:
        if not future.done():
            future.set_result(None)
    return ()
