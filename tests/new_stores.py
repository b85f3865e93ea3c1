"""New embedded stores at the price of a copy: to make all tables anew takes longer than most tests do."""

import tempfile
from contextlib import AbstractAsyncContextManager, closing
from functools import cache
from pathlib import Path
from typing import Any

from storage.sqlite.connection import connect
from storage.sqlite.schema import bring_up_to_date
from storage.sqlite.store import open_sqlite
from tickets.ports.store import Clock, Store

FILE = "guildesk.sqlite3"


def open_new_sqlite(folder: Path, clock: Clock, **options: Any) -> AbstractAsyncContextManager[Store]:
    """The store in ``folder``, as ``open_sqlite`` opens it. A new one, in an empty folder, has all its
    tables already; its name and its secret are its own."""
    path = folder / FILE
    if not folder.exists() or not any(folder.iterdir()):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_bytes(_tables())
    return open_sqlite(folder, clock, **options)


@cache
def _tables() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / FILE
        with closing(connect(path)) as connection:
            bring_up_to_date(connection)
        return path.read_bytes()
