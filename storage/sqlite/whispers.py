"""Whispers between the processes of one machine, in a file of their own.

Nothing in it is worth waiting for the disk, or a back-up. It keeps the newest whispers only; a process that
hears nothing new pays a few microseconds for looking."""

import asyncio
import logging
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Final
from uuid import uuid4

from storage.beside import beside
from storage.records import whisper_text
from storage.sqlite.others import BETWEEN_LOOKS
from storage.whispering import AT_ONCE, overhear
from tickets.ports import Clock
from tickets.whispers import Whisper, Whispers

log = logging.getLogger(__name__)

KEPT: Final = 1_000
"""Whispers: more than are said between two looks."""

_TABLE = """
CREATE TABLE IF NOT EXISTS whispers (
    number INTEGER PRIMARY KEY AUTOINCREMENT, sender TEXT NOT NULL, at INTEGER NOT NULL, said TEXT NOT NULL
)"""
_NEWEST = "SELECT coalesce(max(number), 0) FROM whispers"
_SAY = "INSERT INTO whispers (sender, at, said) VALUES (?, ?, ?)"
_FORGET = "DELETE FROM whispers WHERE number <= (SELECT max(number) FROM whispers) - ?"
_HEARD = "SELECT number, sender, at, said FROM whispers WHERE number > ? ORDER BY number LIMIT ?"


@asynccontextmanager
async def whispering(path: Path, whispers: Whispers, clock: Clock) -> AsyncIterator[None]:
    """Pass on what is said here, and hear what others say, while inside."""
    with closing(_opened(path)) as connection:
        async with beside(_Passing(connection, whispers, clock).run(), "whispering"):
            yield


class _Passing:
    def __init__(self, connection: sqlite3.Connection, whispers: Whispers, clock: Clock) -> None:
        self._connection = connection
        self._whispers = whispers
        self._clock = clock
        self._sender = uuid4().hex
        self._version = self._read("PRAGMA data_version")
        self._number = self._read(_NEWEST)

    async def run(self) -> None:
        """Look again and again, until cancelled."""
        while True:
            await asyncio.sleep(BETWEEN_LOOKS)
            try:
                if unsent := self._whispers.take_unsent():
                    self._say(unsent)
                version = self._read("PRAGMA data_version")
                if version != self._version:
                    self._listen()
                    self._version = version
            except sqlite3.DatabaseError as error:  # somebody writes just now, or the disk is full
                log.debug("whispers are not passed on: %s", error)

    def _say(self, unsent: list[Whisper]) -> None:
        now = self._clock()
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            self._connection.executemany(_SAY, [(self._sender, now, whisper_text(it)) for it in unsent])
            self._connection.execute(_FORGET, (KEPT,))
            self._connection.execute("COMMIT")
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise

    def _listen(self) -> None:
        while rows := self._connection.execute(_HEARD, (self._number, AT_ONCE)).fetchall():
            self._number = rows[-1][0]
            others = [(at, said) for _, sender, at, said in rows if sender != self._sender]
            overhear(self._whispers, others, self._clock())

    def _read(self, statement: str) -> int:
        return int(self._connection.execute(statement).fetchone()[0])


def _opened(path: Path) -> sqlite3.Connection:
    """The file's connection. One that a power cut has broken is made anew: nothing in it is missed."""
    try:
        return _connection(path)
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):
            raise
        log.warning("%s: %s; it is made anew", path, error)
        for left in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
            left.unlink(missing_ok=True)
        return _connection(path)


def _connection(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=5, isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute(_TABLE)
        connection.execute("PRAGMA busy_timeout = 10")
    except BaseException:
        connection.close()
        raise
    return connection
