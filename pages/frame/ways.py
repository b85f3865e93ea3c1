"""The page to which somebody goes after signing in: always one of ours."""

import re
from typing import Final
from urllib.parse import urlencode

from aiohttp import web

from pages.frame.cookies import SignInPlace
from pages.frame.frame import FRAME

NEXT: Final = "next"
MOST: Final = 200
_REST: Final = re.compile(r"(?:/[A-Za-z0-9_-]+)*/?")


def way_on(request: web.Request, place: SignInPlace, asked: str | None) -> str:
    """The requested path if it belongs to the place, otherwise the place's first page. Only plain paths pass:
    no host, no query, no dots, no backslashes."""
    first = request.app[FRAME].path(place.path)
    asked = asked or ""
    if len(asked) <= MOST and asked.startswith(first) and _REST.fullmatch(asked[len(first) :]):
        return asked
    return first


def to_sign_in(request: web.Request, place: SignInPlace) -> web.HTTPSeeOther:
    """A redirect to the place's sign-in, which leads back to this page."""
    frame = request.app[FRAME]
    here = frame.path(request.rel_url.raw_path)
    query = "" if here == frame.path(place.path) else f"?{urlencode({NEXT: here})}"
    return web.HTTPSeeOther(frame.path(f"{place.path}/login{query}"))
