"""Stores users as soon as they show a valid token, before they open anything. So staff can block them, write
notes about them, and merge a guest into them."""

import logging

from api.door.auth import Verified, Verifier
from tickets.ports.store import People, StoreUnavailable

log = logging.getLogger(__name__)


class Introducing:
    """Stores the people whom another verifier has verified."""

    def __init__(self, verifier: Verifier, people: People) -> None:
        self._verifier = verifier
        self._people = people

    async def verify(self, token: str) -> Verified:
        verified = await self._verifier.verify(token)
        try:
            await self._people.remember(verified.caller.person)
        except StoreUnavailable as error:  # the token is valid nevertheless
            log.debug("a person could not be stored: %s", error)
        return verified
