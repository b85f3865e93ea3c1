"""How another store takes the place of the one in a folder, in one step.

It is made ready in ``restoring``, which is then renamed to ``restored``: that is the step. From then on,
whoever opens the store puts the new one in its place first. So a kill leaves the old store or the new one,
never a mixture."""

import shutil
from pathlib import Path
from typing import Final

from storage.folder import synced
from storage.keeping.problems import CannotBeDone

DATABASE: Final = "guildesk.sqlite3"
FILES: Final = "files"
MAKING: Final = "restoring"
READY: Final = "restored"
AWAY: Final = "away"
"""In what is ready, a file with the name of the folder into which the old store goes."""
PARTS: Final = (f"{DATABASE}-wal", f"{DATABASE}-shm", DATABASE, FILES)
"""The old ones go in this order: a new database must not find the old one's WAL."""

NOT_IN_THE_WAY: Final = ("lock", "leaders", "whispers.sqlite3", "erased.jsonl", MAKING, ".")
"""How the names begin of what is no store, and may be in a folder for one."""


def must_be_free(folder: Path, cure: str, but: str = MAKING) -> None:
    """Raises CannotBeDone unless there is nothing in the folder."""
    in_the_way = (it.name for it in folder.iterdir() if not it.name.startswith((*NOT_IN_THE_WAY, but)))
    if there := sorted(in_the_way):
        more = ", …" if there[3:] else ""
        raise CannotBeDone(f"{folder} is not empty ({', '.join(there[:3])}{more}); {cure}")


def is_unfinished(folder: Path) -> bool:
    """Whether a store stands ready and has not taken its place yet."""
    return (folder / READY).is_dir()


def finish(folder: Path) -> None:
    """Let what is ready take its place; again, if it was killed before."""
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
