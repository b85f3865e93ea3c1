"""Notices what other processes have appended, and rings the bell for it. Also notices when a newer program
has migrated the file."""

import asyncio
import logging
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from pathlib import Path

from storage.background import in_background
from storage.migration import NewerProgram
from storage.sqlite.migration import version_of
from storage.sqlite.views import SqliteFeed
from storage.sqlite.writer import Writer
from tickets.ports.bell import Bell
from tickets.ports.sinks import Listening, due_perhaps
from tickets.ports.store import StoreUnavailable

log = logging.getLogger(__name__)

BETWEEN_LOOKS = 0.1
"""Seconds between two checks. A check that finds no commit takes microseconds."""
PAGE = 200
_VERSION = "PRAGMA data_version"
"""A connection's number that changes whenever another connection has committed (SQLite, "data_version")."""


class OtherProcesses:
    """Watches for commits of other processes.

    All commits of this process are made by one connection. The ``data_version`` of that connection changes
    only with commits of other processes."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        writer: Writer,
        feed: SqliteFeed,
        bell: Bell,
        newer: NewerProgram,
        sinks: Sequence[Listening],
    ) -> None:
        self._connection = connection
        self._writer = writer
        self._feed = feed
        self._bell = bell
        self._newer = newer
        self._sinks = sinks
        self._version = -1
        self._writers: tuple[sqlite3.Connection, int] | None = None
        self._pos = self._upto = 0
        """Events between these positions come from other processes, and the bell has not been rung for
        them."""

    async def begin(self) -> None:
        """Begin after the newest event: the bell is not rung for those that exist."""
        await self._writer.write(self._look)
        self._pos = self._upto

    async def run(self) -> None:
        """Ring until cancelled."""
        while True:
            await asyncio.sleep(BETWEEN_LOOKS)
            try:
                version = _version(self._connection)
                if version != self._version:
                    self._newer.saw(version_of(self._connection))
                    await self._writer.write(self._look)
                    await self._ring()
                    self._version = version
            except (sqlite3.OperationalError, StoreUnavailable) as error:
                log.debug("what other processes have appended cannot be read: %s", error)

    def _look(self, connection: sqlite3.Connection) -> None:
        newest = connection.execute("SELECT max(pos) FROM events").fetchone()[0] or 0
        before, self._writers = self._writers, (connection, _version(connection))
        if self._writers != before:
            self._upto = newest
        elif self._pos == self._upto:
            self._pos = self._upto = newest

    async def _ring(self) -> None:
        while self._pos < self._upto:
            page = await self._feed.after(self._pos, limit=PAGE)
            for fed in page:
                if fed.pos <= self._upto:
                    self._bell.ring(fed.event, fed.requester, due_perhaps(self._sinks, fed.event))
            self._pos = min(page[-1].pos, self._upto) if page else self._upto


@asynccontextmanager
async def watching_others(
    path: Path,
    writer: Writer,
    feed: SqliteFeed,
    bell: Bell,
    newer: NewerProgram,
    sinks: Sequence[Listening],
) -> AsyncIterator[None]:
    """Ring the bell for events of other processes while the block runs."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        others = OtherProcesses(connection, writer, feed, bell, newer, sinks)
        await others.begin()
        async with in_background(others.run(), "heeding others"):
            yield


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute(_VERSION).fetchone()[0])
