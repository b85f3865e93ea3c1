"""Rebuilds the tables that follow from the log, also while the store is used.

A few tickets are one transaction. It also stores how far the rebuild has come, so that it goes on there
after a kill."""

# ruff: noqa: S608  only names of ours are put into statements, never values

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final

from storage.keeping.differences import Difference, Folded
from storage.keeping.problems import CannotBeDone
from storage.keeping.progress import Tell
from storage.migration import Reached
from storage.sqlite.connection import transaction
from storage.sqlite.derived import DERIVED, Row, Scratch, columns, folds, ids_after, key_of
from storage.sqlite.soundness import must_be_sound
from storage.sqlite.stale_days import ALL_STALE
from storage.sqlite.user_words import made_anew
from storage.sqlite.verifying import opened
from tickets.model import Delivery
from tickets.ports.sinks import SinkName

PIECE: Final = 25
"""So many tickets are one transaction. Appends wait for its end."""
_AIDS: Final = {
    f"rebuilding_{name}": f"{name} ({it.of})"
    for name, it in DERIVED.items()
    if it.is_by_number and not it.is_found
}
"""Indexes that exist during a rebuild, to find the rows of a ticket."""
_KEEP: Final = """
INSERT INTO meta (key, value) VALUES ('rebuild', ?) ON CONFLICT DO UPDATE SET value = excluded.value"""
_REQUESTER: Final = "UPDATE events SET requester_key = ?1 WHERE ticket_id = ?2 AND requester_key != ?1"
_URGENCY: Final = """
UPDATE todo SET urgency = (SELECT urgency FROM tickets WHERE tickets.ticket_id = todo.ticket_id)
WHERE ticket_id = ?"""
_NUMBER: Final = """
INSERT INTO meta (key, value) SELECT 'number', max(number) FROM tickets WHERE number IS NOT NULL
ON CONFLICT DO UPDATE SET value = max(value, excluded.value)"""


def rebuild_stats(folder: Path) -> int:
    """Have the statistics counted again. Returns the number of days. Raises CannotBeDone."""
    with opened(folder) as connection, transaction(connection):
        return forget_sums(connection)


def forget_sums(connection: sqlite3.Connection) -> int:
    """Mark all days as not counted. Returns their number."""
    connection.execute("DELETE FROM sums")
    return connection.execute(ALL_STALE).rowcount


def rebuild(folder: Path, tell: Tell) -> int:
    """Rebuild the tables. Returns the number of tickets rebuilt. Tickets whose log is faulty stay as they
    are, and CannotBeDone is raised."""
    with opened(folder) as connection:
        must_be_sound(connection, folder, tell)  # what is read wrongly would be written so
        rebuilding = _Rebuilding(connection)
        while rebuilding.next_piece():
            tell("making tickets anew", rebuilding.reached.done, rebuilding.reached.total)
        rebuilding.end()
    if rebuilding.left:
        raise CannotBeDone(
            f"the logs of {len(rebuilding.left)} tickets make no ticket, and they stay as they were; "
            "all others are made anew. guildesk verify names them: restore a back-up, or report it"
        )
    return rebuilding.reached.done


class _Rebuilding:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._scratch = Scratch()
        self._columns = {name: columns(connection, name) for name in DERIVED}
        self.left: list[Difference] = []
        kept = connection.execute("SELECT value FROM meta WHERE key = 'rebuild'").fetchone()
        total = connection.execute("SELECT count(*) FROM tickets").fetchone()[0]
        self.reached = Reached(**json.loads(kept[0])) if kept else Reached("", 0, total)
        for name, on in _AIDS.items():
            connection.execute(f"CREATE INDEX IF NOT EXISTS {name} ON {on}")

    def next_piece(self) -> bool:
        """Whether there was anything to do."""
        with transaction(self._connection):
            ids = ids_after(self._connection, str(self.reached.place))[:PIECE]
            if not ids:
                return False
            for it in self._remade(ids):
                self.left.append(it)
            self.reached = Reached(ids[-1], self.reached.done + len(ids), self.reached.total)
            self._connection.execute(_KEEP, (json.dumps(asdict(self.reached)),))
        return True

    def end(self) -> None:
        """Remove rows that belong to no ticket, and the temporary indexes."""
        with transaction(self._connection):
            for name, table in DERIVED.items():
                if table.is_by_number:
                    self._connection.execute(
                        f"DELETE FROM {name} WHERE {table.of} NOT IN (SELECT number FROM tickets)"
                    )
            self._connection.execute(_NUMBER)
            forget_sums(self._connection)
            made_anew(self._connection)
            for name in _AIDS:
                self._connection.execute(f"DROP INDEX IF EXISTS {name}")
            self._connection.execute("DELETE FROM meta WHERE key = 'rebuild'")

    def _remade(self, ids: Sequence[str]) -> list[Difference]:
        logs = list(folds(self._connection, ids))
        good = [it for it in logs if isinstance(it, Folded)]
        self._scratch.make(good)
        for it in good:
            deliveries = self._deliveries(it.ticket.id)
            for name, table in DERIVED.items():
                key = key_of(table, it.ticket.id, it.ticket.number)
                self._replace(name, key, self._scratch.rows(name, key))
            self._connection.execute(_REQUESTER, (str(it.ticket.requester), it.ticket.id))
            self._connection.executemany(
                "UPDATE messages SET delivery = ? WHERE ticket_id = ? AND is_note = ? AND seq = ?", deliveries
            )
            self._connection.execute(_URGENCY, (it.ticket.id,))
        known = {it.ticket.id for it in good}
        bad = []
        for ticket_id in ids:
            if ticket_id in known:
                continue
            if self._connection.execute("SELECT 1 FROM events WHERE ticket_id = ?", (ticket_id,)).fetchone():
                bad.append(Difference(f"ticket {ticket_id}", "its log makes no ticket"))
                continue
            for name, table in DERIVED.items():
                if not table.is_by_number:
                    self._connection.execute(f"DELETE FROM {name} WHERE ticket_id = ?", (ticket_id,))
        return bad

    def _replace(self, name: str, key: str | int, rows: Sequence[Row]) -> None:
        names = self._columns[name]
        self._connection.execute(f"DELETE FROM {name} WHERE {DERIVED[name].of} = ?", (key,))
        self._connection.executemany(
            f"INSERT OR REPLACE INTO {name} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})", rows
        )

    def _deliveries(self, ticket_id: str) -> list[Row]:
        """The delivery of each message, as the sinks have reported it. For messages that are missing in the
        table, it follows from due and failed rows."""
        rows = self._connection.execute(
            "SELECT seq, is_note, delivery FROM messages WHERE ticket_id = ?", (ticket_id,)
        )
        known = {(seq, is_note): delivery for seq, is_note, delivery in rows}
        due, failed = (
            {
                row[0]
                for row in self._connection.execute(
                    f"SELECT seq FROM {table} WHERE sink = ? AND ticket_id = ?", (SinkName.DISCORD, ticket_id)
                )
            }
            for table in ("todo", "failures")
        )
        made = []
        for row in self._scratch.rows("messages", ticket_id):
            it = dict(zip(self._columns["messages"], row, strict=True))
            seq, is_note = it["seq"], it["is_note"]
            is_queued = seq in due and it["delivery"] == Delivery.QUEUED  # else it came from Discord
            follows = (
                Delivery.FAILED if seq in failed else Delivery.QUEUED if is_queued else Delivery.DELIVERED
            )
            made.append((known.get((seq, is_note), follows), ticket_id, is_note, seq))
        return made
