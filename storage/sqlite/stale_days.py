"""The days whose tickets have changed since they were counted, in SQLite."""

import secrets
import sqlite3
from collections.abc import Iterable
from typing import Final

from tickets.figures import day_of
from tickets.model import Millis

_MAKE_STALE: Final = """
INSERT INTO stale_days (day, mark) VALUES (?, ?) ON CONFLICT DO UPDATE SET mark = excluded.mark"""
ALL_STALE: Final = """
INSERT INTO stale_days (day, mark)
SELECT strftime('%Y-%m-%d', created_at / 1000, 'unixepoch'), lower(hex(randomblob(8))) FROM tickets
WHERE true GROUP BY 1 ON CONFLICT DO UPDATE SET mark = excluded.mark"""


def make_stale(connection: sqlite3.Connection, opened_at: Iterable[Millis]) -> None:
    """Mark the days of these times of opening: a ticket of each has changed."""
    if days := {day_of(at) for at in opened_at}:
        mark = secrets.token_hex(8)
        connection.executemany(_MAKE_STALE, [(day, mark) for day in days])
