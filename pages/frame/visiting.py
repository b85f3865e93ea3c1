"""Pages for people who are signed in."""

from collections.abc import Awaitable, Callable
from functools import wraps

from aiohttp import web

from pages.frame.cookies import Place
from pages.frame.frame import FRAME
from pages.frame.languages import CHOSEN
from pages.frame.page import LANGUAGE, Handler, page
from pages.frame.sign_in import Visitor, visitor_of
from pages.frame.ways import to_sign_in
from texts.language import language_of

VisitorHandler = Callable[[web.Request, Visitor], Awaitable[web.StreamResponse]]


def for_visitors(place: Place, handler: VisitorHandler) -> Handler:
    """The handler behind the place's sign-in."""

    @page
    @wraps(handler)
    async def shown(request: web.Request) -> web.StreamResponse:
        visitor = await visitor_of(request, place)
        if visitor is None:
            raise to_sign_in(request, place)
        if visitor.locale is not None and CHOSEN not in request.query:
            request[LANGUAGE] = language_of(visitor.locale, request.app[FRAME].language)
        return await handler(request, visitor)

    return shown
