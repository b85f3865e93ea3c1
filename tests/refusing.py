"""An embedded store that takes nothing into one of its tables for a while, as one whose disk is full does."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path


@contextmanager
def refusing(folder: Path, table: str) -> Iterator[None]:
    """Whoever writes into the table finds the store away, inside the block."""

    def tell(statement: str) -> None:
        with closing(sqlite3.connect(folder / "guildesk.sqlite3", isolation_level=None, timeout=10)) as store:
            store.execute(statement)

    away = f"BEFORE INSERT ON {table} BEGIN INSERT INTO what_is_not_there VALUES (1); END"  # noqa: S608  our name
    tell(f"CREATE TRIGGER away {away}")
    try:
        yield
    finally:
        tell("DROP TRIGGER away")
