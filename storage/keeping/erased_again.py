"""Repeats erasures in a restored store: everybody whom the ledger names is erased again."""

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
    """Repeat the erasures in the embedded store of a folder that nobody else uses. Returns how many were
    repeated. Raises CannotBeDone."""
    if not ledger.entries():
        return 0
    tell("erasing whom the ledger names", 0, 1)
    return _run(erased_again(open_sqlite(folder, _now), ledger))


async def erased_again(opening: AbstractAsyncContextManager[Store], ledger: FileLedger) -> int:
    """The same in a store of either kind. Raises CannotBeDone."""
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
    """Run the work in a thread of its own, because the caller may be in an event loop."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()
