"""Keeps the files of a store private: only the program's user on the machine may read them."""

import logging
import os
from pathlib import Path
from stat import S_IMODE, S_ISLNK
from typing import Final

log = logging.getLogger(__name__)

OTHERS: Final = 0o077
"""The rights of everybody but the owner."""
OURS: Final = (
    *("guildesk.sqlite3*", "whispers.sqlite3*", "files", "leaders"),
    *("lock", "restoring", "restored", "replaced-*", "erased.jsonl"),
)
"""What the store creates in its folder. A folder that others may not enter protects everything in it."""


def make_private(folder: Path) -> None:
    """Take all other users' rights to the store in ``folder``, and log it; or log that this is impossible.
    If the folder also contains files that are not the store's, it keeps its rights, and only the store's own
    files are closed."""
    ours = ours_in(folder)
    if set(folder.iterdir()) <= ours:
        ours.add(folder)
    try:
        closed = [path for path in sorted(ours) if _is_closed_now(path)]
    except OSError as error:
        log.warning(
            "DATA_DIR: others on this machine can read what is in %s, and that cannot be changed (%s); "
            "let its owner do it: chmod -R go-rwx",
            folder,
            error.strerror,
        )
        return
    if closed:
        log.warning(
            "DATA_DIR: others on this machine could read what is in %s; from now on its owner alone can",
            folder,
        )


def ours_in(folder: Path) -> set[Path]:
    """What is there of the store's."""
    return {path for pattern in OURS for path in folder.glob(pattern)}


def _is_closed_now(path: Path) -> bool:
    """Whether the path was open to others and is closed now. Another process may remove its own files
    meanwhile."""
    try:
        mode = path.lstat().st_mode
        if S_ISLNK(mode) or not mode & OTHERS:
            return False
        path.chmod(S_IMODE(mode) & ~OTHERS)
    except FileNotFoundError:
        return False
    return True


def ours_alone(path: str, flags: int) -> int:
    """An ``opener`` for a new file that only its owner may read."""
    return os.open(path, flags, 0o600)
