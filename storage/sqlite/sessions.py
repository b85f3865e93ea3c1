"""The tables of sessions, signing keys and tries in SQLite."""

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from storage.codec import SESSION
from storage.sqlite.reader import Reader
from storage.sqlite.writer import Writer
from tickets.model import Millis, UserKey
from tickets.ports.accounts import Session, SigningKey, Tried

T = TypeVar("T")

_ADD = "INSERT INTO sessions (key, user, turn, turned_at, expires_at, body) VALUES (?, ?, ?, ?, ?, ?)"
_TURN = """
UPDATE sessions SET turn = ?, turned_at = ?, expires_at = ?, body = ? WHERE key = ? AND turn = ?"""
OF_USER = "SELECT body FROM sessions WHERE user = ? ORDER BY turned_at DESC, key"
_TRIED = "SELECT count, since, last_at FROM tries WHERE key = ?"
_TRY = """
INSERT INTO tries (key, count, since, last_at, expires_at) VALUES (?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET count = excluded.count, since = excluded.since, last_at = excluded.last_at,
    expires_at = excluded.expires_at"""


class SqliteSessions:
    """The port ``Sessions``."""

    def __init__(self, reader: Reader, writer: Writer) -> None:
        self._reader = reader
        self._writer = writer

    async def add(self, session: Session) -> None:
        it = session
        row = (it.id, str(it.person.key), it.turn, it.turned_at, it.expires_at, SESSION.text(it))
        await self._writer.execute(_ADD, row)

    async def get(self, session_id: str) -> Session | None:
        return SESSION.in_row(
            await self._reader.one("SELECT body FROM sessions WHERE key = ?", (session_id,))
        )

    async def turn(self, session: Session, at: Millis, expires_at: Millis) -> bool:
        it = replace(session, turn=session.turn + 1, turned_at=at, expires_at=expires_at)
        row = (it.turn, it.turned_at, it.expires_at, SESSION.text(it), it.id, session.turn)
        return await self._writer.execute(_TURN, row) > 0

    async def of(self, key: UserKey) -> list[Session]:
        rows = await self._reader.all(OF_USER, (str(key),))
        return [SESSION.from_text(body) for (body,) in rows]

    async def end(self, session_id: str) -> None:
        await self._writer.execute("DELETE FROM sessions WHERE key = ?", (session_id,))

    async def end_all(self, key: UserKey, *, but: str | None = None) -> None:
        await self._writer.execute("DELETE FROM sessions WHERE user = ? AND key <> ?", (str(key), but or ""))

    async def sweep(self, now: Millis) -> None:
        await self._writer.execute("DELETE FROM sessions WHERE expires_at <= ?", (now,))


class SqliteSigningKeys:
    """The port ``SigningKeys``."""

    def __init__(self, reader: Reader, writer: Writer) -> None:
        self._reader = reader
        self._writer = writer

    async def all(self) -> list[SigningKey]:
        rows = await self._reader.all("SELECT key, private, created_at FROM signing_keys ORDER BY created_at")
        return [SigningKey(*row) for row in rows]

    async def add(self, key: SigningKey) -> None:
        row = (key.id, key.private, key.created_at)
        await self._writer.execute(
            "INSERT INTO signing_keys (key, private, created_at) VALUES (?, ?, ?)", row
        )

    async def remove_before(self, at: Millis) -> None:
        await self._writer.execute("DELETE FROM signing_keys WHERE created_at < ?", (at,))


class SqliteTries:
    """The port ``Tries``."""

    def __init__(self, reader: Reader, writer: Writer) -> None:
        self._reader = reader
        self._writer = writer

    async def change(
        self, key: str, until: Millis, change: Callable[[Tried | None], tuple[Tried | None, T]]
    ) -> T:
        def work(connection: sqlite3.Connection) -> T:
            row = connection.execute(_TRIED, (key,)).fetchone()
            tried, answer = change(None if row is None else Tried(*row))
            if tried is None:
                connection.execute("DELETE FROM tries WHERE key = ?", (key,))
            else:
                connection.execute(_TRY, (key, tried.count, tried.since, tried.last_at, until))
            return answer

        return await self._writer.write(work)

    async def get(self, key: str) -> Tried | None:
        row = await self._reader.one(_TRIED, (key,))
        return None if row is None else Tried(*row)

    async def forget(self, beginning: str) -> None:
        span = (beginning, f"{beginning}\U0010ffff")
        await self._writer.execute("DELETE FROM tries WHERE key >= ? AND key < ?", span)

    async def sweep(self, now: Millis) -> None:
        await self._writer.execute("DELETE FROM tries WHERE expires_at <= ?", (now,))
