"""Requirements on the server, and work on it that may take longer than a call."""

import asyncio
import logging
from collections.abc import Awaitable
from typing import Final, TypeVar

import pymongo

from storage.mongo.connection import PATIENCE, Client, Database
from tickets.ports.store import StoreUnavailable

log = logging.getLogger(__name__)

T = TypeVar("T")

LOWEST: Final = (5, 0)
"""The lowest version. An older server can be configured without the read concern "majority"."""
AS_LONG_AS_IT_TAKES: Final = 7 * 24 * 3600
"""Seconds, practically without end. The driver needs a limit for each call."""
LOOK: Final = 2.0
"""Seconds between two checks whether the server still answers."""


async def must_be_new_enough(client: Client) -> None:
    """Raises StoreUnavailable for a server that is too old."""
    version = str((await client.server_info())["version"])
    if tuple(int(part) for part in version.split(".")[:2]) < LOWEST:
        lowest = ".".join(map(str, LOWEST))
        raise StoreUnavailable(f"the server is MongoDB {version}, and Guildesk needs {lowest} or newer")


async def patiently(database: Database, work: Awaitable[T]) -> T:
    """The result of long work, as the index of a large collection, which takes minutes. It may take any time
    as long as the server answers other calls."""
    with pymongo.timeout(AS_LONG_AS_IT_TAKES):
        doing = asyncio.ensure_future(work)
    watching = asyncio.create_task(_watch(database), name="watching the server")
    try:
        await asyncio.wait((doing, watching), return_when=asyncio.FIRST_COMPLETED)
        if not doing.done():
            watching.result()  # it ends only by raising
        return await doing
    finally:
        doing.cancel()
        watching.cancel()
        await asyncio.gather(doing, watching, return_exceptions=True)


async def _watch(database: Database) -> None:
    """Raises PyMongoError or StoreUnavailable once the server does not answer any more."""
    while True:
        try:
            async with asyncio.timeout(PATIENCE):
                await database.meta.find_one({"_id": "schema"})
        except TimeoutError:
            raise StoreUnavailable(f"no answer within {PATIENCE:g} s") from None
        await asyncio.sleep(LOOK)
