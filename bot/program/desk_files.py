"""Reads the desk file again when it changes, and finds out whether other processes have a different one."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from config.current_desk import LOOK_EVERY, CurrentDesk
from config.faults import DESK_FILES_DIFFER, Fault
from tickets.ports.signals import DeskFileInUse, Signals

log = logging.getLogger(__name__)

SAY_EVERY: Final = 5.0
"""Seconds after which each process says again which file it has."""
GONE_AFTER: Final = 20.0
"""Seconds after which one that said nothing is taken for gone."""
GRACE: Final = 6.0
"""Seconds for which files may differ: each process reads a changed one at a time of its own."""

Tell = Callable[[Fault], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class _Heard:
    digest: str
    at: float
    differs_since: float | None


class DeskFiles:
    """The desk files in use, as far as this process knows. ``name`` is this process's."""

    def __init__(
        self,
        name: str,
        desk: CurrentDesk,
        signals: Signals,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._name = name
        self._desk = desk
        self._signals = signals
        self._clock = clock
        self._said_at = -SAY_EVERY
        self._said = ""
        self._others: dict[str, _Heard] = {}
        signals.desk_files.listen(self._hear)

    @property
    def faults(self) -> list[Fault]:
        """Faults of desk files that people have to mend."""
        now = self._clock()
        differ = [
            DESK_FILES_DIFFER.of(process=process)
            for process, heard in sorted(self._others.items())
            if heard.differs_since is not None and now - heard.differs_since >= GRACE
        ]
        return [*self._desk.faults, *differ]

    async def run(self, tell: Tell) -> None:
        """Check the files until cancelled. ``tell`` is called with each fault as long as it lasts."""
        while True:
            try:
                self._desk.look()
                self.compare()
                for fault in self.faults:
                    await tell(fault)
            except Exception:
                log.exception("the desk file could not be looked at")
            await asyncio.sleep(LOOK_EVERY)

    def compare(self) -> None:
        """Announce this process's file from time to time, and compare it with those of others."""
        now, digest = self._clock(), self._desk.now.digest
        if digest != self._said or now - self._said_at >= SAY_EVERY:
            self._said, self._said_at = digest, now
            self._signals.desk_files.say(DeskFileInUse(self._name, digest))
        self._others = {
            process: self._compared(heard.digest, heard.at, heard)
            for process, heard in self._others.items()
            if now - heard.at < GONE_AFTER
        }

    def _hear(self, told: DeskFileInUse) -> None:
        if told.process != self._name:
            known = self._others.get(told.process)
            self._others[told.process] = self._compared(told.digest, self._clock(), known)

    def _compared(self, digest: str, at: float, known: _Heard | None) -> _Heard:
        if digest == self._desk.now.digest:
            return _Heard(digest, at, None)
        since = known.differs_since if known else None
        return _Heard(digest, at, self._clock() if since is None else since)
