"""Which processes on this machine live: each locks a file of its own until it ends, however it ends."""

import fcntl
import os
from contextlib import suppress
from pathlib import Path


class LiveProcesses:
    """Each that lives holds a file in ``folder``, named after it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._mine: dict[str, int] = {}

    def make(self, name: str) -> None:
        """Show that whoever has this name lives, and clear away what the dead have left.

        Where the file system has no locks there is no mark, and nobody is told anything by it."""
        if name in self._mine:
            return
        with suppress(OSError):
            self._folder.mkdir(mode=0o700, exist_ok=True)
            for left in self._folder.iterdir():
                if self.is_dead(left.name):
                    left.unlink(missing_ok=True)
            path = self._folder / name
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                os.close(descriptor)
                path.unlink()
                return
            self._mine[name] = descriptor

    def is_dead(self, name: str) -> bool:
        """Whether the process is known to have ended; one without a mark may live."""
        try:
            descriptor = os.open(self._folder / name, os.O_RDWR)
        except OSError:
            return False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        finally:
            os.close(descriptor)
        return True

    def clear(self) -> None:
        """Take away the files of this process."""
        for name, descriptor in self._mine.items():
            with suppress(OSError):
                (self._folder / name).unlink(missing_ok=True)
            os.close(descriptor)
        self._mine.clear()
