"""``/widget.js`` and ``/widget``."""

import logging
from collections.abc import Awaitable, Callable
from hashlib import sha256
from importlib.resources import files
from typing import Final

from aiohttp import hdrs, web

from api.desks import DESKS
from api.resources.forms import FORMS, FormBody
from config.page_settings import PageName
from pages.frame.forms import offered_to
from pages.frame.frame import FRAME
from pages.frame.page import for_scripts, page, render
from tickets.model import Caller, Person, UserKey, UserRole

log = logging.getLogger(__name__)

KEPT_FOR: Final = 600
"""Seconds for which browsers use the script without asking again, so that a new version is soon everywhere.
"""
MOST_NAMED: Final = 100
"""How many refused origins are logged. There must be a limit, because anybody can make some up."""
GUEST: Final = Caller(Person(UserKey(UserKey.ACCOUNTS, "-"), "-", UserRole.TEMP_USER))
"""A visitor who has asked nothing yet."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def widget_routes() -> list[web.RouteDef]:
    """The routes, which stand on pages of other origins."""
    return [
        web.get("/widget.js", for_scripts(_script())),
        web.get("/widget", page(_Frame().show)),
    ]


def _script() -> Handler:
    body = files("pages").joinpath("static/widget/widget.js").read_bytes()
    tag = f'"{sha256(body).hexdigest()[:16]}"'

    async def script(request: web.Request) -> web.Response:
        headers = {
            "Content-Type": "text/javascript; charset=utf-8",
            "Cache-Control": f"public, max-age={KEPT_FOR}",
            "Cross-Origin-Resource-Policy": "cross-origin",
            "ETag": tag,
        }
        if tag in request.headers.get(hdrs.IF_NONE_MATCH, ""):
            return web.Response(status=304, headers=headers)
        return web.Response(body=body, headers=headers)

    return script


class _Frame:
    """The page in the frame. It is made for one origin; only that origin may frame it and talk to it."""

    def __init__(self) -> None:
        self._named: set[str] = set()

    async def show(self, request: web.Request) -> web.Response:
        frame, origin = request.app[FRAME], request.query.get("origin", "")
        if origin not in frame.widget_origins:
            self._name(origin)
            raise web.HTTPForbidden
        offered = offered_to(request, GUEST)
        forms = FORMS.dump_python([FormBody.of(it) for it in offered], mode="json")
        return render(
            request,
            "widget/frame.html.jinja",
            ancestors=origin,
            origin=origin,
            guests=frame.has_guests,
            register=PageName.PORTAL in frame.on and request.app[DESKS].accounts.has_passwords,
            forms=forms,
        )

    def _name(self, origin: str) -> None:
        if origin not in self._named and len(self._named) < MOST_NAMED:
            self._named.add(origin)
            log.warning("the widget was refused on %r: WIDGET_ORIGINS does not name it", origin[:200])
