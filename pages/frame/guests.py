"""Who somebody was as a guest of the widget, as a form of ours has brought it along."""

from typing import Final

from aiohttp import web

from api.door.auth import TokenRefused
from api.door.door import VERIFIER
from tickets.model import Person

FIELD: Final = "guest_token"


async def guest_of(request: web.Request, token: str) -> Person | None:
    """None where they were nobody, or that is too long ago."""
    if not token:
        return None
    try:
        return (await request.app[VERIFIER].verify(token)).caller.person
    except TokenRefused:
        return None
