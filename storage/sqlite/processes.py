"""The registry of processes in SQLite."""

import sqlite3

from storage.codec import PROCESS
from storage.sqlite.reader import Reader
from storage.sqlite.writer import Writer
from tickets.ports.processes import KEPT, ProcessSeen

_ALL = "SELECT body FROM processes ORDER BY name"
_SEEN = "INSERT OR REPLACE INTO processes (name, seen_at, body) VALUES (?, ?, ?)"
_FORGET = "DELETE FROM processes WHERE seen_at < ?"
_GONE = "DELETE FROM processes WHERE name = ?"


class SqliteProcesses:
    """The port ``Processes``."""

    def __init__(self, reader: Reader, writer: Writer) -> None:
        self._reader = reader
        self._writer = writer

    async def seen(self, process: ProcessSeen) -> None:
        def work(connection: sqlite3.Connection) -> None:
            connection.execute(_SEEN, (process.name, process.seen_at, PROCESS.text(process)))
            connection.execute(_FORGET, (process.seen_at - KEPT,))

        await self._writer.write(work)

    async def gone(self, name: str) -> None:
        await self._writer.execute(_GONE, (name,))

    async def all(self) -> list[ProcessSeen]:
        found = [PROCESS.from_text(body) for (body,) in await self._reader.all(_ALL)]
        return sorted(found, key=lambda it: (it.started_at, it.name))
