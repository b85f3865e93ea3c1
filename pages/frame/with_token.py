"""Signing in at the desk with a staff token of a trusted backend, for those who have no account here."""

from typing import Final

from aiohttp import web

from api.desks import DESKS
from api.door.addresses import address_of
from api.door.auth import LONGEST_TOKEN, TokenRefused
from api.door.door import VERIFIER
from api.door.limits import Limit, network
from pages.frame.page import admit
from pages.frame.sign_in import device_of
from tickets.model import Millis, UserKey

LIVES: Final[Millis] = 12 * 60 * 60 * 1000
"""How long such a session lasts at most, even if the token is good for longer."""
TRIES: Final = Limit("sign-ins with a token", 20)


class TokenIsNoGood(Exception):
    """The token is refused, or does not belong to staff. The text says why."""


async def session_by_token(request: web.Request, token: str) -> str:
    """The session for the browser to keep; it ends with the token. Raises TokenIsNoGood and RateLimited."""
    await admit(request, TRIES, network(address_of(request)))
    try:
        verified = await request.app[VERIFIER].verify(token.strip()[: LONGEST_TOKEN + 1])
    except TokenRefused as refused:
        raise TokenIsNoGood(str(refused)) from None
    person = verified.caller.person
    if not person.role.is_staff or person.is_service or person.key.issuer == UserKey.ACCOUNTS:
        raise TokenIsNoGood("it is none of a member of staff from a trusted backend")
    desks = request.app[DESKS]
    left = min(LIVES, int(min(verified.expires_at, 2**40) * 1000) - desks.clock())
    await desks.store.people.remember(person)
    return await desks.accounts.signing_in.begin_at_desk(person, device_of(request), max(1, left))
