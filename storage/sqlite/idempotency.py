"""Idempotency keys in SQLite. Expired ones are removed when new ones are stored."""

import secrets
import sqlite3

from storage.sqlite.writer import Writer
from tickets.model import Millis
from tickets.ports.idempotency import KEPT, Reservation

FORGET = "DELETE FROM idempotency_keys WHERE at <= ?"
_FIND = "SELECT digest, seed, status, body, until FROM idempotency_keys WHERE key = ?"
_MAKE = "INSERT INTO idempotency_keys (key, digest, seed, at, until) VALUES (?, ?, ?, ?, ?)"
_TAKE_OVER = "UPDATE idempotency_keys SET until = ? WHERE key = ?"
_SETTLE = "UPDATE idempotency_keys SET status = ?, body = ? WHERE key = ? AND seed = ? AND status IS NULL"
_RELEASE = "UPDATE idempotency_keys SET until = 0 WHERE key = ? AND seed = ?"


class SqliteIdempotencyKeys:
    """The port ``IdempotencyKeys``."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    async def reserve(self, key: str, digest: str, *, now: Millis, until: Millis) -> Reservation:
        def work(connection: sqlite3.Connection) -> Reservation:
            connection.execute(FORGET, (now - KEPT,))
            found = connection.execute(_FIND, (key,)).fetchone()
            if found is None:
                seed = secrets.token_hex(16)
                connection.execute(_MAKE, (key, digest, seed, now, until))
                return Reservation(digest, seed, is_mine=True)
            claimed, seed, status, body, worked_until = found
            if status is not None:
                return Reservation(claimed, seed, (status, body))
            if claimed != digest or worked_until > now:
                return Reservation(claimed, seed)
            connection.execute(_TAKE_OVER, (until, key))
            return Reservation(claimed, seed, is_mine=True)

        return await self._writer.write(work)

    async def settle(self, key: str, seed: str, answer: tuple[int, str]) -> None:
        await self._writer.execute(_SETTLE, (*answer, key, seed))

    async def release(self, key: str, seed: str) -> None:
        await self._writer.execute(_RELEASE, (key, seed))
