"""A check tries something for real, and finds faults."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum

from config.faults import Fault

Look = Callable[[], AsyncIterator[Fault]]
"""Tries something, cleans up after itself, and returns what is wrong. It raises nothing that it has a name
for."""


class Skipped(Exception):
    """There is nothing to try, or no way to. The text says why."""


@dataclass(frozen=True, slots=True)
class Check:
    """``name`` stays the same in all versions; ``what`` is for people."""

    name: str
    what: str
    look: Look
    while_running: bool = False
    """Whether a running program looks again now and then: what it finds comes and goes by itself."""


class Status(IntEnum):
    """How the checks went; this is the exit status of ``guildesk doctor``."""

    HEALTHY = 0
    WARNINGS = 1
    FAULTS = 2


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of one check. ``skipped`` says why it was not tried."""

    name: str
    what: str
    faults: Sequence[Fault] = ()
    skipped: str | None = None

    @property
    def status(self) -> Status:
        if any(not it.is_warning for it in self.faults):
            return Status.FAULTS
        return Status.WARNINGS if self.faults else Status.HEALTHY


@dataclass(frozen=True, slots=True)
class Sight:
    """Who sees a place in the guild, by the names of roles."""

    place: str
    sees: dict[str, bool]
    others: tuple[str, ...] = ()
    """Further roles that see it."""


@dataclass(frozen=True, slots=True)
class Examined:
    """Everything that was tried, and who would see what."""

    tried: Sequence[Tried]
    who_sees: Sequence[Sight] = ()

    @property
    def faults(self) -> list[Fault]:
        return [fault for it in self.tried for fault in it.faults]

    @property
    def status(self) -> Status:
        return max((it.status for it in self.tried), default=Status.HEALTHY)
