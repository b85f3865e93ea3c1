"""Plans for a ticket: putting it aside, and asking whether it can be closed."""

from typing import Annotated, Final

from aiohttp import web
from pydantic import BaseModel, BeforeValidator, Field

from api.desks import DESKS
from api.documents.documented import documented
from api.door.bodies import body_of, whole
from api.door.idempotency import chosen_id
from api.door.routes import TICKET, Who, writes
from api.resources.ticket_answers import ticket_answer
from tickets.model import Caller
from tickets.sources import Source, from_api
from wire.ticket_bodies import TicketBody


class Snooze(BaseModel, extra="forbid"):
    until: Annotated[
        int,
        Field(strict=True, ge=0, lt=10**11, description="Unix seconds, within a year."),
        BeforeValidator(whole),
    ]


class Answer(BaseModel, extra="forbid"):
    accept: Annotated[bool, Field(strict=True, description="Whether the ticket is done.")]


@documented("Put the ticket aside", body=Snooze, answer=TicketBody, errors=(403, 404))
async def snooze_ticket(request: web.Request, caller: Caller) -> web.Response:
    body = await body_of(request, Snooze)
    desk, address = request.app[DESKS].times, request.match_info["ticket_id"]
    source = _source(request, "snooze")
    ticket = await desk.snooze(caller, address, body.until * 1000, source=source)
    return await ticket_answer(request, caller, ticket)


@documented("Take the ticket up again", answer=TicketBody, errors=(403, 404, 409))
async def end_snooze(request: web.Request, caller: Caller) -> web.Response:
    ticket = await request.app[DESKS].times.end_snooze(caller, request.match_info["ticket_id"])
    return await ticket_answer(request, caller, ticket)


@documented("Ask the requester whether the ticket can be closed", answer=TicketBody, errors=(403, 404, 409))
async def ask_close(request: web.Request, caller: Caller) -> web.Response:
    desk, address = request.app[DESKS].times, request.match_info["ticket_id"]
    ticket = await desk.ask_close(caller, address, source=_source(request, "asking"))
    return await ticket_answer(request, caller, ticket)


@documented("Say whether the ticket can be closed", body=Answer, answer=TicketBody, errors=(403, 404, 409))
async def answer_close(request: web.Request, caller: Caller) -> web.Response:
    body = await body_of(request, Answer)
    desk, address = request.app[DESKS].times, request.match_info["ticket_id"]
    source = _source(request, "answer")
    ticket = await desk.answer_close(caller, address, accept=body.accept, source=source)
    return await ticket_answer(request, caller, ticket)


def _source(request: web.Request, what: str) -> Source:
    return from_api(chosen_id(request, what))


ROUTES: Final = (
    writes("POST", f"{TICKET}/snooze", snooze_ticket, Who.STAFF),
    writes("DELETE", f"{TICKET}/snooze", end_snooze, Who.STAFF),
    writes("POST", f"{TICKET}/ask-close", ask_close, Who.STAFF),
    writes("POST", f"{TICKET}/ask-close/answer", answer_close),
)
