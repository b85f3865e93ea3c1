"""Idempotency keys: a request with a key is done once, however often it is sent."""

from dataclasses import dataclass
from typing import Protocol

from tickets.model import Millis

KEPT: Millis = 24 * 60 * 60 * 1000
"""How long a reservation is remembered."""


@dataclass(frozen=True, slots=True)
class Reservation:
    """Who works on the request with a key, and the answer."""

    digest: str
    """A digest of the request."""
    seed: str
    """The seed for the ids of everything that the request makes, so that repeated work makes the same ids."""
    answer: tuple[int, str] | None = None
    """Status and body, once the work is done."""
    is_mine: bool = False
    """Whether the caller must do the work, because nobody does it, or nobody does any more."""


class IdempotencyKeys(Protocol):
    """The reservations of the last day."""

    async def reserve(self, key: str, digest: str, *, now: Millis, until: Millis) -> Reservation:
        """The key's reservation, which is made if there is none. Its holder has ``until`` then to settle it.
        After that, the next caller with the same request gets it."""
        ...

    async def settle(self, key: str, seed: str, answer: tuple[int, str]) -> None:
        """The work is done. The first answer stays."""
        ...

    async def release(self, key: str, seed: str) -> None:
        """The work is not done. The next caller may do it at once."""
        ...
