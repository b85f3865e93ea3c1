"""Where somebody goes on after signing in: to a page of ours, and nowhere else."""

import re
from typing import Final
from urllib.parse import urlencode

from aiohttp import web

from pages.frame.cookies import Place
from pages.frame.frame import FRAME

NEXT: Final = "next"
MOST: Final = 200
_REST: Final = re.compile(r"(?:/[A-Za-z0-9_-]+)*/?")


def way_on(request: web.Request, place: Place, asked: str | None) -> str:
    """The path that was asked for if it is one of the place, else the place's first page.

    Only plain paths are let through: no host, no query, no dots, no backslashes."""
    first = request.app[FRAME].path(place.path)
    asked = asked or ""
    if len(asked) <= MOST and asked.startswith(first) and _REST.fullmatch(asked[len(first) :]):
        return asked
    return first


def to_sign_in(request: web.Request, place: Place) -> web.HTTPSeeOther:
    """To the place's sign-in, and back to this page from there."""
    frame = request.app[FRAME]
    here = frame.path(request.rel_url.raw_path)
    query = "" if here == frame.path(place.path) else f"?{urlencode({NEXT: here})}"
    return web.HTTPSeeOther(frame.path(f"{place.path}/login{query}"))
