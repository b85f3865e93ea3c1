"""Which of several processes leads."""

from dataclasses import dataclass
from typing import Protocol


class NotLeader(Exception):
    """This process does not lead, or no longer. Nothing was done, because another process may be doing it."""


@dataclass(frozen=True, slots=True)
class Term:
    """The time in which one process leads: runs the bot and writes what the sinks have done."""

    epoch: int = 0
    """One more with each term; 0 before the first."""
    holder: str | None = None
    """The process; None if the term was given back, or the process is known to be gone."""
    beat: int = 0
    """It changes for as long as the holder lives."""


class Lease(Protocol):
    """Which process leads. It knows no time: whoever waits for a sign of the holder uses its own clock."""

    async def observe(self) -> Term: ...

    async def acquire(self, holder: str, after: Term) -> Term | None:
        """Begin the term after the observed one. None if its holder has beaten since, or another term has
        begun."""
        ...

    async def renew(self, term: Term) -> None:
        """Beat; raises NotLeader once another term has begun."""
        ...

    async def release(self, term: Term) -> None:
        """Give the term back, so that others need not wait; does nothing if it is over."""
        ...
