"""Replaces people who are named in other people's tickets by pseudonyms, in SQLite.

It writes on a connection of its own, so that every process reads a ticket again before it appends to it."""

# ruff: noqa: S608  only constants of ours are put into statements, never values

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

from storage.codec import ANSWER, ERASURE, MESSAGE, TICKET, body_text, event_from
from storage.erasing import discord_ids, needles, renamed_erasure, renamed_sums, renamed_text, silenced
from storage.sqlite.changes import Changes
from storage.sqlite.connection import connect, transaction
from storage.sqlite.reader import EVENT
from storage.sqlite.words import texts_anew
from tickets.erasing import under_pseudonym
from tickets.events import Event
from tickets.figures import By
from tickets.fold import ticket_of
from tickets.fold_messages import messages_of
from tickets.model import TicketId
from tickets.ports.erasing import LookedThrough, Pseudonym
from tickets.ports.store import Appended, StoreUnavailable

PIECE: Final = 2_000
"""One step looks through so many events."""
AT_ONCE: Final = 10
"""So many tickets are one transaction, during which nobody else can write."""
_REMOVALS: Final = """
SELECT ticket_id, message_id, part FROM links WHERE discord_id = ? AND message_id LIKE '%:who'"""
_REMOVED_BY_NOBODY: Final = (
    "UPDATE links SET discord_id = 0 WHERE ticket_id = ? AND message_id = ? AND part = ?"
)
"""The links that name who has removed a channel by hand."""
_ANSWERS: Final = (
    "SELECT delivery_id, answer FROM webhook_deliveries WHERE json_extract(answer, '$.body') != ''"
)
_ANSWERED: Final = "UPDATE webhook_deliveries SET answer = ? WHERE delivery_id = ?"
_LAST: Final = "SELECT max(pos), count(*) FROM (SELECT pos FROM events WHERE pos > ? ORDER BY pos LIMIT ?)"


def look_through(path: Path, pseudonym: Pseudonym, after: str) -> LookedThrough:
    """See the port ``Erasures``. Runs in a thread. Raises StoreUnavailable."""
    first = int(after or 0)
    wanted = [*needles(pseudonym), pseudonym.key.id]
    with closing(connect(path)) as connection:
        try:
            last, count = connection.execute(_LAST, (first, PIECE)).fetchone()
            if not count:
                return LookedThrough(after, 0)
            named = " OR ".join("instr(body, ?)" for _ in wanted)
            found = connection.execute(
                f"SELECT DISTINCT ticket_id FROM events WHERE pos > ? AND pos <= ? AND ({named})",
                (first, last, *wanted),
            )
            tickets = [TicketId(row[0]) for row in found.fetchall()]
            for start in range(0, len(tickets) if pseudonym.people else 0, AT_ONCE):
                _in_tickets(connection, tickets[start : start + AT_ONCE], pseudonym)
        except sqlite3.OperationalError as error:
            raise StoreUnavailable(f"{path} cannot be written: {error}") from error
    return LookedThrough(str(last), count, frozenset(tickets))


def _in_tickets(connection: sqlite3.Connection, tickets: Sequence[TicketId], pseudonym: Pseudonym) -> None:
    with transaction(connection):
        for ticket_id in tickets:
            _in_ticket(connection, ticket_id, pseudonym)


def _in_ticket(connection: sqlite3.Connection, ticket_id: TicketId, pseudonym: Pseudonym) -> None:
    rows = connection.execute(
        f"SELECT {EVENT} FROM events WHERE ticket_id = ? ORDER BY seq", (ticket_id,)
    ).fetchall()
    wanted = needles(pseudonym)
    events: list[Event] = []
    changed, said = [], dict[tuple[str, str], None]()
    for row in rows:
        body, event = row[5], event_from(*row)
        if any(it in body for it in wanted):
            event = under_pseudonym(event, pseudonym.people, pseudonym.key)
            changed.append((body_text(event), ticket_id, event.seq))
            if event.message_id is not None:
                said[ticket_id, event.message_id] = None
        events.append(event)
    if not changed:
        return
    connection.executemany("UPDATE events SET body = ? WHERE ticket_id = ? AND seq = ?", changed)
    _read_models(connection, events, wanted)
    texts_anew(connection, [*said])
    told = connection.execute("SELECT text, id FROM notifications WHERE ticket_id = ?", (ticket_id,))
    texts = [(renamed_text(text, pseudonym), it) for text, it in told.fetchall()]
    connection.executemany("UPDATE notifications SET text = ? WHERE id = ?", texts)


def _read_models(connection: sqlite3.Connection, events: Sequence[Event], wanted: Sequence[str]) -> None:
    ticket = ticket_of(events)
    messages = [(MESSAGE.text(it), it.ticket_id, it.is_note, it.seq) for it in messages_of(events).values()]
    connection.executemany(
        "UPDATE messages SET body = ? WHERE ticket_id = ? AND is_note = ? AND seq = ?", messages
    )
    (body,) = connection.execute("SELECT body FROM tickets WHERE ticket_id = ?", (ticket.id,)).fetchone()
    if any(it in body for it in wanted):
        before = {ticket.id: TICKET.from_text(body)}
        appended = [Appended(events[-1], ticket, None, True)]
        tables = Changes(connection, appended, before, {ticket.id: ticket}, {})
        tables.write_tickets(())
        tables.write_marks()


def put_pseudonym(path: Path, pseudonym: Pseudonym) -> None:
    """Put the pseudonym into the other tables. Runs in a thread. Raises StoreUnavailable."""
    with closing(connect(path)) as connection:
        try:
            links = [
                link
                for discord_id in discord_ids(pseudonym)
                for link in connection.execute(_REMOVALS, (discord_id,)).fetchall()
            ]
            with transaction(connection):
                connection.executemany(_REMOVED_BY_NOBODY, links)
                _of_uploads(connection, pseudonym)
                _of_deliveries(connection, pseudonym)
                _of_erasures(connection, pseudonym)
                _of_sums(connection, pseudonym)
        except sqlite3.OperationalError as error:
            raise StoreUnavailable(f"{path} cannot be written: {error}") from error


def _of_uploads(connection: sqlite3.Connection, pseudonym: Pseudonym) -> None:
    for person in pseudonym.people:
        connection.execute(
            "UPDATE uploads SET uploader = ? WHERE uploader = ? AND event_id IS NOT NULL",
            (str(pseudonym.key), str(person)),
        )


def _of_deliveries(connection: sqlite3.Connection, pseudonym: Pseudonym) -> None:
    """What endpoints answered to deliveries about tickets of others."""
    silent = [
        (ANSWER.text(answer), id_)
        for id_, text in connection.execute(_ANSWERS)
        if (answer := silenced(ANSWER.from_text(text), pseudonym)) is not None
    ]
    connection.executemany(_ANSWERED, silent)


def _of_erasures(connection: sqlite3.Connection, pseudonym: Pseudonym) -> None:
    for id_, body in connection.execute("SELECT id, body FROM erasures").fetchall():
        if (renamed := renamed_erasure(ERASURE.from_text(body), pseudonym)) is not None:
            connection.execute("UPDATE erasures SET body = ? WHERE id = ?", (ERASURE.text(renamed), id_))


def _of_sums(connection: sqlite3.Connection, pseudonym: Pseudonym) -> None:
    for period, body in connection.execute(
        "SELECT period, body FROM sums WHERE told_by = ?", (By.AGENT,)
    ).fetchall():
        if any(it in body for it in needles(pseudonym)):
            key = (renamed_sums(body, pseudonym), By.AGENT, period)
            connection.execute("UPDATE sums SET body = ? WHERE told_by = ? AND period = ?", key)
