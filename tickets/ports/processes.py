"""A registry of all processes that work on the store. Each of them says now and then that it is alive, and
what its state is."""

from dataclasses import dataclass
from typing import Final, Protocol

from tickets.model import Millis

KEPT: Final[Millis] = 15 * 60 * 1000
"""A process stays in the registry for so long after its last sign of life, so that people see which one has
died."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessSeen:
    """A process at its last sign of life. ``discord`` is what a leader says of Discord: "ok", or what is
    wrong. Other processes say nothing."""

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
    """The registry. The lease, and not the registry, decides who leads."""

    async def seen(self, process: ProcessSeen) -> None:
        """Store this sign of life, and remove processes that gave none for long."""
        ...

    async def gone(self, name: str) -> None:
        """Remove the process, which ends."""
        ...

    async def all(self) -> list[ProcessSeen]:
        """The processes that gave a sign of life lately, the oldest first."""
        ...
