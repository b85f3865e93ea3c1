"""Erases again, in a store from before, whom the ledger beside it names."""

import asyncio
import time
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any, TypeVar

from storage.keeping.ledger import FileLedger
from storage.keeping.problems import CannotBeDone
from storage.keeping.progress import Tell
from storage.sqlite.store import open_sqlite
from tickets.forgetting import Forgetting
from tickets.model import Millis
from tickets.ports.store import Store, StoreUnavailable

T = TypeVar("T")


def erase_again(folder: Path, ledger: FileLedger, tell: Tell) -> int:
    """In the embedded store of a folder that nobody else uses; gives how many erasures were done again.

    Raises CannotBeDone."""
    if not ledger.entries():
        return 0
    tell("erasing whom the ledger names", 0, 1)
    return _run(erased_again(open_sqlite(folder, _now), ledger))


async def erased_again(opening: AbstractAsyncContextManager[Store], ledger: FileLedger) -> int:
    """The same in any store. Raises CannotBeDone."""
    try:
        async with opening as store:
            forgetting = Forgetting(store, _now, ledger)
            count = await forgetting.apply()
            await forgetting.work_off()
            return count
    except StoreUnavailable as error:
        raise CannotBeDone(f"whom {ledger.path} names could not be erased again: {error}") from error


def _now() -> Millis:
    return time.time_ns() // 1_000_000


def _run(work: Coroutine[Any, Any, T]) -> T:
    """In a thread of its own, for a caller that may be in an event loop."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()
