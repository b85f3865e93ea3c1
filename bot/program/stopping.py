"""Ends the program soon, whatever it is doing."""

import asyncio
import faulthandler
import logging
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, TypeVar

from tickets.ports.store import Store

log = logging.getLogger(__name__)

T = TypeVar("T")

CANCEL_AGAIN = 4.0
"""Seconds that the work may take to end before everything that still runs is cancelled."""
LONGEST_STOP = 7.0
"""Seconds from a signal until the process ends, whatever still holds it up; whoever sent it waits for 10."""


class MustEnd(Exception):
    """The running program may not go on. The text names cause and cure."""


def begin_to_stop(stop: asyncio.Event) -> None:
    """Ask the program to stop. As a last resort, the process logs where each thread is, and ends; nothing is
    lost by that."""
    if not stop.is_set():
        faulthandler.dump_traceback_later(LONGEST_STOP, exit=True)
    stop.set()


class CtrlC:
    """Handles Ctrl-C for a command; SIGTERM comes as Ctrl-C, too. What the command does ends with
    KeyboardInterrupt, and takes back what it began.

    In an event loop only the task of the command ends so. An exception in any other task would end the loop
    before that one has closed its store, and Python waits for the threads of an open store for ever."""

    def __init__(self) -> None:
        self.came = False
        self._main: asyncio.Task[Any] | None = None

    def __call__(self, *_: object) -> None:
        """As a last resort, the process logs where each thread is, and ends; nothing is lost by that."""
        if not self.came:
            faulthandler.dump_traceback_later(LONGEST_STOP, exit=True)
        self.came = True
        if self._main is None:
            raise KeyboardInterrupt
        loop = self._main.get_loop()
        if asyncio.current_task(loop) is self._main:
            raise KeyboardInterrupt
        with suppress(RuntimeError):  # the loop is closed already, so nothing is left to end
            loop.call_soon_threadsafe(self._main.cancel)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Like ``asyncio.run``. Raises KeyboardInterrupt if Ctrl-C ended the work."""

        async def main() -> T:
            self._main = asyncio.current_task()
            return await work

        try:
            return asyncio.run(main())
        except asyncio.CancelledError:
            raise KeyboardInterrupt from None
        finally:
            self._main = None


async def unless_stopped(stop: asyncio.Event, opening: Coroutine[Any, Any, Store]) -> Store | None:
    """The store, once it is open. None if the program was stopped meanwhile, because a migration may take
    long."""
    task, stopping = asyncio.create_task(opening), asyncio.create_task(stop.wait())
    await asyncio.wait((task, stopping), return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if task.done():
        return task.result()
    log.info("stopping")
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    return None


async def until_stopped(stop: asyncio.Event, work: Coroutine[Any, Any, None], store: Store) -> None:
    """Work until asked to stop, or until a newer program has taken over the store."""
    working = asyncio.create_task(work)
    newer = asyncio.create_task(store.until_newer())
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait((working, newer, stopping), return_when=asyncio.FIRST_COMPLETED)
    log.info("stopping")
    await _end(working, newer, stopping)
    if not newer.cancelled() and (why := newer.exception()):
        raise MustEnd(str(why))
    if not working.cancelled() and (error := working.exception()):
        raise error


async def _end(*tasks: asyncio.Task[Any]) -> None:
    """Cancel the tasks until they have ended.

    A cancellation can get lost anywhere below (``asyncio.wait_for`` before Python 3.12 swallows one that
    comes together with the result), so later everything that still runs is cancelled, too."""
    ours, cancelled = set(tasks), set(tasks)
    while True:
        for task in cancelled:
            task.cancel()
        _, left = await asyncio.wait(ours, timeout=CANCEL_AGAIN)
        if not left:
            return
        cancelled = asyncio.all_tasks() - {asyncio.current_task()}
