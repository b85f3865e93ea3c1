"""What people have to do where SQLite fails."""

import shutil
from pathlib import Path

from config.faults import STORE_DAMAGED

CURE = "DATA_DIR must name a folder on a local disk that this program may write"
OF_ERRORS = {
    "locked": "Another program keeps it, perhaps a shell of sqlite3 or one that copies files: end that",
    "not a database": f"The file is damaged: {STORE_DAMAGED.cure}",
    "malformed": f"The file is damaged: {STORE_DAMAGED.cure}",
    "is full": "The disk, or a quota on it, is full: free some",
    "disk I/O error": "The disk fails, or a quota on it is used up: the system's log says why",
}
"""What to do by a word of SQLite's."""
READ_ONLY = ("Read-only", "readonly")
NEEDED = 1 << 20
"""Bytes of free disk. With less, that is why a store cannot be opened, whatever else SQLite says."""


def cure_of(error: Exception, folder: Path) -> str:
    """What to do where the store in this folder cannot be opened."""
    if any(word in str(error) for word in READ_ONLY):
        return CURE
    there = next(it for it in (folder, *folder.absolute().parents) if it.exists())
    if shutil.disk_usage(there).free < NEEDED:
        return "The disk is full: free some"
    return next((cure for word, cure in OF_ERRORS.items() if word in str(error)), CURE)
