"""Compares the tables of the embedded store with its log, also while the store is used."""

# ruff: noqa: S608  only names of ours are put into statements, never values

import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from storage.keeping.differences import Difference, Folded, fields_that_differ
from storage.keeping.problems import CannotBeDone
from storage.keeping.progress import Tell
from storage.migration import other_version
from storage.search_events import tells
from storage.sqlite import sql
from storage.sqlite.derived import (
    DERIVED,
    OF_ITS_OWN,
    Derived,
    Row,
    Scratch,
    columns,
    folds,
    ids_after,
    key_of,
)
from storage.sqlite.in_use import use
from storage.sqlite.migration import version_of
from storage.sqlite.schema import STEPS
from storage.sqlite.soundness import must_be_sound, store_in
from storage.sqlite.user_words import WRONG
from tickets.ports.channels import OF_NO_TICKET


def verify(folder: Path, tell: Tell) -> Iterator[Difference]:
    """Every difference between the log and the derived tables, all at one moment. Raises CannotBeDone."""
    with opened(folder) as connection:
        connection.execute("PRAGMA query_only = ON")
        connection.execute("BEGIN")  # from here on, all reads see the same moment
        must_be_sound(connection, folder, tell)
        yield from _Verifying(connection).differences(tell)


@contextmanager
def opened(folder: Path) -> Iterator[sqlite3.Connection]:
    """A connection to a store of this program's version, for the block. Raises CannotBeDone."""
    path = store_in(folder)
    with ExitStack() as stack:
        stack.callback(use(folder).end)
        connection = stack.enter_context(closing(sqlite3.connect(path, isolation_level=None, timeout=30)))
        connection.execute("PRAGMA secure_delete = ON")
        must_be_of_today(connection)
        yield connection


def must_be_of_today(connection: sqlite3.Connection) -> None:
    """Raises CannotBeDone unless the store has this program's version."""
    if (version := version_of(connection)) != len(STEPS):
        raise CannotBeDone(other_version(version, len(STEPS)))


_OTHER_URGENCY = """
SELECT DISTINCT number FROM todo JOIN tickets USING (ticket_id) WHERE todo.urgency != tickets.urgency"""


class _Verifying:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._columns = {name: columns(connection, name) for name in DERIVED}
        self._counts: dict[str, dict[int, int]] = defaultdict(dict)
        """For tables without an index by ticket: how many rows each ticket has, by its number."""
        self._numbers: set[int] = set()
        self._behind: set[int] = set()
        """Tickets whose words are not all indexed yet."""
        reached = connection.execute("SELECT value FROM meta WHERE key = 'words'").fetchone()
        self._words_upto = reached[0] if reached else 0

    def differences(self, tell: Tell) -> Iterator[Difference]:
        total = self._one("SELECT count(*) FROM tickets")
        after, done = "", 0
        scratch = Scratch()
        while ids := ids_after(self._connection, after):
            found = []
            for it in folds(self._connection, ids):
                if isinstance(it, Folded):
                    found.append(it)
                else:
                    yield it
            scratch.make(found)
            for folded in found:
                yield from self._of_ticket(folded, scratch)
            known = {it.ticket.id for it in found}
            yield from self._without_log([it for it in ids if it not in known])
            after, done = ids[-1], done + len(ids)
            tell("comparing tickets", done, total)
        tell("comparing the rest", 0, 1)
        yield from self._counted()
        yield from self._beside()

    def _of_ticket(self, it: Folded, scratch: Scratch) -> Iterator[Difference]:
        """Compare the tables for this ticket. Words that are not indexed yet are left out."""
        self._numbers.add(it.ticket.number)
        upto = self._connection.execute(
            "SELECT max(pos) FROM events WHERE ticket_id = ?", (it.ticket.id,)
        ).fetchone()[0]
        if upto > self._words_upto and any(tells(event) for event in it.events):
            self._behind.add(it.ticket.number)
        for name, table in DERIVED.items():
            if table.is_of_words and it.ticket.number in self._behind:
                continue
            key = key_of(table, it.ticket.id, it.ticket.number)
            wanted = scratch.rows(name, key)
            found = self._rows(name, key) if table.is_found else self._rows_like(name, wanted)
            if not table.is_found:
                self._counts[name][it.ticket.number] = len(wanted)
            yield from self._between(it.where, name, found, wanted)

    def _between(
        self, where: str, name: str, found: Sequence[Row], wanted: Sequence[Row]
    ) -> Iterator[Difference]:
        if set(found) == set(wanted):
            return
        table, names = DERIVED[name], self._columns[name]
        key = [names.index(it) for it in table.key]

        def keyed(rows: Sequence[Row]) -> dict[Row, Row]:
            return {tuple(row[n] for n in key): row for row in rows}

        there, made = keyed(found), keyed(wanted)
        for missing in made.keys() - there.keys():
            yield Difference(where, f"{name} lacks {_place(table, missing)}")
        for surplus in there.keys() - made.keys():
            yield Difference(where, f"{name} has {_place(table, surplus)}, and the log does not")
        for both in made.keys() & there.keys():
            if fields := _differing(table, names, there[both], made[both]):
                yield Difference(where, f"{name}: {_place(table, both)} differs in {', '.join(fields)}")

    def _without_log(self, ids: Sequence[str]) -> Iterator[Difference]:
        for ticket_id in ids:
            if self._connection.execute("SELECT 1 FROM events WHERE ticket_id = ?", (ticket_id,)).fetchone():
                continue  # its log was reported already
            for name, table in DERIVED.items():
                if not table.is_by_number and self._rows(name, ticket_id):
                    yield Difference(f"ticket {ticket_id}", f"{name} has it, and the log does not")

    def _counted(self) -> Iterator[Difference]:
        """In tables that are not ordered by ticket: rows beyond those that were found."""
        for name, table in DERIVED.items():
            if not table.is_by_number:
                continue
            rows = self._connection.execute(f"SELECT {table.of}, count(*) FROM {name} GROUP BY {table.of}")
            for number, count in rows:
                if number not in self._numbers:
                    yield Difference(f"ticket {number}", f"{name} has it, and the log does not")
                elif number in self._counts[name] and count > self._counts[name][number]:
                    yield Difference(f"ticket {number}", f"{name} has more of it than the log makes")

    def _beside(self) -> Iterator[Difference]:
        """Rows about tickets that do not follow from the log."""
        no_tickets = ", ".join(f"'{it}'" for it in sorted(OF_NO_TICKET))
        for name in sorted(OF_ITS_OWN - {"uploads", "webhook_deliveries"}):
            if "ticket_id" in columns(self._connection, name):
                for (ticket_id,) in self._connection.execute(
                    f"SELECT DISTINCT ticket_id FROM {name} WHERE ticket_id NOT IN ({no_tickets})"
                    f" AND NOT EXISTS (SELECT 1 FROM events WHERE events.ticket_id = {name}.ticket_id)"
                ):
                    yield Difference(f"ticket {ticket_id}", f"{name} has it, and the log does not")
        for (number,) in self._connection.execute(_OTHER_URGENCY):
            yield Difference(f"ticket {number}", "todo has another urgency than the ticket")
        for (key,) in self._connection.execute(WRONG):
            yield Difference(f"user {key}", "has another number of tickets than is counted")
        newest = self._one("SELECT coalesce(max(number), 0) FROM tickets")
        if self._one("SELECT coalesce(max(value), 0) FROM meta WHERE key = 'number'") < newest:
            yield Difference("the next number", f"is not above that of ticket {newest}")

    def _rows(self, name: str, key: str | int) -> list[Row]:
        names = ", ".join(self._columns[name])
        statement = f"SELECT {names} FROM {name} WHERE {DERIVED[name].of} = ?"
        return self._connection.execute(statement, (key,)).fetchall()

    def _rows_like(self, name: str, wanted: Sequence[Row]) -> list[Row]:
        """The table's rows with the same keys."""
        table, names = DERIVED[name], self._columns[name]
        on = " AND ".join(f"{name}.{it} = column{number}" for number, it in enumerate(table.key, 1))
        columns_of_it = ", ".join(f"{name}.{it}" for it in names)
        keys = [tuple(row[names.index(it)] for it in table.key) for row in wanted]
        return [
            row
            for statement, values in sql.matching(
                f"SELECT {columns_of_it} FROM asked CROSS JOIN {name} ON {on}", keys
            )
            for row in self._connection.execute(statement, values)
        ]

    def _one(self, statement: str, *values: object) -> int:
        return int(self._connection.execute(statement, values).fetchone()[0])


def _differing(table: Derived, names: Sequence[str], found: Row, wanted: Row) -> list[str]:
    differ = []
    for name, it, made in zip(names, found, wanted, strict=True):
        if name in table.but or it == made:
            continue
        if table.body is None or name != "body":
            differ.append(name)
            continue
        try:
            differ += fields_that_differ(table.body.from_text(it), table.body.from_text(made), table.but)
        except (ValueError, KeyError):
            differ.append(name)
    return list(dict.fromkeys(differ))


def _place(table: Derived, key: Row) -> str:
    """Names a row of the ticket. Words and marks are left out, because people wrote them."""
    place = dict(zip(table.key, key, strict=True))
    if "seq" in place:
        return f"{'note' if place.get('is_note') else 'text'} {place['seq']}"
    return "a row" if table.is_by_number else "its row"
