"""What the migrations of both stores share.

A store's version is that of the newest step that has begun. So from a step's first piece on, an older
program refuses the store, and an older program that still runs on it ends. A long step is done in pieces.
Each piece stores where the next one begins, so that after a kill another process goes on there."""

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NoReturn

from tickets.ports.store import StoreUnavailable


class StoreIsNewer(StoreUnavailable):
    """A newer program has written this store. This one might lose data that it does not know."""

    def __init__(self, found: int, known: int) -> None:
        super().__init__(
            f"The store has schema version {found}, but this program knows only version {known}: "
            "start the program that wrote it, or a newer one."
        )


log = logging.getLogger(__name__)

BETWEEN_LINES: Final = 5.0
"""Seconds between two lines on the log that say how far a step has come."""


MAKE_WAY: Final = "a newer Guildesk (it has migrated this store: end this process)"
"""The name that the very first version of the program finds as the leader in its place."""


@dataclass(frozen=True, slots=True)
class Reached:
    """How far a step has come: its next piece begins at ``place``; ``done`` of ``total`` is for people."""

    place: str | int | None = None
    done: int = 0
    total: int = 0


class Progress:
    """Logs which step a migration does, and how far it has come."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._version = 0
        self._began_at = self._told_at = 0.0

    def begins(self, version: int, what: str) -> None:
        """The next piece of the step to this version begins."""
        if version != self._version:
            self._version = version
            self._began_at = self._told_at = self._now()
            log.info("the store becomes version %d (%s); if this is stopped, it goes on later", version, what)

    def reached(self, reached: Reached | None) -> None:
        """The piece is done; None for the last one."""
        now = self._now()
        if reached is None:
            log.info("the store is version %d, after %.1f s", self._version, now - self._began_at)
        elif now - self._told_at >= BETWEEN_LINES:
            self._told_at = now
            log.info("the store becomes version %d: %d of %d", self._version, reached.done, reached.total)


class NewerProgram:
    """Remembers whether a newer program has migrated the store meanwhile. This program knows the versions up
    to ``known``."""

    def __init__(self, known: int) -> None:
        self._known = self._found = known
        self._is_here = asyncio.Event()

    def saw(self, version: int) -> None:
        """The store has this version."""
        if version > self._known:
            self._found = version
            self._is_here.set()

    def must_not_be_here(self) -> None:
        """Raises StoreIsNewer if a newer program has migrated the store: this one might damage what it does
        not know."""
        if self._is_here.is_set():
            raise StoreIsNewer(self._found, self._known)

    async def wait(self) -> NoReturn:
        """Wait until a newer program has migrated the store, then raise StoreIsNewer."""
        await self._is_here.wait()
        raise StoreIsNewer(self._found, self._known)


def other_version(version: int, known: int) -> str:
    """Why a command does not work on a store of this version, and what to do."""
    cure = "use the newer program" if version > known else "start Guildesk, which brings it up to date"
    return f"the store has schema version {version}, and this program works on version {known}; {cure}"
