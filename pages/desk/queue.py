"""The tickets that wait for staff, in the order in which to work on them."""

from typing import Final

from aiohttp import web

from api.desks import DESKS
from pages.frame.page import render
from pages.frame.sign_in import Visitor

MOST_TICKETS: Final = 50


async def show_queue(request: web.Request, visitor: Visitor) -> web.StreamResponse:
    """``GET /desk``: the tickets that wait, in the order to work on them."""
    desks = request.app[DESKS]
    position = await desks.events.newest()
    page = await desks.staff.queue(visitor.caller, after=None, limit=MOST_TICKETS)
    tickets = await desks.objects.seen_by(visitor.caller).tickets(page.items)
    return render(
        request,
        "desk/queue.html.jinja",
        visitor=visitor,
        here="queue",
        tickets=tickets,
        more=page.next is not None,
        position=position,
    )
