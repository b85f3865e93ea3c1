"""Idempotency keys: what is done for a key that a client chose is done once, however often it is asked."""

from dataclasses import dataclass
from typing import Protocol

from tickets.model import Millis

KEPT: Millis = 24 * 60 * 60 * 1000
"""How long a reservation is remembered."""


@dataclass(frozen=True, slots=True)
class Reservation:
    """Who works for a key, and what came of it."""

    digest: str
    """Of what was asked for under the key."""
    seed: str
    """Of it the ids are made of what is done for the key, so that whoever does it again does the same."""
    answer: tuple[int, str] | None = None
    """Status and body, once the work is done."""
    is_mine: bool = False
    """Whether the work is the asker's to do: nobody was at it, or nobody was any more."""


class IdempotencyKeys(Protocol):
    """The claims of the last day."""

    async def reserve(self, key: str, digest: str, *, now: Millis, until: Millis) -> Reservation:
        """The key's reservation, made if there is none; whose it is has until then to settle it.

        After that it is given to the next who asks for the same."""
        ...

    async def settle(self, key: str, seed: str, answer: tuple[int, str]) -> None:
        """The work is done; the first answer stays."""
        ...

    async def release(self, key: str, seed: str) -> None:
        """The work is not done; the next who asks may do it at once."""
        ...
