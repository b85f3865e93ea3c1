"""Merging tickets of one requester."""

from typing import Annotated, Final

from aiohttp import web
from pydantic import BaseModel, Field

from api.desks import DESKS
from api.documents.documented import documented
from api.door.bodies import body_of
from api.door.idempotency import chosen_id
from api.door.routes import TICKET, Who, writes
from api.resources.ticket_answers import ticket_answer
from tickets.model import Caller
from tickets.sources import from_api
from wire.ticket_bodies import TicketBody


class MergeTickets(BaseModel, extra="forbid"):
    other: Annotated[
        str,
        Field(
            alias="from",
            min_length=1,
            max_length=64,
            description="The id or number of the ticket that is closed into this one.",
            examples=["1042"],
        ),
    ]


@documented(
    "Merge another ticket of its requester into the ticket",
    body=MergeTickets,
    answer=TicketBody,
    errors=(403, 404, 409),
)
async def merge_ticket(request: web.Request, caller: Caller) -> web.Response:
    body = await body_of(request, MergeTickets)
    ticket = await request.app[DESKS].merging.merge(
        caller,
        request.match_info["ticket_id"],
        body.other,
        source=from_api(chosen_id(request, "merge")),
    )
    return await ticket_answer(request, caller, ticket)


ROUTES: Final = (writes("POST", f"{TICKET}/merge", merge_ticket, Who.STAFF),)
