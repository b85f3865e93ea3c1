"""The tables of the embedded store, and the steps that bring an older file up to date."""

import sqlite3

from storage.codec import TICKET, event_from
from storage.migration import Reached
from storage.sqlite import sql
from storage.sqlite.changes import counted_by
from storage.sqlite.migration import Migration, Step, statements
from storage.sqlite.reader import EVENT
from storage.sqlite.room_tables import (
    ACCOUNTS,
    ERASURES,
    LOOKS,
    LOOKS_OF_A_KIND,
    NOTIFICATIONS,
    PROCESSES,
    REPLY_ADDRESSES,
    SUMS,
    WEBHOOKS,
)
from storage.sqlite.stale_days import ALL_STALE
from storage.sqlite.tables import (
    AT_WORK,
    MARKS,
    RATED,
    UNREAD_OF_A_SIDE,
    VERSION_1,
    VERSION_2,
    VERSION_3,
    VERSION_4,
    VERSION_5,
    VERSION_6,
    VERSION_7,
    VERSION_8,
)
from storage.sqlite.user_words import users_of_older_stores
from storage.sqlite.words import pairs_of_older_texts
from storage.sums import in_rows
from tickets.fold import ticket_of
from tickets.marks import marks_of
from tickets.model import TicketId

PIECE = 500
"""One piece of a step reads so many tickets."""
SUMS_AT_ONCE = 20
"""One piece of a step reads so many sums, which are large."""

_SET_VERSION = "UPDATE tickets SET closed_at = ?, body = json_set(body, '$.version', ?) WHERE rowid = ?"

_COUNTED_AT_WORK = f"""
-- What tickets at work are counted by, beside their kind: read out of the index alone.
ALTER TABLE tickets ADD COLUMN category TEXT;
ALTER TABLE tickets ADD COLUMN aside INTEGER;
ALTER TABLE tickets ADD COLUMN danger TEXT;
CREATE INDEX tickets_counted ON tickets (status, kind, aside, danger, category, assignee_key, created_at)
    WHERE {AT_WORK};
"""
_AT_WORK = f"SELECT rowid, body FROM tickets WHERE rowid > ? AND {AT_WORK} ORDER BY rowid LIMIT ?"  # noqa: S608


def _version_of(connection: sqlite3.Connection, ticket_id: TicketId) -> int:
    """The ticket's version by its log. A log that cannot be read is reported elsewhere."""
    rows = connection.execute(f"SELECT {EVENT} FROM events WHERE ticket_id = ? ORDER BY seq", (ticket_id,))  # noqa: S608
    try:
        return ticket_of(event_from(*row) for row in rows.fetchall()).version
    except ValueError:
        return 1


def _marks_of_older_tickets(connection: sqlite3.Connection, reached: Reached) -> Reached | None:
    """Until this step, tickets had no marks and no version, and the time of closing was in their bodies
    only."""
    if reached.place is None:
        statements(MARKS)(connection, reached)
    rows = connection.execute(
        "SELECT rowid, body FROM tickets WHERE rowid > ? ORDER BY rowid LIMIT ?", (reached.place or 0, PIECE)
    ).fetchall()
    for rowid, body in rows:
        ticket = TICKET.from_text(body)
        marks = [(mark, ticket.created_at, ticket.number) for mark in marks_of(ticket)]
        sql.insert(connection, "marks (mark, at, ticket)", marks)
        version = _version_of(connection, ticket.id)
        connection.execute(_SET_VERSION, (ticket.closed_at, version, rowid))
    if len(rows) < PIECE:
        return None
    done = reached.done + len(rows)
    (total,) = connection.execute("SELECT count(*) FROM tickets").fetchone()
    return Reached(rows[-1][0], done, total)


def _tickets_at_work_are_counted(connection: sqlite3.Connection, reached: Reached) -> Reached | None:
    """Until this step, the bodies of all tickets at work were read to count them."""
    if reached.place is None:
        statements(_COUNTED_AT_WORK)(connection, reached)
    rows = connection.execute(_AT_WORK, (reached.place or 0, PIECE)).fetchall()
    counted = [(*counted_by(TICKET.from_text(body)), rowid) for rowid, body in rows]
    connection.executemany("UPDATE tickets SET category = ?, aside = ?, danger = ? WHERE rowid = ?", counted)
    if len(rows) < PIECE:
        return None
    done = reached.done + len(rows)
    (total,) = connection.execute(f"SELECT count(*) FROM tickets WHERE {AT_WORK}").fetchone()  # noqa: S608
    return Reached(rows[-1][0], done, max(done, total))


def _sums_in_rows(connection: sqlite3.Connection, reached: Reached) -> Reached | None:
    """Until this step, each number of seconds was a cell of its own."""
    told_by, _, period = str(reached.place or "").partition(" ")
    rows = connection.execute(
        "SELECT told_by, period, body FROM sums "
        "WHERE (told_by, period) > (?, ?) ORDER BY told_by, period LIMIT ?",
        (told_by, period, SUMS_AT_ONCE),
    ).fetchall()
    for by, its_period, body in rows:
        if (text := in_rows(body, its_period)) is not None:
            key = (text, by, its_period)
            connection.execute("UPDATE sums SET body = ? WHERE told_by = ? AND period = ?", key)
    if len(rows) < SUMS_AT_ONCE:
        return None
    (total,) = connection.execute("SELECT count(*) FROM sums").fetchone()
    return Reached(f"{rows[-1][0]} {rows[-1][1]}", reached.done + len(rows), total)


STEPS = (
    Step("the first tables", statements(VERSION_1)),
    Step("blocks that end, and have a reason", statements(VERSION_2)),
    Step("timers have rows of their own", statements(VERSION_3)),
    Step("processes of the first program end", statements(VERSION_4)),
    Step("unused uploads by uploader", statements(VERSION_5)),
    Step("columns have the names that both stores use", statements(VERSION_6)),
    Step("threads of requesters", statements(VERSION_7)),
    Step("canned answers", statements(VERSION_8)),
    Step("tickets are found by labels, metadata and issuer", _marks_of_older_tickets),
    Step("accounts and their sessions", statements(ACCOUNTS)),
    Step("notifications", statements(NOTIFICATIONS)),
    Step("webhooks", statements(WEBHOOKS)),
    Step("erasures", statements(ERASURES)),
    Step("processes", statements(PROCESSES)),
    Step("tickets are counted by day", statements(SUMS)),
    Step("addresses to answer to by mail", statements(REPLY_ADDRESSES)),
    Step("looks of staff", statements(LOOKS)),
    Step("users are counted, and found by their words", users_of_older_stores),
    Step("feedback is found by stars, requester and assignee", statements(RATED.removesuffix(";"))),
    Step("tickets are counted by hour and by the day of their end", statements(f"{ALL_STALE};")),
    Step("seconds of statistics are kept in rows", _sums_in_rows),
    Step("looks are found by their kind", statements(LOOKS_OF_A_KIND)),
    Step("unread messages of a side are counted along an index", statements(UNREAD_OF_A_SIDE)),
    Step("scripts without spaces are found by pairs of characters", pairs_of_older_texts),
    Step("tickets at work are counted along an index", _tickets_at_work_are_counted),
)
"""The step at index n makes version n + 1 of version n; steps are added, never changed."""


def bring_up_to_date(connection: sqlite3.Connection) -> None:
    """Make the tables, or bring them up to date, without a pause; raises StoreIsNewer."""
    migration = Migration(connection, STEPS)
    while migration.next_piece():
        pass
