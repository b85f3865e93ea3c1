"""A check tries something for real, and finds faults."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum

from config.faults import Fault

Look = Callable[[], AsyncIterator[Fault]]
"""Tries something, cleans up, and yields the faults that it finds. It raises only errors that it does not
know."""


class Skipped(Exception):
    """The check could not be done, or there was nothing to check. The text says why."""


@dataclass(frozen=True, slots=True)
class Check:
    """``name`` stays the same in all versions; ``what`` is for people."""

    name: str
    what: str
    look: Look
    while_running: bool = False
    """Whether a running program repeats it now and then, because its result can change without any
    restart."""


class Status(IntEnum):
    """The result of the checks, and the exit status of ``guildesk doctor``."""

    HEALTHY = 0
    WARNINGS = 1
    FAULTS = 2


@dataclass(frozen=True, slots=True)
class Tried:
    """The result of one check. ``skipped`` says why it was not done."""

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
    """Which roles see a place in the guild, by their names."""

    place: str
    sees: dict[str, bool]
    others: tuple[str, ...] = ()
    """Further roles that see it."""


@dataclass(frozen=True, slots=True)
class Examined:
    """The results of all checks, and who would see what."""

    tried: Sequence[Tried]
    who_sees: Sequence[Sight] = ()

    @property
    def faults(self) -> list[Fault]:
        return [fault for it in self.tried for fault in it.faults]

    @property
    def status(self) -> Status:
        return max((it.status for it in self.tried), default=Status.HEALTHY)
