"""What the sinks still have to show, in SQLite: one row for each event and sink."""

# ruff: noqa: S608  only constants of ours are put into statements, never values

import sqlite3
from collections.abc import Sequence

from storage.codec import event_from
from storage.index_keys import URGENCIES
from storage.replays import Replays
from storage.sqlite.lease import SinksWriter
from storage.sqlite.reader import EVENT, Reader
from tickets.events import Event, MessagePosted, NoteAdded
from tickets.model import Delivery, Millis, TicketId
from tickets.ports.sinks import LONGEST_PUT_OFF, Due, Failure, Listening, SinkName

_IS_FRONT = """NOT EXISTS (
    SELECT 1 FROM todo AS lower
    WHERE lower.sink = todo.sink AND lower.ticket_id = todo.ticket_id AND lower.seq < todo.seq)"""

_ONE_LEVEL_DUE = f"""SELECT * FROM (
    SELECT ticket_id FROM todo
    WHERE sink = :sink AND urgency = {{}} AND due_at {{}} AND {_IS_FRONT}
    ORDER BY due_at LIMIT :limit)"""
_WHEN_DUE = ("<= :now", "> :now + :longest")

TICKETS_DUE = (
    " UNION ALL ".join(_ONE_LEVEL_DUE.format(urgency, when) for urgency in URGENCIES for when in _WHEN_DUE)
    + " LIMIT :limit"
)

NEXT_DUE = f"""
SELECT todo.due_at, todo.attempts, {EVENT.replace("ticket_id, seq", "events.ticket_id, events.seq")}
FROM todo CROSS JOIN events ON events.ticket_id = todo.ticket_id AND events.seq = todo.seq
WHERE todo.sink = ? AND todo.ticket_id = ? ORDER BY todo.seq LIMIT 1"""

_EARLIEST_OF_LEVEL = f"""SELECT * FROM (
    SELECT due_at FROM todo WHERE sink = :sink AND urgency = {{}} AND {_IS_FRONT}
    ORDER BY due_at LIMIT 1)"""

EARLIEST = f"""
SELECT min(due_at) FROM ({" UNION ALL ".join(_EARLIEST_OF_LEVEL.format(it) for it in URGENCIES)})"""

_FAILURES = "SELECT seq, reason FROM failures WHERE sink = ? AND ticket_id = ? ORDER BY seq"

_HASTEN_ALL = "UPDATE todo SET due_at = 0 WHERE sink = ? AND due_at > ?"
_HASTEN = f"{_HASTEN_ALL} AND ticket_id = ?"

PENDING = "SELECT 1 FROM todo WHERE sink = ? AND ticket_id = ? LIMIT 1"

_REPLAY = """
INSERT INTO todo (sink, ticket_id, seq, urgency, due_at)
SELECT ?, ticket_id, ?, urgency, 0 FROM tickets WHERE ticket_id = ?
ON CONFLICT DO UPDATE SET due_at = 0, attempts = 0"""


class SqliteBacklog:
    """The port ``Backlog``."""

    def __init__(self, reader: Reader, writer: SinksWriter, sinks: Sequence[Listening]) -> None:
        self._reader = reader
        self._writer = writer
        self._wants = {it.sink: it.wants for it in sinks}
        self._replays = Replays()

    async def tickets_due(self, sink: SinkName, now: Millis, limit: int) -> list[TicketId]:
        values = {"sink": sink, "now": now, "longest": LONGEST_PUT_OFF, "limit": limit}
        rows = await self._reader.few(TICKETS_DUE, values)
        return [TicketId(row[0]) for row in rows]

    async def next_due(self, sink: SinkName, ticket_id: TicketId, now: Millis) -> Due[Event] | None:
        self._replays.begin(sink, ticket_id)
        row = await self._reader.one(NEXT_DUE, (sink, ticket_id))
        if row is None or now < row[0] <= now + LONGEST_PUT_OFF:
            return None
        return Due(event_from(*row[2:]), attempts=row[1])

    async def earliest(self, sink: SinkName) -> Millis | None:
        row = await self._reader.one(EARLIEST, {"sink": sink})
        return None if row is None else row[0]

    async def done(self, sink: SinkName, event: Event) -> None:
        if self._replays.overtook(sink, event.ticket_id):
            return

        def work(connection: sqlite3.Connection) -> None:
            _done(connection, sink, event)
            _delivered(connection, sink, event, Delivery.DELIVERED)

        await self._writer.write(work)

    async def put_off(self, sink: SinkName, event: Event, until: Millis) -> None:
        def work(connection: sqlite3.Connection) -> None:
            pending = connection.execute(
                "UPDATE todo SET due_at = ?, attempts = attempts + 1"
                " WHERE sink = ? AND ticket_id = ? AND seq = ?",
                (until, sink, event.ticket_id, event.seq),
            )
            if not pending.rowcount:
                return
            # Later events of the ticket wait too. Their rows get the same time, so the index skips them.
            connection.execute(
                "UPDATE todo SET due_at = ?1 WHERE sink = ?2 AND ticket_id = ?3 AND seq > ?4 AND due_at < ?1",
                (until, sink, event.ticket_id, event.seq),
            )

        await self._writer.write(work)

    async def failed(self, sink: SinkName, event: Event, reason: str) -> None:
        if self._replays.overtook(sink, event.ticket_id):
            return

        def work(connection: sqlite3.Connection) -> None:
            _done(connection, sink, event)
            connection.execute(
                "INSERT INTO failures (sink, ticket_id, seq, reason) VALUES (?, ?, ?, ?)"
                " ON CONFLICT DO UPDATE SET reason = excluded.reason",
                (sink, event.ticket_id, event.seq, reason),
            )
            _delivered(connection, sink, event, Delivery.FAILED)

        await self._writer.write(work)

    async def failures(self, sink: SinkName, ticket_id: TicketId) -> list[Failure]:
        return [Failure(*row) for row in await self._reader.all(_FAILURES, (sink, ticket_id))]

    async def retry(self, sink: SinkName, ticket_id: TicketId, seqs: Sequence[int]) -> None:
        def work(connection: sqlite3.Connection) -> None:
            for seq in seqs:
                key = (sink, ticket_id, seq)
                failed = connection.execute(
                    "DELETE FROM failures WHERE sink = ? AND ticket_id = ? AND seq = ?", key
                )
                if not failed.rowcount:
                    continue
                connection.execute(_REPLAY, (sink, seq, ticket_id))
                for row in connection.execute(
                    f"SELECT {EVENT} FROM events WHERE ticket_id = ? AND seq = ?", (ticket_id, seq)
                ).fetchall():
                    _delivered(connection, sink, event_from(*row), Delivery.QUEUED)

        await self._writer.write(work)

    async def pending(self, sink: SinkName, ticket_id: TicketId) -> bool:
        row = await self._reader.one(PENDING, (sink, ticket_id))
        return row is not None

    async def replay(self, sink: SinkName, ticket_id: TicketId) -> None:
        self._replays.add(sink, ticket_id)

        def work(connection: sqlite3.Connection) -> None:
            rows = connection.execute(f"SELECT {EVENT} FROM events WHERE ticket_id = ?", (ticket_id,))
            wanted = [event for event in (event_from(*row) for row in rows) if self._wants[sink](event)]
            connection.executemany(_REPLAY, [(sink, event.seq, ticket_id) for event in wanted])

        await self._writer.write(work)

    async def hasten(self, sink: SinkName, ticket_ids: Sequence[TicketId] | None, beyond: Millis = 0) -> None:
        if ticket_ids is None:
            await self._writer.execute(_HASTEN_ALL, (sink, beyond))
        else:
            await self._writer.execute_many(_HASTEN, ((sink, beyond, it) for it in ticket_ids))


def _done(connection: sqlite3.Connection, sink: SinkName, event: Event) -> None:
    connection.execute(
        "DELETE FROM todo WHERE sink = ? AND ticket_id = ? AND seq = ?", (sink, event.ticket_id, event.seq)
    )


def _delivered(connection: sqlite3.Connection, sink: SinkName, event: Event, delivery: Delivery) -> None:
    """Only the event that posted a message sets the message's delivery."""
    if sink is SinkName.DISCORD and isinstance(event.data, MessagePosted | NoteAdded):
        connection.execute(
            "UPDATE messages SET delivery = ? WHERE ticket_id = ? AND is_note = ? AND seq = ?",
            (delivery, event.ticket_id, isinstance(event.data, NoteAdded), event.seq),
        )
