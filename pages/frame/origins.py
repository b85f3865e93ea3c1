"""Whether a form or a request of a script was sent by one of our own pages."""

from aiohttp import hdrs, web
from yarl import URL

from pages.frame.frame import FRAME


class ForeignOrigin(web.HTTPForbidden):
    """Something that changes was asked for by a page that is none of ours, or by no page at all."""


def must_come_from_our_pages(request: web.Request) -> None:
    """Raises ForeignOrigin.

    Every browser tells the origin with whatever is no GET; a program that does not is no browser, and has
    the API. This holds for signing in as well, so that nobody is signed in by a stranger's page to a
    stranger's account."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        raise ForeignOrigin
    told, ours = request.headers.getall(hdrs.ORIGIN, []), request.app[FRAME].origin
    if len(told) != 1 or not _is_ours(told[0], ours, request.host):
        raise ForeignOrigin


def _is_ours(origin: str, ours: URL, host: str) -> bool:
    """Of the public address, or of the host that was asked, in the scheme of the public address."""
    try:
        parsed = URL(origin).origin()
    except ValueError:
        return False
    return parsed == ours or (parsed.scheme == ours.scheme and parsed.authority == host.lower())
