"""Tries the embedded store: its folder must be writable and keep locks, and the store must open."""

import os
import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from storage.migration import StoreIsNewer
from storage.private import ours_in
from storage.sqlite.connection import connect
from storage.sqlite.cures import CURE, cure_of
from storage.sqlite.migration import version_of
from storage.sqlite.schema import STEPS
from storage.sqlite.soundness import must_be_ours
from tickets.ports.store import StoreUnavailable

_EFFECTIVE = os.access in os.supports_effective_ids


def try_sqlite(folder: Path) -> bool:
    """Whether there is a store of this version. If the folder is missing, it must be possible to create it.
    Raises StoreUnavailable."""
    try:
        if not folder.exists():
            _must_be_makeable(folder)
            return False
        scratch = Path(tempfile.mkdtemp(prefix=".trying-", dir=folder))
        try:
            _must_write_and_lock(scratch / "try.sqlite3")
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
        _must_be_this_users(folder)
        store = folder / "guildesk.sqlite3"
        must_be_ours(store)
        return store.exists() and _is_current(store)
    except (OSError, sqlite3.DatabaseError) as error:
        raise StoreUnavailable(f"{folder}: {error}. {cure_of(error, folder)}") from error


def _must_be_makeable(folder: Path) -> None:
    there = next(it for it in folder.absolute().parents if it.exists())
    if not os.access(there, os.W_OK | os.X_OK):
        raise StoreUnavailable(f"{folder} is not there, and cannot be made in {there}. {CURE}")


def _must_be_this_users(folder: Path) -> None:
    """Raises StoreUnavailable where something in it is another user's, as after a command of root's."""
    files = folder / "files"
    if files.exists() and not files.is_dir():
        raise StoreUnavailable(f"{files} is no folder. Move it away")
    for path in sorted({*ours_in(folder), *files.glob("*")}):
        wanted = os.R_OK | os.W_OK | (os.X_OK if path.is_dir() else 0)
        if path.exists() and not os.access(path, wanted, effective_ids=_EFFECTIVE):
            raise StoreUnavailable(
                f"{path} is another user's. Give it to the user of this program, as by chown -R USER {folder}"
            )


def _must_write_and_lock(file: Path) -> None:
    """Raises StoreUnavailable where locks do not hold, as on some network disks."""
    with closing(connect(file)) as one, closing(connect(file, patience=0.0)) as other:
        one.execute("CREATE TABLE tried (it INTEGER)")
        one.execute("BEGIN IMMEDIATE")
        one.execute("INSERT INTO tried VALUES (1)")
        try:
            other.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            one.execute("COMMIT")
        else:
            raise StoreUnavailable(f"{file.parent.parent}: locks do not hold there. {CURE}")


def _is_current(store: Path) -> bool:
    """Whether the store has this program's version. Writes to it, after waiting for writes of others, and
    rolls back."""
    with closing(connect(store)) as connection:
        if (version := version_of(connection)) > len(STEPS):
            raise StoreIsNewer(version, len(STEPS))
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("CREATE TABLE tried_by_doctor (it INTEGER)")
        connection.execute("ROLLBACK")
        return version == len(STEPS)
