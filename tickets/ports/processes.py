"""All processes that work on the store: each tells now and then that it is there, and how it does."""

from dataclasses import dataclass
from typing import Final, Protocol

from tickets.model import Millis

KEPT: Final[Millis] = 15 * 60 * 1000
"""For so long one is known after its last sign of life, so that people see which one has died."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessSeen:
    """A process as it was at its last sign of life. ``discord`` is what a leader says of it: "ok", or what is
    the matter; others leave Discord to the leader, and say nothing."""

    name: str
    role: str
    host: str
    pid: int
    version: str
    started_at: Millis
    seen_at: Millis
    store: str
    discord: str | None
    faults: tuple[str, ...] = ()


class Processes(Protocol):
    """The registry. Who leads is decided elsewhere, by the lease."""

    async def seen(self, process: ProcessSeen) -> None:
        """Keep this, and forget those that gave no sign for long."""
        ...

    async def gone(self, name: str) -> None:
        """The process ends, and need not be looked for."""
        ...

    async def all(self) -> list[ProcessSeen]:
        """The processes that were seen lately, the oldest first."""
        ...
