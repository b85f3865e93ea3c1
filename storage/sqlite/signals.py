"""Signals between the processes of one machine, in a file of their own.

The file needs neither durable writes nor back-ups. It keeps only the newest signals. A check that finds
nothing new takes a few microseconds."""

import asyncio
import logging
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final
from uuid import uuid4

from storage.background import in_background
from storage.codec import SIGNAL
from storage.signals import AT_ONCE, overhear
from storage.sqlite.connection import transaction
from storage.sqlite.other_processes import BETWEEN_LOOKS
from tickets.ports.signals import Signals
from tickets.ports.store import Clock

log = logging.getLogger(__name__)

KEPT: Final = 1_000
"""So many signals are kept, more than are sent between two checks."""

PATIENCE: Final = 0.02
"""Seconds to wait for another process that writes. The event loop stands still meanwhile; the next check
tries again."""

_TABLE = """
CREATE TABLE IF NOT EXISTS whispers (
    number INTEGER PRIMARY KEY AUTOINCREMENT, sender TEXT NOT NULL, at INTEGER NOT NULL, said TEXT NOT NULL
)"""
_NEWEST = "SELECT coalesce(max(number), 0) FROM whispers"
_SAY = "INSERT INTO whispers (sender, at, said) VALUES (?, ?, ?)"
_FORGET = "DELETE FROM whispers WHERE number <= (SELECT max(number) FROM whispers) - ?"
_HEARD = "SELECT number, sender, at, said FROM whispers WHERE number > ? ORDER BY number LIMIT ?"


@asynccontextmanager
async def passing_signals(path: Path, signals: Signals, clock: Clock) -> AsyncIterator[None]:
    """While the block runs, pass on signals of this process and receive those of others. If the file cannot
    be opened, nothing is passed on until it can."""
    passing = _Passing(path, signals, clock)
    passing.look()
    try:
        async with in_background(passing.run(), "passing_signals"):
            yield
    finally:
        passing.close()


class _Passing:
    def __init__(self, path: Path, signals: Signals, clock: Clock) -> None:
        self._path = path
        self._signals = signals
        self._clock = clock
        self._sender = uuid4().hex
        self._open: sqlite3.Connection | None = None
        self._version = self._number = 0

    async def run(self) -> None:
        """Check for signals until cancelled."""
        while True:
            await asyncio.sleep(BETWEEN_LOOKS)
            self.look()

    def look(self) -> None:
        try:
            if self._signals.has_unsent:
                self._say()
            version = self._read("PRAGMA data_version")
            if version != self._version:
                self._listen()
                self._version = version
        except sqlite3.OperationalError as error:  # another process writes just now, or the disk is full
            log.debug("signals are not passed on: %s", error)
        except sqlite3.DatabaseError as error:
            log.warning("%s: %s; it is made anew", self._path, error)
            self.close()
            for ending in ("", "-wal", "-shm"):
                self._path.with_name(self._path.name + ending).unlink(missing_ok=True)

    def close(self) -> None:
        connection, self._open = self._open, None
        if connection is not None:
            connection.close()

    @property
    def _connection(self) -> sqlite3.Connection:
        """Open the file if it is not open. Older signals are skipped."""
        if self._open is None:
            self._open = _connected(self._path)
            self._version = self._read("PRAGMA data_version")
            self._number = self._read(_NEWEST)
        return self._open

    def _say(self) -> None:
        now = self._clock()
        connection = self._connection
        with transaction(connection):
            texts = [SIGNAL.text(it) for it in self._signals.take_unsent()]
            connection.executemany(_SAY, [(self._sender, now, text) for text in texts])
            connection.execute(_FORGET, (KEPT,))

    def _listen(self) -> None:
        while rows := self._connection.execute(_HEARD, (self._number, AT_ONCE)).fetchall():
            self._number = rows[-1][0]
            others = [(at, said) for _, sender, at, said in rows if sender != self._sender]
            overhear(self._signals, others, self._clock())

    def _read(self, statement: str) -> int:
        return int(self._connection.execute(statement).fetchone()[0])


def _connected(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute(_TABLE)
    except BaseException:
        connection.close()
        raise
    return connection
