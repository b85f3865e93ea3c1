"""Renders pages from templates, and pages about faults."""

import logging
from collections.abc import Awaitable, Callable, Collection, Hashable, Mapping
from functools import partial, wraps
from typing import Any, Final

from aiohttp import hdrs, web
from jinja2 import Environment, PackageLoader, StrictUndefined

from accounts.refusals import DiscordIsAway
from api.door.addresses import address_of
from api.door.edge import has_hung_up
from api.door.errors import answer_to
from api.door.limits import Limit, network
from pages.frame.frame import FRAME
from pages.frame.headers import NOBODY, OF_PAGES, policy
from pages.frame.languages import NAMES, language_for
from pages.frame.origins import ForeignOrigin
from pages.frame.words import iso, said, shown_moment, size
from texts.language import Language
from texts.text import Text, in_language
from tickets.ports.store import StoreUnavailable
from tickets.refusals import UserIsBlocked

log = logging.getLogger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

STRANGERS: Final = Limit("pages", 120)
"""Pages that one address may load, for people who are not signed in."""
LANGUAGE: Final = web.RequestKey("LANGUAGE", Language)
"""The language that somebody signed in has chosen; unset for others."""

_ENVIRONMENT: Final = Environment(
    loader=PackageLoader("pages", "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_FAULTS: Final[Mapping[int, Text]] = {
    403: Text("page-fault-forbidden"),
    404: Text("page-fault-not-found"),
    413: Text("page-fault-too-large"),
    429: Text("page-fault-too-often"),
    503: Text("page-fault-store-away"),
}
_TOLD: Final = ("Retry-After", "Allow")
"""Headers that a page takes over from the API's answer."""
_FOREIGN: Final = Text("page-fault-foreign")
_BLOCKED: Final = Text("page-blocked")
_DISCORD_AWAY: Final = Text("page-fault-discord-away")
_OURS: Final = Text("page-fault-ours")
_THEIRS: Final = Text("page-fault-request")


def page(handler: Handler) -> Handler:
    """The handler of a page that everybody may see. Requests are counted for each address."""

    @telling_faults
    @wraps(handler)
    async def counted(request: web.Request) -> web.StreamResponse:
        await admit(request, STRANGERS, network(address_of(request)))
        return await handler(request)

    return counted


async def admit(request: web.Request, limit: Limit, who: Hashable) -> None:
    """Count the request, or raise RateLimited."""
    if (limits := request.app[FRAME].limits) is not None:
        await limits.admit(limit, who)


def telling_faults(handler: Handler) -> Handler:
    """The handler of a page. Whatever goes wrong in it becomes a page that says so."""

    @wraps(handler)
    async def shown(request: web.Request) -> web.StreamResponse:
        request[OF_PAGES] = True
        try:
            return await handler(request)
        except web.HTTPSeeOther as elsewhere:  # raised further, it would be a fault of the API's
            return web.Response(status=elsewhere.status, headers={hdrs.LOCATION: str(elsewhere.location)})
        except Exception as error:
            if has_hung_up(request, error):
                raise
            return _fault(request, error)

    return shown


def for_scripts(handler: Handler) -> Handler:
    """The handler of requests by scripts of pages. They are told what is wrong as the API tells it."""

    @wraps(handler)
    async def answered(request: web.Request) -> web.StreamResponse:
        request[OF_PAGES] = True
        return await handler(request)

    return answered


def reader_of(request: web.Request) -> Language:
    """The language of the page."""
    return request.get(LANGUAGE) or language_for(request, request.app[FRAME].language)


def read_templates(pages: Collection[str]) -> None:
    """Compile the templates of these pages before anybody waits for them. Those of the desk take 0.2 s."""
    for name in _ENVIRONMENT.list_templates(extensions=["jinja"]):
        folder = name.rpartition("/")[0]
        if pages and folder in ("", *pages):
            _ENVIRONMENT.get_template(name)


def render(
    request: web.Request, template: str, *, status: int = 200, ancestors: str = NOBODY, **facts: Any
) -> web.Response:
    """The page of a template, which finds its ``facts``, ``say`` for texts and ``static`` for files.
    ``ancestors`` are the origins that may frame it."""
    frame, language = request.app[FRAME], reader_of(request)

    def say(text: str, /, **of: Any) -> str:
        return in_language(Text(text, **of), language)

    html = _ENVIRONMENT.get_template(template).render(
        facts,
        frame=frame,
        language=language.value,
        moment=iso,
        said=said,
        shown=partial(shown_moment, language=language.value),
        size=size,
        languages={it.value: name for it, name in NAMES.items()},
        path=frame.path,
        say=say,
        words=lambda words: in_language(words, language),
        static=frame.static.url,
        modules=frame.static.modules,
    )
    headers = {
        "Content-Security-Policy": policy(frame, ancestors),
        "Vary": "Accept-Language, Cookie",
    }
    return web.Response(text=html, content_type="text/html", status=status, headers=headers)


def _fault(request: web.Request, error: Exception) -> web.Response:
    told = answer_to(error) or (web.Response(status=503) if isinstance(error, DiscordIsAway) else None)
    if told is None:
        log.error("%s of a page failed", request.method, exc_info=error)
    elif isinstance(error, StoreUnavailable):
        log.warning("the store is away: %s", error)
    status = 500 if told is None else told.status
    words = _FAULTS.get(status, _OURS if status >= 500 else _THEIRS)
    if isinstance(error, ForeignOrigin):
        words = _FOREIGN
    if isinstance(error, UserIsBlocked):
        words = _BLOCKED
    if isinstance(error, DiscordIsAway):
        words = _DISCORD_AWAY
    answer = render(request, "fault.html.jinja", status=status, message=words, code=status)
    if told is not None:
        answer.headers.extend({name: told.headers[name] for name in _TOLD if name in told.headers})
    return answer
