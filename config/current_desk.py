"""The desk file in use. It is read again when it changes, without a restart."""

import logging
from collections.abc import Callable, Sequence
from datetime import UTC, tzinfo
from pathlib import Path
from typing import Final

from config.desk_file import DeskFile, DeskFileIsWrong, read_desk_file
from config.faults import DESK_FILE_WRONG, Fault
from tickets.forms import Forms
from tickets.hours import Hours
from tickets.model import IssueLevel
from tickets.targets import Terms
from tickets.webhooks import Endpoint

log = logging.getLogger(__name__)

LOOK_EVERY: Final = 1.0
"""Seconds between two checks whether the file has changed."""


class CurrentDesk:
    """The parts of the program hold this object and read ``now`` each time, because earlier values may be
    outdated."""

    def __init__(self, path: Path | None = None) -> None:
        """Without a path there is no file, and the defaults apply. Raises DeskFileIsWrong."""
        self._path = path
        self._stamp = self._seen = _stamp(path)
        """The state of the file when it was read last, and when it was last looked at."""
        self.now = DeskFile() if path is None else read_desk_file(path)
        self.faults: list[Fault] = []
        """The present faults of the file. While there are any, ``now`` is an older version."""
        self._listeners: list[Callable[[], None]] = []

    def forms(self) -> Forms:
        return self.now.asked

    def hours(self) -> Hours | None:
        """When people work; None for always."""
        return self.now.work

    def zone(self) -> tzinfo:
        """The desk's time zone; UTC if the file does not say."""
        work = self.hours()
        return UTC if work is None else work.zone

    def terms(self, level: IssueLevel, category: str | None) -> Terms | None:
        """The targets of a new ticket of this level and category."""
        return self.now.terms(level, category)

    def endpoints(self) -> Sequence[Endpoint]:
        """The webhook endpoints of the file."""
        return self.now.endpoints

    def listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call ``listener`` after each change; it must not wait. Returns a function that ends this."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def look(self) -> None:
        """Read the file if it has changed, and has not changed again since the last look. Half a file would
        be wrong or, worse, valid."""
        stamp, before = _stamp(self._path), self._seen
        self._seen = stamp
        if stamp == before != self._stamp:
            self.read()

    def read(self) -> None:
        """Read the file. If it is wrong, that becomes a fault, and the previous version stays in use."""
        if self._path is None:
            return
        self._stamp = self._seen = _stamp(self._path)
        try:
            read = read_desk_file(self._path)
        except DeskFileIsWrong as wrong:
            self.faults = [DESK_FILE_WRONG.of(what=fault) for fault in wrong.faults]
            for fault in self.faults:
                log.error("%s", fault)
            return
        self.faults = []
        is_new, self.now = read != self.now, read
        log.info("DESK_FILE: read again%s", "" if is_new else ", it says the same")
        for listener in tuple(self._listeners) if is_new else ():
            listener()


def _stamp(path: Path | None) -> tuple[int, ...]:
    """A value that changes when the file does."""
    try:
        told = path.stat() if path else None
    except OSError:
        return ()
    return (told.st_mtime_ns, told.st_size, told.st_ino) if told else ()
