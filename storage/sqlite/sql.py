"""Statements for many rows at once.

Python's sqlite3 releases the interpreter's lock at every statement, and under load it takes long to get it
back. One statement for many rows keeps a group of appends fast beside a busy event loop."""

# ruff: noqa: S608  only constants of ours are put into statements, never values

import sqlite3
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

MOST_ROWS = 64

Row = tuple[Any, ...]


def insert(connection: sqlite3.Connection, into: str, rows: Sequence[Row], on_conflict: str = "") -> None:
    """``into`` is like ``events (ticket_id, seq)``; ``on_conflict`` like ``ON CONFLICT … DO UPDATE …``."""
    for part in _parts(rows):
        values = _placeholders(len(part), len(part[0]))
        connection.execute(f"INSERT INTO {into} VALUES {values} {on_conflict}", _flat(part))


def matching(select: str, keys: Sequence[Row]) -> Iterator[tuple[str, list[Any]]]:
    """Statements, with their values, that select the rows of all keys. ``select`` joins a table ``asked``,
    whose columns ``column1``, ``column2``… have the parts of the keys."""
    for part in _parts(keys):
        values = _placeholders(len(part), len(part[0]))
        yield f"WITH asked AS (VALUES {values}) {select}", _flat(part)


def _parts(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    """Pieces with so few rows that the statement for each number of rows stays prepared."""
    for start in range(0, len(rows), MOST_ROWS):
        yield rows[start : start + MOST_ROWS]


def _flat(rows: Sequence[Row]) -> list[Any]:
    return [value for row in rows for value in row]


@cache
def _placeholders(rows: int, columns: int) -> str:
    row = "(" + ", ".join("?" * columns) + ")"
    return ", ".join([row] * rows)
