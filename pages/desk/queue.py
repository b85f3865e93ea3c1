"""What waits for staff, and one ticket of it: to read and to answer."""

from hashlib import blake2b
from typing import Final

from aiohttp import web

from api.desks import DESKS
from pages.frame.frame import FRAME
from pages.frame.page import render
from pages.frame.posted import posted
from pages.frame.sign_in import Visitor
from tickets.characters import clean_text, shows_nothing
from tickets.desks.ticket_desk import Said
from tickets.ids import new_id
from tickets.model import EventId
from tickets.sources import from_api

MOST_TICKETS: Final = 50
MOST_MESSAGES: Final = 200
LONGEST: Final = 4_000
"""Characters of a message."""


async def show_queue(request: web.Request, visitor: Visitor) -> web.StreamResponse:
    """``GET /desk``: the tickets that wait, in the order to work on them."""
    desks = request.app[DESKS]
    page = await desks.staff.queue(visitor.caller, after=None, limit=MOST_TICKETS)
    tickets = await desks.objects.seen_by(visitor.caller).tickets(page.items)
    return render(
        request,
        "desk/queue.html.jinja",
        visitor=visitor,
        here="queue",
        tickets=tickets,
        more=page.next is not None,
    )


async def show_ticket(request: web.Request, visitor: Visitor) -> web.StreamResponse:
    """``GET /desk/tickets/{ticket}``"""
    desks = request.app[DESKS]
    ticket = await desks.tickets.ticket(visitor.caller, request.match_info["ticket"])
    objects = desks.objects.seen_by(visitor.caller)
    messages = await desks.tickets.messages(
        visitor.caller, ticket.id, after_seq=max(0, ticket.seq - MOST_MESSAGES), limit=MOST_MESSAGES
    )
    return render(
        request,
        "desk/ticket.html.jinja",
        visitor=visitor,
        here="tickets",
        ticket=await objects.ticket(ticket),
        files=[objects.file(it) for it in ticket.attachments],
        messages=await objects.messages(messages.items),
        form=new_id(),
        longest=LONGEST,
    )


async def answer(request: web.Request, visitor: Visitor) -> web.StreamResponse:
    """``POST /desk/tickets/{ticket}``: say something to the requester. A form that is sent twice is one
    message."""
    form = await posted(request)
    content = clean_text(form.get("content", "").replace("\r\n", "\n"), LONGEST)
    if shows_nothing(content) or len(content) > LONGEST:
        raise web.HTTPBadRequest
    address = request.match_info["ticket"]
    seed = f"{visitor.caller.key} {address} {form.get('form', '')}"
    source = from_api(EventId(blake2b(seed.encode(), digest_size=16).hexdigest()))
    await request.app[DESKS].tickets.post(visitor.caller, address, Said(content), source=source)
    raise web.HTTPSeeOther(request.app[FRAME].path(f"/desk/tickets/{address}#end"))
