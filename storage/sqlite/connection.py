"""Connections to the file, durable at every commit."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PATIENCE = 5.0
"""Seconds to wait for another process that is writing."""

LARGEST = 2**63 - 1
"""The largest integer that SQLite keeps."""


def connect(path: Path, patience: float = PATIENCE) -> sqlite3.Connection:
    """A connection that one thread uses at a time. It begins no transactions by itself, and its commits are
    durable."""
    connection = sqlite3.connect(
        path, timeout=patience, isolation_level=None, cached_statements=512, check_same_thread=False
    )
    try:
        _use_wal(connection, patience)
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA secure_delete = ON")  # so that what is removed is overwritten
    except BaseException:
        connection.close()
        raise
    return connection


def _use_wal(connection: sqlite3.Connection, patience: float) -> None:
    """Switch to WAL. SQLite itself waits for other processes, except at this switch."""
    until = time.monotonic() + patience
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.01)
        else:
            return


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Write everything in the block, or nothing."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def is_away(error: Exception) -> bool:
    """Whether the store could not be used: it is locked, full, unreadable or broken. Other errors are bugs
    in Guildesk."""
    ours = (sqlite3.IntegrityError, sqlite3.ProgrammingError, sqlite3.DataError)
    return isinstance(error, sqlite3.DatabaseError) and not isinstance(error, ours)
