"""Pages for people who are signed in."""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Final

from aiohttp import web

from api.door.addresses import address_of
from api.door.limits import Limit, network
from pages.frame.cookies import SignInPlace
from pages.frame.frame import FRAME
from pages.frame.languages import CHOSEN
from pages.frame.page import LANGUAGE, STRANGERS, Handler, admit, telling_faults
from pages.frame.sign_in import Visitor, visitor_of
from pages.frame.ways import to_sign_in
from texts.language import language_of

VISITORS: Final = Limit("pages of a visitor", 60)
VisitorHandler = Callable[[web.Request, Visitor], Awaitable[web.StreamResponse]]


def for_visitors(place: SignInPlace, handler: VisitorHandler) -> Handler:
    """The handler behind the place's sign-in."""

    @telling_faults
    @wraps(handler)
    async def shown(request: web.Request) -> web.StreamResponse:
        visitor = await visitor_of(request, place)
        if visitor is None:
            await admit(request, STRANGERS, network(address_of(request)))
            raise to_sign_in(request, place)
        await admit(request, VISITORS, visitor.caller.key)
        if visitor.locale is not None and CHOSEN not in request.query:
            request[LANGUAGE] = language_of(visitor.locale, request.app[FRAME].language)
        return await handler(request, visitor)

    return shown
