"""Which tables follow from the log, and their content as the log makes it, by the same code that appends
use."""

# ruff: noqa: S608  only names of ours are put into statements, never values

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from storage.codec import MESSAGE, TICKET, Codec, event_from
from storage.keeping.differences import AT_ONCE, Difference, Folded, folded, next_ids
from storage.sqlite.changes import Changes
from storage.sqlite.reader import EVENT
from storage.sqlite.schema import bring_up_to_date
from storage.sqlite.words import take_in
from tickets.model import TicketId
from tickets.ports.store import Appended

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Derived:
    """A table that follows from the log.

    ``of`` is the column with the ticket's id or number. ``key`` has the columns of a unique index. The
    columns in ``but`` are set by sinks, not by the log."""

    of: str
    key: tuple[str, ...]
    but: tuple[str, ...] = ()
    body: Codec[Any] | None = None
    is_of_words: bool = False

    @property
    def is_by_number(self) -> bool:
        return self.of != "ticket_id"

    @property
    def is_found(self) -> bool:
        """Whether the unique index finds the rows of a ticket."""
        return self.key[0] == self.of


DERIVED: Final = {
    "tickets": Derived("ticket_id", ("ticket_id",), body=TICKET),
    "messages": Derived("ticket_id", ("ticket_id", "is_note", "seq"), ("delivery",), MESSAGE),
    "marks": Derived("ticket", ("mark", "at", "ticket")),
    "texts": Derived("number", ("number", "seq"), is_of_words=True),
    "words": Derived("ticket", ("word", "at", "ticket"), is_of_words=True),
}
LOG: Final = frozenset({"events", "meta"})
COUNTED: Final = frozenset({"sums", "stale_days", "user_counts", "user_words"})
"""Tables that are made from tickets and people: statistics, days to count again, and the words that find
users."""
OF_ITS_OWN: Final = frozenset(
    {
        *("todo", "failures", "timers"),
        *("channels", "links", "threads", "thread_links"),
        *("agents", "users", "people", "readings", "uploads", "idempotency_keys", "canned", "erasures"),
        *("accounts", "token_ends", "sessions", "signing_keys", "proofs", "tries"),
        *("notifications", "notification_wishes", "notifications_shown", "reply_addresses"),
        *("webhooks", "webhook_deliveries", "processes", "looks"),
    }
)
"""Tables whose content does not follow from events."""


class Scratch:
    """The derived rows of a few tickets: a database in memory with the store's tables."""

    def __init__(self) -> None:
        self.connection = sqlite3.connect(":memory:", isolation_level=None)
        bring_up_to_date(self.connection)
        for name, table in DERIVED.items():
            if not table.is_found:
                self.connection.execute(f"CREATE INDEX scratch_{name} ON {name} ({table.of})")

    def make(self, tickets: Sequence[Folded]) -> None:
        """Replace the content by the rows of these tickets."""
        for table in ("events", *DERIVED):
            self.connection.execute(f"DELETE FROM {table}")
        appended = [
            Appended(event, it.ticket, it.messages.get(event.message_id) if event.message_id else None, True)
            for it in tickets
            for event in it.events
        ]
        if not appended:
            return
        messages = {
            (it.ticket.id, message_id): message
            for it in tickets
            for message_id, message in it.messages.items()
        }
        states = {it.ticket.id: it.ticket for it in tickets}
        changes = Changes(self.connection, appended, {}, states, messages)
        changes.write_events()
        changes.write_read_models((), ())
        while self._has_words_to_take_in():
            take_in(self.connection)

    def rows(self, table: str, key: str | int) -> list[Row]:
        """The rows of a ticket in this table."""
        return self.connection.execute(
            f"SELECT * FROM {table} WHERE {DERIVED[table].of} = ?", (key,)
        ).fetchall()

    def _has_words_to_take_in(self) -> bool:
        newest = self.connection.execute("SELECT max(pos) FROM events").fetchone()[0]
        reached = self.connection.execute("SELECT value FROM meta WHERE key = 'words'").fetchone()
        return reached is None or reached[0] < newest


def ids_after(connection: sqlite3.Connection, ticket_id: str) -> list[str]:
    """The next ids of tickets that are in the log or in a derived table."""
    tables = ("events", *(name for name, it in DERIVED.items() if not it.is_by_number))
    statement = "SELECT DISTINCT ticket_id FROM {} WHERE ticket_id > ? ORDER BY ticket_id LIMIT ?"
    pages = [
        [row[0] for row in connection.execute(statement.format(table), (ticket_id, AT_ONCE))]
        for table in tables
    ]
    return next_ids(pages, AT_ONCE)


def folds(connection: sqlite3.Connection, ids: Sequence[str]) -> Iterator[Folded | Difference]:
    """These tickets, folded from the log, or what is wrong with the log."""
    for ticket_id in ids:
        rows = connection.execute(
            f"SELECT {EVENT} FROM events WHERE ticket_id = ? ORDER BY seq", (ticket_id,)
        ).fetchall()
        if not rows:
            continue
        try:
            it = folded([event_from(*row) for row in rows])
        except (ValueError, KeyError) as error:
            yield Difference(f"ticket {ticket_id}", f"its log makes no ticket: {type(error).__name__}")
            continue
        if any(row[-1] != str(it.ticket.requester) for row in rows):
            yield Difference(it.where, "events do not have the key of its requester")
        yield it


def key_of(table: Derived, ticket_id: TicketId, number: int) -> str | int:
    return number if table.is_by_number else ticket_id


def columns(connection: sqlite3.Connection, table: str) -> list[str]:
    return [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
