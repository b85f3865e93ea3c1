"""Links in mails that end mails: for people a page that asks, for mail programs one click (RFC 8058)."""

from typing import Final

from aiohttp import hdrs, web

from api.desks import DESKS
from api.documents.documented import documented
from api.door.limits import Limit
from api.door.routes import OpenRoute
from notify import unsubscribe_page
from notify.unsubscribing import PATH
from texts.language import Language, language_of
from tickets.model import UserKey


@documented(
    "The page that asks whether to send no more mails",
    description="Mails link it. It changes nothing.",
    media_types=("text/html",),
    errors=(404,),
)
async def ask_to_unsubscribe(request: web.Request) -> web.Response:
    """``GET /notifications/unsubscribe/{token}``"""
    user = request.app[DESKS].unsubscribe_links.user_of(request.match_info["token"])
    language = await _language(request, user)
    if user is None:
        return _wrong(request, language)
    return _answer(unsubscribe_page.asking(language))


@documented(
    "Send no more mails",
    description="One click of a mail program, as RFC 8058 has it, or of the page. The body does not matter.",
    media_types=("text/html",),
    errors=(404,),
)
async def unsubscribe(request: web.Request) -> web.Response:
    """``POST /notifications/unsubscribe/{token}``"""
    user = request.app[DESKS].unsubscribe_links.user_of(request.match_info["token"])
    language = await _language(request, user)
    if user is None:
        return _wrong(request, language)
    await request.app[DESKS].notifications.unsubscribe(user)
    return _answer(unsubscribe_page.done(language))


def _wrong(request: web.Request, language: Language) -> web.Response:
    """A page for people; programs are told as everywhere."""
    if "text/html" not in request.headers.get(hdrs.ACCEPT, ""):
        raise web.HTTPNotFound
    return _answer(unsubscribe_page.wrong(language), status=404)


async def _language(request: web.Request, user: UserKey | None) -> Language:
    desks = request.app[DESKS]
    if user is None:
        return desks.language
    return language_of((await desks.addresses.reach(user)).locale, desks.language)


def _answer(page: str, status: int = 200) -> web.Response:
    return web.Response(body=page.encode(), status=status, headers=unsubscribe_page.HEADERS)


ONE: Final = f"{PATH}/{{token}}"

ROUTES: Final = (
    OpenRoute(ONE, ask_to_unsubscribe, "GET", Limit("ask_to_unsubscribe", 30)),
    OpenRoute(ONE, unsubscribe, "POST", Limit("unsubscribe", 30)),
)
