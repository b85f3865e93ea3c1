"""Where a store lives, so that it can be opened again, and by two at once as if by two processes."""

import sqlite3
from contextlib import AbstractAsyncContextManager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from storage.sqlite.store import open_sqlite
from tickets.model import Millis
from tickets.ports import Clock, Store

NOON: Millis = 1_800_000_000_000


@dataclass
class Hands:
    """A clock whose hands the test moves."""

    now: Millis = NOON

    def __call__(self) -> Millis:
        return self.now


class Place(Protocol):
    def open(self, clock: Clock) -> AbstractAsyncContextManager[Store]: ...

    async def write_version(self, version: int) -> None:
        """Make the store look as if a program of that schema version had written it."""
        ...


@dataclass
class SqlitePlace:
    folder: Path

    def open(self, clock: Clock) -> AbstractAsyncContextManager[Store]:
        return open_sqlite(self.folder, clock)

    async def write_version(self, version: int) -> None:
        with closing(sqlite3.connect(self.folder / "guildesk.sqlite3")) as connection:
            connection.execute(f"PRAGMA user_version = {version}")
