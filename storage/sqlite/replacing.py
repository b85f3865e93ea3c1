"""Replaces the store in a folder by another, in one step.

The new store is prepared in ``restoring``. Renaming that folder to ``restored`` is the step. From then on,
every program that opens the store first moves the new one into its place. So after a kill there is the old
store or the new one, never a mixture."""

import shutil
from pathlib import Path
from typing import Final

from storage.folder import synced
from storage.keeping.problems import CannotBeDone

DATABASE: Final = "guildesk.sqlite3"
FILES: Final = "files"
SIGNALS: Final = "whispers.sqlite3"
"""Made by each store that was opened."""
MAKING: Final = "restoring"
READY: Final = "restored"
AWAY: Final = "away"
"""A file in the prepared folder. It has the name of the folder into which the old store is put."""
PARTS: Final = (f"{DATABASE}-wal", f"{DATABASE}-shm", DATABASE, FILES)
"""Old files are moved away in this order: the new database must not find the WAL of the old one."""

NOT_IN_THE_WAY: Final = ("lock", "leaders", SIGNALS, "erased.jsonl", MAKING, ".")
"""Names that begin so are not part of a store, and may be in a folder that is free for one."""


def must_be_free(folder: Path, cure: str, but: str = MAKING) -> None:
    """Raises CannotBeDone unless the folder has room for a new store."""
    in_the_way = (it.name for it in folder.iterdir() if not it.name.startswith((*NOT_IN_THE_WAY, but)))
    if there := sorted(in_the_way):
        more = ", …" if there[3:] else ""
        raise CannotBeDone(f"{folder} is not empty ({', '.join(there[:3])}{more}); {cure}")


def is_unfinished(folder: Path) -> bool:
    """Whether a prepared store is there that has not been moved into its place yet."""
    return (folder / READY).is_dir()


def finish(folder: Path) -> None:
    """Move the prepared store into its place. After a kill, the next call goes on."""
    if not is_unfinished(folder):
        return
    ready = folder / READY
    away = folder / (ready / AWAY).read_text()
    for name in PARTS:
        old, new = folder / name, ready / name
        if old.exists() and (new.exists() or name not in (DATABASE, FILES)):
            away.mkdir(mode=0o700, exist_ok=True)
            old.rename(away / name)
        if new.exists():
            new.rename(old)
    synced(folder)
    ready.rename(folder / MAKING)
    shutil.rmtree(folder / MAKING, ignore_errors=True)
