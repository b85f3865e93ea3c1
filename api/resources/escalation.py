"""Escalation: a ticket goes to the next higher support role."""

from typing import Annotated, Final

from aiohttp import web
from pydantic import BaseModel, Field

from api.desks import DESKS
from api.documents.documented import documented
from api.door.bodies import Content, body_of
from api.door.idempotency import chosen_id
from api.door.routes import TICKET, Who, writes
from api.resources.ticket_answers import ticket_answer
from tickets.model import Caller
from tickets.sources import from_api
from wire.ticket_bodies import TicketBody


class Escalation(BaseModel, extra="forbid"):
    note: Annotated[Content | None, Field(description="The reason; it is kept as a note.")] = None


@documented(
    "Give the ticket to the next higher support role, unassigned",
    body=Escalation,
    answer=TicketBody,
    errors=(403, 404, 409),
)
async def escalate_ticket(request: web.Request, caller: Caller) -> web.Response:
    body = await body_of(request, Escalation)
    ticket = await request.app[DESKS].routing.escalate(
        caller,
        request.match_info["ticket_id"],
        body.note,
        source=from_api(chosen_id(request, "escalation")),
    )
    return await ticket_answer(request, caller, ticket)


ROUTES: Final = (writes("POST", f"{TICKET}/escalate", escalate_ticket, Who.STAFF),)
