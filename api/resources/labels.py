"""The labels of a ticket, by which staff sorts tickets."""

from typing import Final

from aiohttp import web

from api.desks import DESKS
from api.documents.documented import documented
from api.door.routes import TICKET, Who, writes
from api.resources.ticket_answers import ticket_answer
from tickets.model import Caller
from wire.ticket_bodies import TicketBody


@documented("Put a label on the ticket", answer=TicketBody, errors=(403, 404, 409))
async def add_label(request: web.Request, caller: Caller) -> web.Response:
    address, label = request.match_info["ticket_id"], request.match_info["label"]
    ticket = await request.app[DESKS].labels.add(caller, address, label)
    return await ticket_answer(request, caller, ticket)


@documented("Remove a label from the ticket", answer=TicketBody, errors=(403, 404))
async def remove_label(request: web.Request, caller: Caller) -> web.Response:
    address, label = request.match_info["ticket_id"], request.match_info["label"]
    ticket = await request.app[DESKS].labels.remove(caller, address, label)
    return await ticket_answer(request, caller, ticket)


LABEL: Final = f"{TICKET}/labels/{{label}}"

ROUTES: Final = (
    writes("PUT", LABEL, add_label, Who.STAFF),
    writes("DELETE", LABEL, remove_label, Who.STAFF),
)
