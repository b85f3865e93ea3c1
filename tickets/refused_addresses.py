"""E-mail addresses at which nobody is, as a mail server said. No news is mailed there until that is right."""

from typing import Final

from tickets.model import Millis
from tickets.ports.accounts import Tried, refused_key
from tickets.ports.store import Store

KEPT_FOR: Final[Millis] = 365 * 24 * 3_600_000
"""Milliseconds after which such an address is tried once more."""


class RefusedAddresses:
    """They are kept among the tries, under a digest of the address: so they go with the account, or after a
    year, and whoever has another address is not concerned."""

    def __init__(self, store: Store) -> None:
        self._tries = store.identity.tries

    async def add(self, email: str, now: Millis) -> None:
        """Nobody is at this address."""

        def once_more(tried: Tried | None) -> tuple[Tried, None]:
            return Tried(1 if tried is None else tried.count + 1, tried.since if tried else now, now), None

        await self._tries.change(refused_key(email), now + KEPT_FOR, once_more)

    async def since(self, email: str | None) -> Millis | None:
        """Since when the address is refused; None if it is not, or there is none."""
        tried = None if email is None else await self._tries.get(refused_key(email))
        return None if tried is None else tried.since

    async def remove(self, email: str) -> None:
        """The address is right, as somebody says or shows who must know it."""
        await self._tries.forget(refused_key(email))
