"""The guest of the widget that somebody was before, as a form of ours tells."""

from typing import Final

from aiohttp import web

from api.door.auth import TokenRefused
from api.door.door import VERIFIER
from tickets.model import Person

FIELD: Final = "guest_token"


async def guest_of(request: web.Request, token: str) -> Person | None:
    """The guest; None if there was none, or their token has expired."""
    if not token:
        return None
    try:
        return (await request.app[VERIFIER].verify(token)).caller.person
    except TokenRefused:
        return None
