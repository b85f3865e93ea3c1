"""The links in mails that unsubscribe: a page that asks people, and one click for mail programs (RFC
8058)."""

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
    description="Mails link to it. Reading it changes nothing.",
    media_types=("text/html",),
    errors=(404,),
)
async def ask_to_unsubscribe(request: web.Request) -> web.Response:
    user = request.app[DESKS].unsubscribe_links.user_of(request.match_info["token"])
    language = await _language(request, user)
    if user is None:
        return _wrong(request, language)
    return _answer(unsubscribe_page.asking(language))


@documented(
    "Send no more mails",
    description="One click in a mail program (RFC 8058) or on the page. The body is ignored.",
    media_types=("text/html",),
    errors=(404,),
)
async def unsubscribe(request: web.Request) -> web.Response:
    user = request.app[DESKS].unsubscribe_links.user_of(request.match_info["token"])
    language = await _language(request, user)
    if user is None:
        return _wrong(request, language)
    await request.app[DESKS].notifications.unsubscribe(user)
    return _answer(unsubscribe_page.done(language))


def _wrong(request: web.Request, language: Language) -> web.Response:
    """The answer to a wrong token: a page for people, and the usual error for programs."""
    if "text/html" not in request.headers.get(hdrs.ACCEPT, ""):
        raise web.HTTPNotFound
    return _answer(unsubscribe_page.wrong(language), status=404)


async def _language(request: web.Request, user: UserKey | None) -> Language:
    desks = request.app[DESKS]
    if user is None:
        return desks.options.language
    return language_of((await desks.options.notifying.addresses.reach(user)).locale, desks.options.language)


def _answer(page: str, status: int = 200) -> web.Response:
    return web.Response(body=page.encode(), status=status, headers=unsubscribe_page.HEADERS)


ONE: Final = f"{PATH}/{{token}}"

ROUTES: Final = (
    OpenRoute(ONE, ask_to_unsubscribe, "GET", Limit("ask_to_unsubscribe", 30)),
    OpenRoute(ONE, unsubscribe, "POST", Limit("unsubscribe", 30)),
)
