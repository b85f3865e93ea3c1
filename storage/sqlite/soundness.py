"""Whether a file is a store of Guildesk, and whether SQLite's own checks find it sound."""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Final, Literal

from config.faults import STORE_DAMAGED
from storage.folder import files_in
from storage.keeping.problems import CannotBeDone
from storage.keeping.progress import Tell, nobody
from storage.sqlite.cures import cure_of
from storage.sqlite.replacing import DATABASE, FILES, SIGNALS
from tickets.ports.store import StoreUnavailable

CURE: Final = STORE_DAMAGED.cure
"""What to do about a damaged store."""
_SHOWN: Final = 3
_STEPS: Final = 100_000
"""Instructions of SQLite between two calls of ``going_on``."""


def store_in(folder: Path) -> Path:
    """The database in the folder. Raises CannotBeDone if there is none, or another program's."""
    path = folder / DATABASE
    if not path.is_file() or _is_new(path):
        raise CannotBeDone(f"there is no store in {folder}; set DATA_DIR to the folder of one")
    try:
        must_be_ours(path)
    except StoreUnavailable as error:
        raise CannotBeDone(str(error)) from error
    except sqlite3.DatabaseError as error:
        raise CannotBeDone(f"{path} cannot be read: {error}. {cure_of(error, folder)}") from error
    return path


def must_be_ours(path: Path) -> None:
    """Raises StoreUnavailable if the file belongs to another program, or was emptied, and never changes it. A
    file that is missing, or new, is nobody's. Raises ``sqlite3.DatabaseError`` for what is no database."""
    if not path.is_file() or _is_new(path):
        return
    if not path.stat().st_size:
        raise StoreUnavailable(
            f"{path} is empty, and there was a store in it: {CURE}. To begin anew, delete that file"
        )
    with closing(_for_reading(path)) as connection:
        tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        (version,) = connection.execute("PRAGMA user_version").fetchone()
    if tables and not (version and {"events", "meta", "tickets"} <= tables):
        raise StoreUnavailable(
            f"{path} is a database of another program. Let DATA_DIR name a folder of its own for Guildesk"
        )


def _is_new(path: Path) -> bool:
    """Whether the file is empty and no store was opened here yet, as after a kill at the first start."""
    if path.stat().st_size:
        return False
    return not ((path.parent / SIGNALS).exists() or any(files_in(path.parent / FILES)))


def must_be_sound(connection: sqlite3.Connection, folder: Path, tell: Tell = nobody) -> None:
    """Raises CannotBeDone where the store in the folder is damaged."""
    if wrong := problems(connection, "integrity_check", lambda: tell("checking the database", 0, 1)):
        raise CannotBeDone(f"the store in {folder} is damaged: {wrong}; {CURE}")


def problems(
    connection: sqlite3.Connection,
    check: Literal["quick_check", "integrity_check"],
    going_on: Callable[[], object] = lambda: None,
) -> str:
    """What SQLite finds wrong with the database, in one line; empty if it is sound. ``integrity_check`` also
    compares each index with its table. ``going_on`` is called now and then, and may raise to end it."""
    raised: list[BaseException] = []

    def step() -> bool:
        try:
            going_on()
        except BaseException as error:  # SQLite swallows it
            raised.append(error)
        return bool(raised)

    connection.set_progress_handler(step, _STEPS)
    try:
        found = [row[0] for row in connection.execute(f"PRAGMA {check}({_SHOWN})")]
    except sqlite3.DatabaseError as error:
        if raised:
            raise raised[0] from None
        found = [str(error)]
    finally:
        connection.set_progress_handler(None, 0)
    return "" if found == ["ok"] else "; ".join(line for it in found for line in it.splitlines()[:_SHOWN])


async def looked_through(path: Path, seconds: float) -> str | None:
    """What the quicker check finds in the file, also while programs use it. None if the time was too short.
    Raises StoreUnavailable if the file cannot be opened."""
    try:
        connection = await asyncio.to_thread(_for_reading, path)
    except sqlite3.DatabaseError as error:
        raise StoreUnavailable(f"{path}: {error}") from error
    with closing(connection):
        looking = asyncio.ensure_future(asyncio.to_thread(problems, connection, "quick_check"))
        try:
            await asyncio.wait({looking}, timeout=seconds)
        finally:
            is_late = not looking.done()
            while not looking.done():  # it may not have begun yet
                connection.interrupt()
                await asyncio.wait({looking}, timeout=0.05)
        return None if is_late else looking.result()


def _for_reading(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=30, check_same_thread=False
    )
    try:
        connection.execute("SELECT 1 FROM sqlite_master").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection
