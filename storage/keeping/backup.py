"""Makes a back-up of an embedded store, also while it is used. It is one file, which appears once it is
complete."""

import fcntl
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Final

from storage.folder import files_in, synced
from storage.keeping.archive import ArchiveWriter, Manifest
from storage.keeping.problems import CannotBeDone
from storage.keeping.progress import Tell
from storage.keeping.restore import must_be_sound, must_have_room
from storage.private import ours_alone
from storage.sqlite.cures import cure_of
from storage.sqlite.in_use import use
from storage.sqlite.migration import version_of
from storage.sqlite.replacing import DATABASE, FILES, is_unfinished
from storage.sqlite.soundness import CURE, store_in

MAKING: Final = ".guildesk-backup-"
"""The folders in which back-ups are made have names that begin so. They are beside the finished file."""


def backup(folder: Path, target: Path, tell: Tell) -> tuple[Path, Manifest]:
    """Back up the store in ``folder`` into a new file. If ``target`` is a folder, the file gets a name in
    it. The file has everything that was acknowledged before the call. Raises CannotBeDone, and then leaves
    no file."""
    if not is_unfinished(folder):
        store_in(folder)
    using = use(folder)
    try:
        _remove_left_overs(target if target.is_dir() else target.parent)
        with _making(target if target.is_dir() else target.parent) as scratch:
            manifest = _copy_database(folder, scratch, tell)
            if target.is_dir():
                target /= name_of(manifest.deployment, datetime.now(UTC))
            if target.exists():
                raise CannotBeDone(f"{target} is there already; choose another name, or remove it")
            whole = _write(folder, scratch, manifest, tell)
            whole.rename(target)
        synced(target.parent)
    except OSError as error:
        raise CannotBeDone(
            f"{target} could not be written: {error.strerror or error}; choose a folder that this program "
            "may write, with room for the whole store"
        ) from error
    finally:
        using.end()
    return target, manifest


def name_of(deployment: str, made_at: datetime) -> str:
    """The name of a back-up in a folder of back-ups; such names sort by time."""
    return f"guildesk-{deployment}-{made_at:%Y%m%d-%H%M%S}.tar"


def _copy_database(folder: Path, scratch: Path, tell: Tell) -> Manifest:
    """Use SQLite's online back-up in one go: in steps, it would begin again at each write."""
    tell("copying the database", 0, 1)
    source = f"{(folder / DATABASE).resolve().as_uri()}?mode=ro"
    try:
        with (
            closing(sqlite3.connect(source, uri=True, timeout=30)) as store,
            closing(sqlite3.connect(scratch / DATABASE, isolation_level=None)) as copy,
        ):
            size = _one(store, "PRAGMA page_count") * _one(store, "PRAGMA page_size")
            must_have_room(scratch.parent, 2 * size + sum(map(_size, files_in(folder / FILES))))
            copy.execute("PRAGMA synchronous = OFF")
            store.backup(copy, pages=-1)
            copy.execute("PRAGMA journal_mode = DELETE")
            manifest = Manifest(
                program=version("guildesk"),
                made_at=datetime.now(UTC).isoformat(timespec="seconds"),
                schema_version=version_of(copy),
                deployment=copy.execute("SELECT value FROM meta WHERE key = 'deployment'").fetchone()[0],
                tickets=_one(copy, "SELECT count(*) FROM tickets"),
                events=_one(copy, "SELECT count(*) FROM events"),
            )
    except sqlite3.DatabaseError as error:
        raise CannotBeDone(
            f"the store in {folder} cannot be read: {error}. {cure_of(error, folder)}"
        ) from error
    must_be_sound(scratch / DATABASE, f"the store in {folder}", CURE, tell)
    return manifest


def _write(folder: Path, scratch: Path, manifest: Manifest, tell: Tell) -> Path:
    """Write the database first: every file that it knows was stored before it."""
    whole = scratch / "whole"
    with open(whole, "xb", opener=ours_alone) as target:
        files = list(files_in(folder / FILES))
        sizes = [(scratch / DATABASE).stat().st_size, *(_size(it) for it in files)]
        archive = ArchiveWriter(target, tell, sum(sizes))
        with (scratch / DATABASE).open("rb") as stream:
            archive.add(DATABASE, stream)
        for file in files:
            try:
                stream = file.open("rb")
            except FileNotFoundError:  # deleted meanwhile
                continue
            with stream:
                archive.add(f"{FILES}/{file.parent.name}/{file.name}", stream)
        manifest.members |= archive.finish(manifest)
        target.flush()
        os.fsync(target.fileno())
    return whole


@contextmanager
def _making(beside: Path) -> Iterator[Path]:
    """A folder that is removed when the block ends. It is locked, so that nobody takes it for a left-over."""
    beside.mkdir(mode=0o700, parents=True, exist_ok=True)
    scratch = beside / f"{MAKING}{os.getpid()}-{os.urandom(3).hex()}"
    scratch.mkdir(mode=0o700)
    descriptor = os.open(scratch, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield scratch
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
        os.close(descriptor)


def _remove_left_overs(beside: Path) -> None:
    """Remove the folders that killed back-ups have left."""
    for left in beside.glob(f"{MAKING}*"):
        descriptor = os.open(left, os.O_RDONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(left, ignore_errors=True)
        except BlockingIOError:
            continue
        finally:
            os.close(descriptor)


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except FileNotFoundError:
        return 0


def _one(connection: sqlite3.Connection, statement: str) -> int:
    return int(connection.execute(statement).fetchone()[0])
