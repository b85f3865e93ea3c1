"""Keeps lists and tickets in a browser up to date: the page asks, waits until something has changed, and then
loads itself again."""

import re
from typing import Final

from aiohttp import web

from api.desks import DESKS
from api.door.limits import Limit
from pages.frame.page import admit
from pages.frame.sign_in import Visitor
from tickets.desks.event_desk import Wanted
from tickets.ports.feed import Position

_POSITION: Final = re.compile(r"[0-9]{1,15}(-[0-9a-f]{4})?")
WAITS: Final = 25
"""Seconds that one request waits."""
LIVE: Final = Limit("live pages", 90)
"""Requests of one visitor in a minute."""


async def wait_for_change(request: web.Request, visitor: Visitor) -> web.Response:
    """``GET /desk/live?after=&ticket=``: 200 once something has happened, 204 if nothing has."""
    await admit(request, LIVE, visitor.caller.key)
    given = request.query.get("after", "")
    if not _POSITION.fullmatch(given):
        raise web.HTTPBadRequest
    after = Position.parse(given)
    wanted = Wanted(request.query.get("ticket") or None, None)
    page = await request.app[DESKS].events.page(visitor.caller, wanted, after=after, limit=1, wait=WAITS)
    return web.Response(status=200 if page.told else 204, headers={"Cache-Control": "no-store"})
