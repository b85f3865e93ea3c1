"""Locks on the folder of an embedded store. Any number of programs use it, or one changes it as a whole."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from storage.keeping.problems import CannotBeDone
from storage.sqlite.replacing import finish, is_unfinished
from tickets.ports.store import StoreUnavailable

LOCK: Final = "lock"
PATIENCE: Final = 5.0
"""Seconds to wait for a program that changes the folder as a whole."""
_SHARED_OF_SQLITE: Final = (510, 0x40000002)
"""Length and first byte of the range that each connection to a file in WAL mode locks (SQLite, os_unix.c)."""


class InUse(StoreUnavailable, CannotBeDone):
    """Another program uses the folder."""


class Use:
    """A lock on the folder. The operating system releases it when the process ends, however it ends."""

    def __init__(self, folder: Path) -> None:
        try:
            self._descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        except PermissionError as error:
            raise StoreUnavailable(
                f"{folder} cannot be locked ({error.strerror}); run this as the user to whom it belongs"
            ) from error

    def lock(self, how: int) -> bool:
        """Take the lock, and return whether that worked. On a file system without locks it always does."""
        try:
            fcntl.flock(self._descriptor, how | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            return True
        return True

    def end(self) -> None:
        os.close(self._descriptor)


def use(folder: Path) -> Use:
    """Use the folder, beside others, until ``end``. If a restore was killed just before its last step, that
    step is done first. Raises InUse while another program changes the folder as a whole."""
    mine, until = Use(folder), time.monotonic() + PATIENCE
    try:
        while True:
            if is_unfinished(folder) and mine.lock(fcntl.LOCK_EX):
                finish(folder)
            if mine.lock(fcntl.LOCK_SH) and not is_unfinished(folder):
                return mine
            if time.monotonic() > until:
                raise InUse(f"{folder} is being restored or moved into; wait until that has ended")
            time.sleep(0.05)
    except BaseException:
        mine.end()
        raise


@contextmanager
def alone(folder: Path, database: Path) -> Iterator[None]:
    """Keep everybody else out of the folder while the block runs. Raises InUse if somebody uses it."""
    mine = Use(folder)
    try:
        if not mine.lock(fcntl.LOCK_EX) or _is_open_elsewhere(database):
            raise InUse(f"{folder} is in use; stop every Guildesk on it first")
        yield
    finally:
        mine.end()


def _is_open_elsewhere(database: Path) -> bool:
    """Whether another process has the database open: older programs do not lock the folder."""
    try:
        descriptor = os.open(database, os.O_RDWR)
    except OSError:
        return False
    try:
        fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB, *_SHARED_OF_SQLITE)
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return False
