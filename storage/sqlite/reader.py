"""Connections that only read. They never wait for the writer, and see everything that was committed
before."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing
from pathlib import Path
from typing import Any

import aiosqlite

from storage.sqlite import sql
from storage.sqlite.connection import LARGEST, PATIENCE, connect, is_away
from tickets.ports.store import StoreUnavailable

EVENT = "ticket_id, seq, event_id, type, at, body, requester_key"
"""The columns that ``codec.event_from`` takes."""

CONNECTIONS = 2
"""While one connection is busy with a long read (a whole transcript), another is free."""

Row = tuple[Any, ...]
Values = Sequence[Any] | Mapping[str, Any]


class Reader:
    """Reads from the file.

    Short reads run in the event loop, on a connection of their own: handing them to a thread takes ten times
    as long as a walk along an index. Long reads run in threads, on any connection that is free."""

    def __init__(
        self, path: Path, at_once: sqlite3.Connection, connections: list[aiosqlite.Connection]
    ) -> None:
        self._path = path
        self._at_once = at_once
        self._free: asyncio.LifoQueue[aiosqlite.Connection] = asyncio.LifoQueue()
        for connection in connections:
            self._free.put_nowait(connection)
        self.closed = False

    async def all(self, statement: str, values: Values = ()) -> list[Row]:
        """Every row. A value of None where a number is compared means no bound, and larger numbers than
        SQLite knows mean its largest."""
        connection = await self._free.get()
        try:
            if self.closed:
                raise StoreUnavailable(f"{self._path} is closed")
            return [tuple(row) for row in await connection.execute_fetchall(statement, _bounded(values))]
        except sqlite3.DatabaseError as error:
            if is_away(error):
                raise StoreUnavailable(f"{self._path}: {error}") from error
            raise
        finally:
            self._free.put_nowait(connection)

    async def few(self, statement: str, values: Values = ()) -> list[Row]:
        """The same, for a statement that reads a few rows along an index."""
        if not self.closed:
            try:
                return self._at_once.execute(statement, _bounded(values)).fetchall()
            except sqlite3.DatabaseError as error:
                if not is_away(error):
                    raise
        return await self.all(statement, values)  # which can wait

    async def matching(self, select: str, keys: Sequence[Row]) -> list[Row]:
        """The same as ``sql.matching``."""
        rows = []
        for statement, bound in sql.matching(select, keys):
            rows += await self.few(statement, bound)
        return rows

    async def one(self, statement: str, values: Values = ()) -> Row | None:
        """The first row of a statement that uses an index."""
        rows = await self.few(statement, values)
        return rows[0] if rows else None


def _bounded(values: Values) -> Values:
    if isinstance(values, Mapping):
        return {name: _bound(value) for name, value in values.items()}
    return [it if isinstance(it, str) else _bound(it) for it in values]


def _bound(value: Any) -> Any:
    if value is None:
        return LARGEST
    return min(value, LARGEST) if isinstance(value, int) else value


@asynccontextmanager
async def open_reader(path: Path) -> AsyncIterator[Reader]:
    async with AsyncExitStack() as stack:
        at_once = stack.enter_context(closing(connect(path, patience=0)))
        at_once.execute("PRAGMA query_only = ON")
        connections = []
        for _ in range(CONNECTIONS):
            connection = await stack.enter_async_context(
                aiosqlite.connect(path, timeout=PATIENCE, isolation_level=None, cached_statements=256)
            )
            await connection.execute_fetchall("PRAGMA query_only = ON")
            connections.append(connection)
        reader = Reader(path, at_once, connections)
        try:
            yield reader
        finally:
            reader.closed = True
