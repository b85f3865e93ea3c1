"""Opening and reading tickets."""

from typing import Annotated

from aiohttp import web
from pydantic import BaseModel, Field

from api.answers import json_answer
from api.bodies import Content, Metadata, Topic, body_of, query_of
from api.documented import documented
from api.keys import DESK, OBJECTS
from api.objects import TICKETS, TicketBody
from api.paging import Paging, page
from tickets.desk import NewTicket
from tickets.model import Caller, IssueLevel, SupportRole
from tickets.ports import TicketFilter


class NewTicketBody(BaseModel, extra="forbid"):
    topic: Topic
    description: Content
    issue_level: IssueLevel = IssueLevel.NORMAL
    support_role: SupportRole = SupportRole.GENERAL
    metadata: Annotated[Metadata, Field(default_factory=dict)]


@documented("Open a ticket", body=NewTicketBody, answer=TicketBody, status=201)
async def open_ticket(request: web.Request, caller: Caller) -> web.Response:
    """``POST /tickets``"""
    body = await body_of(request, NewTicketBody)
    new = NewTicket(
        topic=body.topic,
        description=body.description,
        issue_level=body.issue_level,
        support_role=body.support_role,
        metadata=body.metadata,
    )
    ticket = await request.app[DESK].open(caller, new)
    shown = await request.app[OBJECTS].ticket(ticket)
    return json_answer(shown.model_dump_json(), status=201)


@documented("Read tickets, newest first", query=Paging, answer=list[TicketBody])
async def list_tickets(request: web.Request, caller: Caller) -> web.Response:
    """``GET /tickets``"""
    paging = query_of(request, Paging)
    size = paging.size if paging.is_asked_for or caller.is_staff else None
    tickets = await request.app[DESK].tickets(
        caller, TicketFilter(), before_number=paging.cursor, limit=None if size is None else size + 1
    )
    shown, headers = page(request, tickets, size, lambda ticket: ticket.number)
    bodies = await request.app[OBJECTS].tickets(shown)
    return json_answer(TICKETS.dump_json(bodies), headers=headers)


@documented("Read a ticket", answer=TicketBody)
async def get_ticket(request: web.Request, caller: Caller) -> web.Response:
    """``GET /tickets/{ticket_id}``"""
    ticket = await request.app[DESK].ticket(caller, request.match_info["ticket_id"])
    shown = await request.app[OBJECTS].ticket(ticket)
    return json_answer(shown.model_dump_json())
