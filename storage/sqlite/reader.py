"""Connections that only read. They never wait for the writer and see whatever was committed before."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import aiosqlite

from storage.sqlite import sql
from storage.sqlite.connection import LARGEST, PATIENCE, is_away
from tickets.ports import StoreUnavailable

EVENT = "ticket_id, seq, event_id, type, at, body"
"""The columns of ``records.event_from``."""

CONNECTIONS = 2
"""One long read (a whole transcript) leaves the other free."""

Row = tuple[Any, ...]


class Reader:
    """Runs one statement at a time on whichever connection is free."""

    def __init__(self, path: Path, connections: list[aiosqlite.Connection]) -> None:
        self._path = path
        self._free: asyncio.LifoQueue[aiosqlite.Connection] = asyncio.LifoQueue()
        for connection in connections:
            self._free.put_nowait(connection)
        self.closed = False

    async def all(self, statement: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> list[Row]:
        """Every row. A value of None where a number is compared means no bound, and larger numbers than
        SQLite knows mean its largest."""
        if self.closed:
            raise StoreUnavailable(f"{self._path} is closed")
        connection = await self._free.get()
        try:
            return [tuple(row) for row in await connection.execute_fetchall(statement, _bounded(values))]
        except sqlite3.DatabaseError as error:
            if is_away(error):
                raise StoreUnavailable(f"{self._path}: {error}") from error
            raise
        finally:
            self._free.put_nowait(connection)

    async def matching(self, select: str, keys: Sequence[Row]) -> list[Row]:
        """The same as ``sql.matching``."""
        rows = []
        for statement, values in sql.matching(select, keys):
            rows += await self.all(statement, values)
        return rows

    async def one(self, statement: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> Row | None:
        rows = await self.all(statement, values)
        return rows[0] if rows else None


def _bounded(values: Sequence[Any] | Mapping[str, Any]) -> Sequence[Any] | Mapping[str, Any]:
    if isinstance(values, Mapping):
        return {name: _bound(value) for name, value in values.items()}
    return [_bound(value) for value in values]


def _bound(value: Any) -> Any:
    if value is None:
        return LARGEST
    return min(value, LARGEST) if isinstance(value, int) else value


@asynccontextmanager
async def open_reader(path: Path) -> AsyncIterator[Reader]:
    async with AsyncExitStack() as stack:
        connections = []
        for _ in range(CONNECTIONS):
            connection = await stack.enter_async_context(
                aiosqlite.connect(path, timeout=PATIENCE, isolation_level=None, cached_statements=256)
            )
            await connection.execute_fetchall("PRAGMA query_only = ON")
            connections.append(connection)
        reader = Reader(path, connections)
        try:
            yield reader
        finally:
            reader.closed = True
