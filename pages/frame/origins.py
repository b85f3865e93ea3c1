"""Whether a form or a request of a script was sent by one of our own pages."""

from aiohttp import hdrs, web
from yarl import URL

from pages.frame.frame import FRAME


class ForeignOrigin(web.HTTPForbidden):
    """A change was asked for by a page that is not ours, or by no page at all."""


def must_come_from_our_pages(request: web.Request) -> None:
    """Raises ForeignOrigin if the request does not come from a page of ours.

    Browsers send the origin with every request but GET; programs that send none have the API. The check
    covers signing in as well, so that no page of a stranger can sign somebody in to the stranger's account.
    """
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        raise ForeignOrigin
    told, ours = request.headers.getall(hdrs.ORIGIN, []), request.app[FRAME].origin
    if len(told) != 1 or not _is_ours(told[0], ours, request.host):
        raise ForeignOrigin


def _is_ours(origin: str, ours: URL, host: str) -> bool:
    """Whether it is the origin of the public address, or the host that was asked in the same scheme."""
    try:
        parsed = URL(origin).origin()
    except ValueError:
        return False
    if str(parsed) != origin:
        return False  # with a user or a path, which origins of browsers never have
    return parsed == ours or (parsed.scheme == ours.scheme and parsed.authority == host.lower())
