"""Links between tickets."""

from typing import Final

from aiohttp import web

from api.desks import DESKS
from api.documents.documented import documented
from api.door.routes import TICKET, Who, writes
from api.resources.ticket_answers import ticket_answer
from tickets.model import Caller
from wire.ticket_bodies import TicketBody


@documented("Link the ticket with another one", answer=TicketBody, errors=(403, 404, 409))
async def link_ticket(request: web.Request, caller: Caller) -> web.Response:
    address, other = request.match_info["ticket_id"], request.match_info["other"]
    ticket = await request.app[DESKS].links.link(caller, address, other)
    return await ticket_answer(request, caller, ticket)


@documented("Remove the link with another ticket", answer=TicketBody, errors=(403, 404, 409))
async def unlink_ticket(request: web.Request, caller: Caller) -> web.Response:
    address, other = request.match_info["ticket_id"], request.match_info["other"]
    ticket = await request.app[DESKS].links.unlink(caller, address, other)
    return await ticket_answer(request, caller, ticket)


LINK: Final = f"{TICKET}/links/{{other}}"

ROUTES: Final = (
    writes("PUT", LINK, link_ticket, Who.STAFF),
    writes("DELETE", LINK, unlink_ticket, Who.STAFF),
)
