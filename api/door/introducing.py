"""Makes users known as soon as they show a good token, before they open anything. So staff can block them,
note something about them, and merge a guest into them."""

import logging

from api.door.auth import Verified, Verifier
from tickets.ports.store import People, StoreUnavailable

log = logging.getLogger(__name__)


class Introducing:
    """Tells the store whom another verifier has verified."""

    def __init__(self, verifier: Verifier, people: People) -> None:
        self._verifier = verifier
        self._people = people

    async def verify(self, token: str) -> Verified:
        verified = await self._verifier.verify(token)
        try:
            await self._people.remember(verified.caller.person)
        except StoreUnavailable as error:  # the token is good nevertheless; what is asked for says the rest
            log.debug("somebody is not remembered: %s", error)
        return verified
