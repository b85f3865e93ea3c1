"""Erasing in SQLite. Removed content is overwritten, because writing connections have ``secure_delete``
on."""

import asyncio
import json
import logging
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Final, TypeVar

from storage.codec import ERASURE, MESSAGE, TICKET, body_text
from storage.erasing import GONE, mentions
from storage.sqlite import pseudonyms, sql
from storage.sqlite.changes import Changes
from storage.sqlite.connection import connect
from storage.sqlite.reader import Reader
from storage.sqlite.words import opening_anew, texts_anew
from storage.sqlite.writer import Writer
from tickets.desks.in_thread import aside
from tickets.events import Event
from tickets.fold_messages import messages_of
from tickets.model import FileId, Millis, Ticket, TicketId, UserKey
from tickets.ports.erasing import Erasure, ErasureState, LookedThrough, Pseudonym
from tickets.ports.store import Appended, StoreUnavailable

log = logging.getLogger(__name__)

T = TypeVar("T")

AT_ONCE: Final = 100
"""So many rows are one transaction, during which nobody else can write."""
_KEEP = """
INSERT INTO erasures (id, asked_at, user_key, done, body) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET user_key = excluded.user_key, done = excluded.done, body = excluded.body"""
_EVENT = "UPDATE events SET body = ?, requester_key = ? WHERE ticket_id = ? AND seq = ?"
_MESSAGE = "UPDATE messages SET body = ? WHERE ticket_id = ? AND is_note = ? AND seq = ?"
_OF_PEOPLE: Final = {"people": "people", "users": "notes_and_blocks", "agents": "agents"}
"""Tables with rows by user, and the name of these rows in a receipt."""
_OF_UPLOADS = "(uploader = ? AND event_id IS NULL) OR ticket_id IN (SELECT value FROM json_each(?))"
_IN_USERS = "IN (SELECT value FROM json_each(:users))"
_OF_TICKETS = "ticket_id IN (SELECT value FROM json_each(:tickets))"
_KEPT_OF_THEM: Final = {
    **{name: (table, f"key {_IN_USERS}") for table, name in _OF_PEOPLE.items()},
    "uploads": ("uploads", f"(uploader {_IN_USERS} AND event_id IS NULL) OR {_OF_TICKETS}"),
    "looks": ("looks", f"user_key {_IN_USERS}"),
    "notifications": ("notifications", f"user_key {_IN_USERS} OR {_OF_TICKETS}"),
}
_EVERYBODY = "SELECT key FROM people UNION SELECT requester_key FROM tickets UNION SELECT key FROM agents"
_SCRUBBED = "SELECT 1 FROM meta WHERE key = 'scrubbed'"
_IS_SCRUBBED = "INSERT INTO meta (key, value) VALUES ('scrubbed', 1) ON CONFLICT DO NOTHING"
_SWEPT = "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value"


class SqliteErasures:
    """The port ``Erasures``."""

    def __init__(self, folder: Path, path: Path, reader: Reader, writer: Writer) -> None:
        self._folder = folder
        self._path = path
        self._reader = reader
        self._writer = writer

    async def keep(self, erasure: Erasure) -> None:
        user = None if erasure.user is None else str(erasure.user)
        is_done = erasure.state is ErasureState.DONE
        row = (erasure.id, erasure.asked_at, user, is_done, ERASURE.text(erasure))
        await self._writer.execute(_KEEP, row)

    async def get(self, erasure_id: str) -> Erasure | None:
        return await self._one("id = ?", erasure_id)

    async def of_user(self, user: UserKey) -> Erasure | None:
        return await self._one("NOT done AND user_key = ?", str(user))

    async def newest(self, limit: int) -> list[Erasure]:
        rows = await self._reader.few("SELECT body FROM erasures ORDER BY asked_at DESC LIMIT ?", (limit,))
        return [ERASURE.from_text(body) for (body,) in rows]

    async def unfinished(self) -> list[Erasure]:
        rows = await self._reader.few("SELECT body FROM erasures WHERE NOT done ORDER BY asked_at")
        return [ERASURE.from_text(body) for (body,) in rows]

    async def blank(self, ticket: Ticket, events: Sequence[Event]) -> None:
        of_events = await aside(_event_rows, events, ticket.requester)
        await self._in_pieces(_EVENT, of_events)
        await self._in_pieces(_MESSAGE, await aside(_message_rows, events))
        said = [(ticket.id, message_id) for message_id in messages_of(events)]
        await self._each_piece(said, texts_anew)
        await self._writer.write(lambda connection: _end(connection, ticket, events[-1]))

    async def look_through(self, pseudonym: Pseudonym, after: str) -> LookedThrough:
        return await asyncio.to_thread(pseudonyms.look_through, self._path, pseudonym, after)

    async def events_to_look_at(self) -> int:
        row = await self._reader.one("SELECT max(pos) FROM events")
        return int(row[0] or 0) if row else 0

    async def put_pseudonym(self, pseudonym: Pseudonym) -> None:
        await asyncio.to_thread(pseudonyms.put_pseudonym, self._path, pseudonym)

    async def uploads(self, user: UserKey, tickets: Sequence[TicketId]) -> set[FileId]:
        rows = await self._reader.all(
            f"SELECT file_id FROM uploads WHERE {_OF_UPLOADS}",  # noqa: S608  a constant of ours
            (str(user), json.dumps(tickets)),
        )
        return {FileId(row[0]) for row in rows}

    async def count(self, users: Sequence[UserKey], tickets: Sequence[TicketId]) -> Mapping[str, int]:
        asked = {"users": json.dumps([str(it) for it in users]), "tickets": json.dumps(tickets)}
        counts = {
            name: await self._reader.all(f"SELECT count(*) FROM {table} WHERE {which}", asked)  # noqa: S608
            for name, (table, which) in _KEPT_OF_THEM.items()
        }
        answers = await self._answers(users[0], tickets)
        return {name: rows[0][0] for name, rows in counts.items()} | {"answers_kept": len(answers)}

    async def forget(self, user: UserKey, tickets: Sequence[TicketId]) -> None:
        def work(connection: sqlite3.Connection) -> None:
            for table in _OF_PEOPLE:
                connection.execute(f"DELETE FROM {table} WHERE key = ?", (str(user),))  # noqa: S608
            uploads = f"DELETE FROM uploads WHERE {_OF_UPLOADS}"  # noqa: S608
            connection.execute(uploads, (str(user), json.dumps(tickets)))

        await self._writer.write(work)

    async def forget_answers(self, user: UserKey | None, tickets: Sequence[TicketId]) -> None:
        await self._in_pieces(
            "UPDATE idempotency_keys SET status = ?, body = ? WHERE key = ?",
            [(*GONE, key) for key in await self._answers(user, tickets)],
        )

    async def _answers(self, user: UserKey | None, tickets: Sequence[TicketId]) -> list[str]:
        rows = await self._reader.all("SELECT key, body FROM idempotency_keys WHERE body IS NOT NULL")
        return await aside(_mentioning, rows, user, frozenset(tickets))

    async def everybody(self) -> set[UserKey]:
        rows = await self._reader.all(_EVERYBODY)
        return {UserKey.parse(key) for (key,) in rows}

    async def scrub(self) -> Sequence[str]:
        await asyncio.to_thread(_scrub, self._path)
        await asyncio.to_thread(_scrub_signals, self._folder / "whispers.sqlite3")
        return ()

    async def swept_until(self, what: str) -> Millis:
        row = await self._reader.one("SELECT value FROM meta WHERE key = ?", (f"swept_{what}",))
        return 0 if row is None else int(row[0])

    async def swept(self, what: str, until: Millis) -> None:
        await self._writer.execute(_SWEPT, (f"swept_{what}", until))

    async def _one(self, which: str, value: str) -> Erasure | None:
        statement = f"SELECT body FROM erasures WHERE {which}"  # noqa: S608
        return ERASURE.in_row(await self._reader.one(statement, (value,)))

    async def _in_pieces(self, statement: str, rows: Sequence[sql.Row]) -> None:
        await self._each_piece(rows, lambda connection, piece: connection.executemany(statement, piece))

    async def _each_piece(
        self, rows: Sequence[T], work: Callable[[sqlite3.Connection, Sequence[T]], object]
    ) -> None:
        for start in range(0, len(rows), AT_ONCE):

            def on(
                connection: sqlite3.Connection, piece: Sequence[T] = rows[start : start + AT_ONCE]
            ) -> None:
                work(connection, piece)

            await self._writer.write(on)


def _event_rows(events: Sequence[Event], requester: UserKey) -> list[sql.Row]:
    return [(body_text(it), str(requester), it.ticket_id, it.seq) for it in events]


def _message_rows(events: Sequence[Event]) -> list[sql.Row]:
    return [(MESSAGE.text(it), it.ticket_id, it.is_note, it.seq) for it in messages_of(events).values()]


def _mentioning(
    rows: Sequence[tuple[Any, ...]], user: UserKey | None, tickets: frozenset[TicketId]
) -> list[str]:
    return [key for key, body in rows if body != GONE[1] and mentions(body, user, tickets)]


def _end(connection: sqlite3.Connection, ticket: Ticket, last: Event) -> None:
    """Erase the ticket itself, its words, the reasons of failures, and its timers.

    Due rows stay. Each sink skips them in order, so nothing is under way any more when it comes to the
    erasure."""
    (body,) = connection.execute("SELECT body FROM tickets WHERE ticket_id = ?", (ticket.id,)).fetchone()
    before = {ticket.id: TICKET.from_text(body)}
    tables = Changes(connection, [Appended(last, ticket, None, True)], before, {ticket.id: ticket}, {})
    tables.write_tickets(())
    tables.write_marks()
    opening_anew(connection, ticket)
    connection.execute("DELETE FROM failures WHERE ticket_id = ? AND seq < ?", (ticket.id, last.seq))
    connection.execute("DELETE FROM timers WHERE ticket_id = ?", (ticket.id,))


def _scrub(path: Path) -> None:
    """Rewrite a file of an older program once, because that program left removed content in it."""
    with closing(connect(path)) as connection:
        try:
            if connection.execute(_SCRUBBED).fetchone() is None:
                log.info("%s is rewritten, once, so that nothing is left of what was removed earlier", path)
                connection.execute("VACUUM")
                connection.execute(_IS_SCRUBBED)
            _empty_journal(connection)
        except sqlite3.OperationalError as error:
            raise StoreUnavailable(f"{path} cannot be cleaned now: {error}") from error


def _scrub_signals(path: Path) -> None:
    """Empty the file of signals: nobody needs old ones."""
    if not path.exists():
        return
    with closing(connect(path)) as connection:
        try:
            connection.execute("DELETE FROM whispers")
            connection.execute("VACUUM")
            _empty_journal(connection)
        except sqlite3.OperationalError as error:
            raise StoreUnavailable(f"{path} cannot be cleaned now: {error}") from error


def _empty_journal(connection: sqlite3.Connection) -> None:
    """Empty the WAL. Raises StoreUnavailable while somebody reads an older state."""
    (is_busy, *_) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if is_busy:
        raise StoreUnavailable("the journal cannot be emptied while somebody reads from it")
