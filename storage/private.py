"""What people wrote is for the program alone: nobody else on the machine reads it."""

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
"""What the store makes in its folder; a folder that nobody may enter keeps all that is in it."""


def make_private(folder: Path) -> None:
    """Take from everybody else their rights to the store in ``folder``, and say so; or say that it cannot be.

    Where the folder holds something of others, it is left as it is, and only what is in it is closed."""
    ours = {path for pattern in OURS for path in folder.glob(pattern)}
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


def _is_closed_now(path: Path) -> bool:
    """Whether the path was open to others, and is no more. Another process may take away what it has made."""
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
