"""The table of canned answers in SQLite."""

import sqlite3

from storage.sqlite.reader import Reader
from storage.sqlite.writer import Writer
from tickets.canned import CannedAnswer
from tickets.model import Millis
from tickets.ports.canned import Kept

_COLUMNS = "name, content, created_at, updated_at, used"
_ALL = f"SELECT {_COLUMNS} FROM canned ORDER BY name"  # noqa: S608  a constant of ours
_GET = f"SELECT {_COLUMNS} FROM canned WHERE name = ?"  # noqa: S608
_ADD = f"INSERT INTO canned ({_COLUMNS}) VALUES (?, ?, ?, ?, ?)"  # noqa: S608
_CHANGE = """
UPDATE OR IGNORE canned SET name = coalesce(?, name), content = coalesce(?, content), updated_at = ?
WHERE name = ?"""


class SqliteCannedAnswers:
    """The port ``CannedAnswers``."""

    def __init__(self, reader: Reader, writer: Writer) -> None:
        self._reader = reader
        self._writer = writer

    async def all(self) -> list[CannedAnswer]:
        return [_canned(*row) for row in await self._reader.all(_ALL)]

    async def get(self, name: str) -> CannedAnswer | None:
        row = await self._reader.one(_GET, (name,))
        return None if row is None else _canned(*row)

    async def add(self, answer: CannedAnswer, most: int) -> Kept:
        it = answer
        row = (it.name, it.content, it.created_at, it.updated_at, it.used)

        def work(connection: sqlite3.Connection) -> Kept:
            if connection.execute(_GET, (it.name,)).fetchone() is not None:
                return Kept.TAKEN
            (count,) = connection.execute("SELECT count(*) FROM canned").fetchone()
            if count >= most:
                return Kept.FULL
            connection.execute(_ADD, row)
            return Kept.DONE

        return await self._writer.write(work)

    async def change(self, name: str, new_name: str | None, content: str | None, at: Millis) -> Kept:
        def work(connection: sqlite3.Connection) -> Kept:
            if connection.execute(_GET, (name,)).fetchone() is None:
                return Kept.MISSING
            changed = connection.execute(_CHANGE, (new_name, content, at, name)).rowcount
            return Kept.DONE if changed else Kept.TAKEN

        return await self._writer.write(work)

    async def remove(self, name: str) -> Kept:
        gone = await self._writer.execute("DELETE FROM canned WHERE name = ?", (name,))
        return Kept.DONE if gone else Kept.MISSING

    async def count(self, name: str) -> None:
        await self._writer.execute("UPDATE canned SET used = used + 1 WHERE name = ?", (name,))


def _canned(name: str, content: str, created_at: Millis, updated_at: Millis, used: int) -> CannedAnswer:
    return CannedAnswer(name=name, content=content, created_at=created_at, updated_at=updated_at, used=used)
