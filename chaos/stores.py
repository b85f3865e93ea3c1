"""Where the house keeps its tickets, what Guildesk needs to find it, and what disturbs it from outside."""

import asyncio
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Protocol

from chaos.mongo_server import MongoServer


class HouseStore(Protocol):
    @property
    def settings(self) -> Mapping[str, str]:
        """What Guildesk needs to find it."""
        ...

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    async def stand_still(self, seconds: float) -> None:
        """It answers nothing, or takes nothing, for a while."""
        ...

    async def kill(self) -> None:
        """As a power cut would; it is started by ``start``."""
        ...


class EmbeddedStore:
    """The file of SQLite in the house's folder. It has no process of its own."""

    settings: Mapping[str, str] = {}

    def __init__(self, folder: Path) -> None:
        self._file = folder / "guildesk.sqlite3"

    async def start(self) -> None:
        """It is there."""

    async def stop(self) -> None:
        """It stays."""

    async def stand_still(self, seconds: float) -> None:
        file = self._file
        with closing(sqlite3.connect(file, isolation_level=None, timeout=10, check_same_thread=False)) as it:
            await asyncio.to_thread(it.execute, "BEGIN IMMEDIATE")
            await asyncio.sleep(seconds)
            it.execute("ROLLBACK")

    async def kill(self) -> None:
        raise AssertionError("the embedded store is killed with Guildesk")


class MongoStore:
    """A server that speaks MongoDB's protocol, with its data in the house's folder."""

    def __init__(self, folder: Path) -> None:
        self.server = MongoServer(folder)
        self.settings: Mapping[str, str] = {"MONGO_URI": self.server.uri, "DB_NAME": "guildesk"}

    async def start(self) -> None:
        await self.server.start()

    async def stop(self) -> None:
        await self.server.stop()

    async def stand_still(self, seconds: float) -> None:
        self.server.freeze()
        await asyncio.sleep(seconds)
        self.server.thaw()

    async def kill(self) -> None:
        await self.server.kill()
