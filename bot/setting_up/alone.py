"""Allows only one set-up at a time per settings file: two would make everything in the guild twice."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.setting_up.arriving import CannotSetUp
from storage.private import ours_alone


@contextmanager
def alone(settings_file: Path) -> Iterator[None]:
    """While the block runs, no other set-up of this file can run. The lock of a killed one goes with its
    process. Raises CannotSetUp, and OSError."""
    real = settings_file.resolve()
    path = real.with_name(f"{real.name}.setup")
    while True:
        descriptor = ours_alone(str(path), os.O_RDWR | os.O_CREAT)
        try:
            _lock(descriptor, settings_file)
            if not _is_at(descriptor, path):  # whoever had it has just removed it
                continue
            os.truncate(descriptor, 0)
            os.write(descriptor, f"{os.getpid()}\n".encode())
            try:
                yield
            finally:
                path.unlink(missing_ok=True)
            return
        finally:
            os.close(descriptor)


def _lock(descriptor: int, settings_file: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        who = os.pread(descriptor, 20, 0).decode(errors="replace").strip()
        raise CannotSetUp(
            f"another set-up of {settings_file} is under way{f' (process {who})' if who else ''}; wait until "
            "it has ended, or end it, and set up again"
        ) from error


def _is_at(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False
