"""Migrates an older database, and notices when a newer program has migrated it."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Final

from pymongo.errors import PyMongoError

from storage.codec import Record
from storage.migration import NewerProgram, Progress, Reached, StoreIsNewer
from storage.mongo.connection import PATIENCE, Database, upsert

log = logging.getLogger(__name__)

LOOK: Final = 1.0
"""Seconds between two reads of the version."""
TRUST: Final = 3.0
"""Seconds for which a read version is trusted. A process that stood still for longer reads it again before
it writes."""
OTHERS_END_WITHIN: Final = TRUST + PATIENCE + 1.0
"""Seconds after a rise of the version in which all older programs have stopped writing."""

_KEY: Final = {"_id": "schema"}
_NOTHING: Final = Reached()

Piece = Callable[[Database, Reached], Awaitable[Reached | None]]
"""Does the next piece of a step, from where the piece before has ended. Returns None after the last.

There are no transactions: a piece may be done again after a crash, or by two processes at the same time. So
the filter of each write names the old state, and the write does nothing where it is done already."""


@dataclass(frozen=True, slots=True)
class Step:
    """A step to the next version. ``what`` tells people what changes. ``first`` is done before the version
    rises, because of programs that do not read the version. It may be done twice."""

    what: str
    piece: Piece
    first: Callable[[Database], Awaitable[None]] | None = None


async def migrate(database: Database, steps: Sequence[Step], others_end_within: float) -> None:
    """Migrate the database to the version of the last step. Raises StoreIsNewer.

    The step at index n makes version n + 2, because the very first program made version 1. Older programs
    that still run get ``others_end_within`` seconds to notice, before anything is changed."""
    newest = 1 + len(steps)
    await upsert(database.meta, _KEY, {"$setOnInsert": {"version": newest}})
    progress, waited = Progress(), False
    while True:
        schema = await _schema(database)
        version = int(schema["version"])
        if version > newest:
            raise StoreIsNewer(version, newest)
        reached = Reached(**schema["migration"]) if "migration" in schema else None
        if reached is None:
            if version == newest:
                return
            await _begin(database, version + 1, steps[version - 1])
        elif reached == _NOTHING and not waited:
            log.info("older programs that use this store have %.0f s to notice and end", others_end_within)
            await asyncio.sleep(others_end_within)
            waited = True
        else:
            await _do_piece(database, steps, progress, version, reached)


async def _begin(database: Database, version: int, step: Step) -> None:
    if step.first is not None:
        await step.first(database)
    await database.meta.update_one(
        {**_KEY, "version": version - 1, "migration": {"$exists": False}},
        {"$set": {"version": version, "migration": asdict(_NOTHING)}},
    )


async def _do_piece(
    database: Database, steps: Sequence[Step], progress: Progress, version: int, before: Reached
) -> None:
    """Do a piece and store how far it came, unless another process has done so meanwhile."""
    step = steps[version - 2]
    progress.begins(version, step.what)
    reached = await step.piece(database, before)
    here = {**_KEY, "version": version, "migration.place": before.place, "migration.done": before.done}
    kept = {"$unset": {"migration": ""}} if reached is None else {"$set": {"migration": asdict(reached)}}
    await database.meta.update_one(here, kept)
    progress.reached(reached)


async def _schema(database: Database) -> Record:
    return await database.meta.find_one(_KEY) or {}


def _uptime() -> float:
    """A clock in seconds that also runs while the process stands still or the machine sleeps."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class VersionLooks:
    """Reads the version of the database again and again."""

    def __init__(
        self,
        database: Database,
        newer: NewerProgram,
        pause: float = LOOK,
        uptime: Callable[[], float] = _uptime,
    ) -> None:
        self._database = database
        self._newer = newer
        self._pause = pause
        self._uptime = uptime
        self._looked_at = uptime()

    async def run(self) -> None:
        """Read the version until cancelled."""
        while True:
            await asyncio.sleep(self._pause)
            try:
                await self._look()
            except PyMongoError as error:
                log.debug("the version cannot be read: %s", error)

    async def must_be_known(self) -> None:
        """Raises StoreIsNewer if this process may no longer write. Usually it need not ask the database."""
        if self._uptime() - self._looked_at >= TRUST:
            await self._look()
        self._newer.must_not_be_here()

    async def _look(self) -> None:
        began_at = self._uptime()
        self._newer.saw(int((await _schema(self._database))["version"]))
        self._looked_at = began_at
