"""Guests: people who ask without an account."""

from typing import Final

from aiohttp import web
from pydantic import BaseModel, Field

from api.desks import DESKS
from api.documents.documented import documented
from api.door.bodies import body_of
from api.door.claims import UserName
from api.door.limits import Limit
from api.door.routes import API, OpenRoute
from api.resources.sessions import SignedInBody, device_of, signed_in_answer


class NewGuestBody(BaseModel, extra="forbid"):
    """The name that the guest wants to be called by."""

    username: UserName | None = Field(None, examples=["Visitor"])


@documented(
    "Be a guest",
    description="Call this when a guest sends their first message, not before. A guest has the role "
    "`TEMP_USER`. The refresh token gives the next token.",
    body=NewGuestBody,
    body_required=False,
    answer=SignedInBody,
    status=201,
    errors=(404, 429, 503),
)
async def come_as_guest(request: web.Request) -> web.Response:
    body = await body_of(request, NewGuestBody) if request.body_exists else NewGuestBody()
    guest = await request.app[DESKS].accounts.guests.come(body.username, device=device_of(request))
    return signed_in_answer(guest, status=201)


ROUTES: Final = (OpenRoute(f"{API}/guests", come_as_guest, "POST", Limit("come_as_guest", 10, 3600)),)
