"""Idempotency keys: what a client asks for under a key is done once, however often it asks."""

from dataclasses import dataclass
from typing import Protocol

from tickets.model import Millis

KEPT: Millis = 24 * 60 * 60 * 1000
"""How long a reservation is remembered."""


@dataclass(frozen=True, slots=True)
class Reservation:
    """Who works on the request with a key, and the answer to it."""

    digest: str
    """The digest of what was asked for under the key."""
    seed: str
    """The ids of what is done for the key are made from it, so that doing it again makes the same ids."""
    answer: tuple[int, str] | None = None
    """Status and body, once the work is done."""
    is_mine: bool = False
    """Whether the asker is to do the work, because nobody does it, or not any more."""


class IdempotencyKeys(Protocol):
    """The reservations of the last day."""

    async def reserve(self, key: str, digest: str, *, now: Millis, until: Millis) -> Reservation:
        """The key's reservation, made if there is none. Its holder has until then to settle it.

        After that, the next who asks for the same gets it."""
        ...

    async def settle(self, key: str, seed: str, answer: tuple[int, str]) -> None:
        """The work is done. The first answer stays."""
        ...

    async def release(self, key: str, seed: str) -> None:
        """The work is not done; the next who asks may do it at once."""
        ...
