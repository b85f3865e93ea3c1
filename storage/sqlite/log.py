"""The log in SQLite. Commits and projections are one transaction, so that no read model is ever behind."""

# ruff: noqa: S608  only constants of ours are put into statements, never values

import sqlite3
from collections.abc import Sequence
from pathlib import Path

from storage.codec import event_from
from storage.migration import NewerProgram
from storage.sqlite import sql
from storage.sqlite.appending import Appending
from storage.sqlite.reader import EVENT, Reader
from storage.sqlite.writer import Wish, Writer
from tickets.decisions import Decide
from tickets.desks.in_thread import LONG, aside
from tickets.events import Event
from tickets.model import MessageId, TicketId, UserKey
from tickets.ports.bell import Bell
from tickets.ports.sinks import Listening
from tickets.ports.store import Appended, Clock
from tickets.sources import Source


class SqliteLog:
    """The port ``Log``."""

    def __init__(
        self,
        path: Path,
        reader: Reader,
        bell: Bell,
        clock: Clock,
        patience: float,
        newer: NewerProgram,
        sinks: Sequence[Listening],
    ) -> None:
        self.writer: Writer = Writer(path, Appending(sinks).together, self._committed, newer, patience)
        self._reader = reader
        self._bell = bell
        self._clock = clock

    async def append(
        self,
        address: str,
        source: Source,
        decide: Decide,
        about: MessageId | None = None,
        *,
        opens_for: UserKey | None = None,
        gives_to: Sequence[UserKey] = (),
    ) -> Appended:
        wish = Wish(address, source, decide, about, self._clock(), opens_for, gives_to)
        return await self.writer.append(wish)

    async def next_number(self) -> int:
        return await self.writer.write(_next_number)

    async def events(self, ticket_id: TicketId, *, after: int = 0, upto: int | None = None) -> list[Event]:
        is_short = upto is not None and upto - after < LONG
        read = self._reader.few if is_short else self._reader.all
        rows = await read(
            f"SELECT {EVENT} FROM events WHERE ticket_id = ? AND seq > ? AND seq <= ? ORDER BY seq",
            (ticket_id, after, upto),
        )
        return await aside(_events_from, rows)

    def _committed(self, appended: Appended) -> None:
        if appended.fresh:
            self._bell.ring(appended.event, appended.ticket.requester, appended.due)


def _events_from(rows: Sequence[sql.Row]) -> list[Event]:
    return [event_from(*row) for row in rows]


def _next_number(connection: sqlite3.Connection) -> int:
    row = connection.execute(
        "INSERT INTO meta (key, value) VALUES ('number', 1)"
        " ON CONFLICT DO UPDATE SET value = value + 1 RETURNING value"
    ).fetchone()
    return int(row[0])
