"""Which of several processes leads."""

from dataclasses import dataclass
from typing import Protocol


class NotLeader(Exception):
    """This process does not lead, or no longer. Nothing was done, because another process may be doing it."""


@dataclass(frozen=True, slots=True)
class Term:
    """The time in which one process leads: runs the bot and writes what the sinks have done."""

    epoch: int = 0
    """Grows by one with each term; 0 before the first."""
    holder: str | None = None
    """The process; None if the term was given back, or the process is known to have ended."""
    beat: int = 0
    """Changes as long as the holder lives."""


class Lease(Protocol):
    """Decides which process leads. It contains no times: a process that waits for a sign of life uses its own
    clock."""

    async def observe(self) -> Term: ...

    async def acquire(self, holder: str, after: Term) -> Term | None:
        """Begin the term after the observed one. None if its holder has beaten since, or another term has
        begun."""
        ...

    async def renew(self, term: Term) -> None:
        """Beat. Raises NotLeader once another term has begun."""
        ...

    async def release(self, term: Term) -> None:
        """Give the term back, so that others need not wait. Does nothing if it is over."""
        ...
