"""Restores a back-up: it is unpacked and prepared beside the store, and then replaces the store in one
step."""

import os
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from storage.folder import synced
from storage.keeping.archive import Manifest, unpack
from storage.keeping.erased_again import erase_again
from storage.keeping.ledger import FileLedger
from storage.keeping.problems import CannotBeDone
from storage.keeping.progress import Tell
from storage.sqlite.in_use import alone
from storage.sqlite.replacing import AWAY, DATABASE, FILES, MAKING, READY, finish, must_be_free
from storage.sqlite.schema import STEPS
from storage.sqlite.soundness import problems

CHECKING: Final = "checking the database"


def restore(archive: Path, folder: Path, *, replace: bool, tell: Tell) -> tuple[Manifest, Path | None]:
    """Restore into ``folder``. Returns the manifest, and the folder into which the former store was put.
    Everybody whom the ledger names as erased since is erased before the store takes its place. Raises
    CannotBeDone and OSError, and then leaves the folder as it was."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with alone(folder, folder / DATABASE):
        finish(folder)
        if not replace:
            must_be_free(folder, "name another in DATA_DIR, or say --replace: the store there is put aside")
        stage = folder / MAKING
        shutil.rmtree(stage, ignore_errors=True)
        if archive.is_file():
            must_have_room(folder, archive.stat().st_size)
        try:
            manifest = _make_ready(archive, stage, tell)
            erase_again(stage, FileLedger(folder), tell)
            away = _away(folder)
            (stage / AWAY).write_text(away.name)
            os.sync()
            stage.rename(folder / READY)
        except BaseException:
            shutil.rmtree(stage, ignore_errors=True)
            raise
        synced(folder)
        finish(folder)
    return manifest, away if away.exists() else None


def _make_ready(archive: Path, stage: Path, tell: Tell) -> Manifest:
    stage.mkdir(mode=0o700)
    (stage / FILES).mkdir(mode=0o700)
    manifest = unpack(archive, stage, tell)
    if manifest.schema_version > len(STEPS):
        raise CannotBeDone(
            f"{archive} is of a newer program (schema version {manifest.schema_version}, this one knows "
            f"{len(STEPS)}); restore it with that program, {manifest.program}, or a newer one"
        )
    must_be_sound(stage / DATABASE, f"the database in {archive}", "take another back-up", tell)
    _without_leader(stage / DATABASE)
    return manifest


def must_have_room(folder: Path, needed: int) -> None:
    """Raises CannotBeDone unless the disk of the folder has this many bytes free."""
    if (free := shutil.disk_usage(folder).free) < needed:
        raise CannotBeDone(
            f"{folder} has room for {free >> 20} MB, and up to {needed >> 20} MB are needed; "
            "free some, or choose another folder"
        )


def must_be_sound(database: Path, what: str, cure: str, tell: Tell) -> None:
    """Raises CannotBeDone unless SQLite finds the database sound. Nobody else may have it open."""

    def going_on() -> None:
        tell(CHECKING, 0, 1)

    going_on()
    try:
        with closing(sqlite3.connect(f"{database.resolve().as_uri()}?immutable=1", uri=True)) as connection:
            wrong = problems(connection, "integrity_check", going_on)
    except sqlite3.DatabaseError as error:
        wrong = str(error)
    if wrong:
        raise CannotBeDone(f"{what} is damaged: {wrong}; {cure}")


def _without_leader(database: Path) -> None:
    """Remove the lease of the leader at the time of the back-up, so that nobody waits for it to end."""
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")  # leaves nothing beside it
        connection.execute("UPDATE meta SET value = NULL WHERE key = 'lease_holder'")


def _away(folder: Path) -> Path:
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    names = [f"replaced-{stamp}", *(f"replaced-{stamp}-{n}" for n in range(2, 100))]
    return next(folder / name for name in names if not (folder / name).exists())
