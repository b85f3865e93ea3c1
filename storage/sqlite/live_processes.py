"""Which processes on this machine are alive. Each locks a file, which the system unlocks when it ends."""

import fcntl
import os
from contextlib import suppress
from pathlib import Path


class LiveProcesses:
    """A file in ``folder`` for each process, under its name. A living process holds a lock on its file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._mine: dict[str, int] = {}

    def make(self, name: str) -> None:
        """Show that the process of this name is alive, and remove the files of dead processes. On a file
        system without locks no file is made, so no process is known to be dead."""
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
        """Whether the process is known to have ended. One without a file may be alive."""
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
        """Remove the files of this process."""
        for name, descriptor in self._mine.items():
            with suppress(OSError):
                (self._folder / name).unlink(missing_ok=True)
            os.close(descriptor)
        self._mine.clear()
