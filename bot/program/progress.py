"""Shows the progress of long commands, at a terminal and in a log."""

import sys
import time
from typing import Final, TextIO

BETWEEN_LINES: Final = 5.0
"""Seconds between two lines where nobody watches."""
BETWEEN_LOOKS: Final = 0.2
"""Seconds between two changes of the line at a terminal."""


class Shown:
    """Shows the progress: at a terminal in one line that changes, elsewhere in a line from time to time."""

    def __init__(self, to: TextIO | None = None) -> None:
        self._to = to or sys.stderr
        self._is_watched = self._to.isatty()
        self._told_at = self._began_at = time.monotonic()
        self._what = ""

    def __call__(self, what: str, done: int, total: int) -> None:
        now = time.monotonic()
        pause = BETWEEN_LOOKS if self._is_watched else BETWEEN_LINES
        if what == self._what and now - self._told_at < pause:
            return
        if not self._is_watched and now - self._began_at < pause:
            return  # quick work needs no line
        self._what, self._told_at = what, now
        percent = f" {min(100, 100 * done // total)} %" if total > 1 else ""
        line = f"{what} …{percent}"
        self._to.write(f"\r\x1b[K{line}" if self._is_watched else f"{line}\n")
        self._to.flush()

    def end(self) -> None:
        """Remove the line."""
        if self._is_watched and self._what:
            self._to.write("\r\x1b[K")
            self._to.flush()
