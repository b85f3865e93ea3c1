"""Timers in SQLite. A timer that has gone off stays in the table without a time, so that it is not set
again."""

import sqlite3
from collections.abc import Sequence

from storage.sqlite.lease import SinksWriter
from storage.sqlite.reader import Reader
from tickets.model import Millis, TicketId
from tickets.ports.sinks import Due
from tickets.ports.timers import Timer, TimerKind

DUE = "SELECT ticket_id FROM timers WHERE kind = ? AND due_at <= ? ORDER BY due_at LIMIT ?"
EARLIEST = "SELECT min(due_at) FROM timers WHERE kind = ? AND due_at IS NOT NULL"
_NEXT_DUE = """
SELECT set_at_seq, due_at, attempts FROM timers WHERE kind = ? AND ticket_id = ? AND due_at <= ?"""
_SET = """
INSERT INTO timers (ticket_id, kind, set_at_seq, due_at) VALUES (?, ?, ?, ?)
ON CONFLICT DO UPDATE SET set_at_seq = excluded.set_at_seq, due_at = excluded.due_at, attempts = 0
WHERE set_at_seq < excluded.set_at_seq"""
_DONE = "UPDATE timers SET due_at = NULL, attempts = 0 WHERE kind = ? AND ticket_id = ? AND set_at_seq = ?"
_PUT_OFF = """
UPDATE timers SET due_at = ?, attempts = attempts + 1
WHERE kind = ? AND ticket_id = ? AND set_at_seq = ? AND due_at IS NOT NULL"""
_FAILED = """
INSERT INTO failures (sink, ticket_id, seq, reason) VALUES (?, ?, ?, ?)
ON CONFLICT DO UPDATE SET reason = excluded.reason"""
_HASTEN_ALL = "UPDATE timers SET due_at = 0 WHERE kind = ? AND attempts > 0 AND due_at > ?"
_HASTEN = f"{_HASTEN_ALL} AND ticket_id = ?"


class SqliteTimers:
    """The port ``Timers``."""

    def __init__(self, reader: Reader, writer: SinksWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def set(self, timer: Timer) -> None:
        await self._writer.execute(_SET, (timer.ticket_id, timer.kind, timer.set_at_seq, timer.due_at))

    async def tickets_due(self, kind: TimerKind, now: Millis, limit: int) -> list[TicketId]:
        return [TicketId(row[0]) for row in await self._reader.few(DUE, (kind, now, limit))]

    async def next_due(self, kind: TimerKind, ticket_id: TicketId, now: Millis) -> Due[Timer] | None:
        row = await self._reader.one(_NEXT_DUE, (kind, ticket_id, now))
        return None if row is None else Due(Timer(ticket_id, kind, row[0], row[1]), attempts=row[2])

    async def earliest(self, kind: TimerKind) -> Millis | None:
        row = await self._reader.one(EARLIEST, (kind,))
        return None if row is None else row[0]

    async def done(self, kind: TimerKind, timer: Timer) -> None:
        await self._writer.execute(_DONE, (kind, timer.ticket_id, timer.set_at_seq))

    async def put_off(self, kind: TimerKind, timer: Timer, until: Millis) -> None:
        await self._writer.execute(_PUT_OFF, (until, kind, timer.ticket_id, timer.set_at_seq))

    async def failed(self, kind: TimerKind, timer: Timer, reason: str) -> None:
        key = (kind, timer.ticket_id, timer.set_at_seq)

        def work(connection: sqlite3.Connection) -> None:
            connection.execute(_DONE, key)
            connection.execute(_FAILED, (*key, reason))

        await self._writer.write(work)

    async def hasten(
        self, kind: TimerKind, ticket_ids: Sequence[TicketId] | None, beyond: Millis = 0
    ) -> None:
        if ticket_ids is None:
            await self._writer.execute(_HASTEN_ALL, (kind, beyond))
        else:
            await self._writer.execute_many(_HASTEN, ((kind, beyond, it) for it in ticket_ids))
