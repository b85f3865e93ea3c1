"""Opening, reading and changing tickets."""

import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import Annotated, Final

from aiohttp import web
from pydantic import BaseModel, Field

from api.desks import DESKS
from api.documents.documented import documented
from api.door.answers import json_answer
from api.door.bodies import Content, FileIds, GivenAnswers, Locale, Metadata, Topic, body_of
from api.door.claims import Email, UserId, UserName
from api.door.errors import BadRequest, Fault
from api.door.idempotency import chosen_id
from api.door.paging import link_to_next
from api.door.queries import query_of
from api.door.routes import API, TICKET, reads, writes
from api.door.streaming import stream_array
from api.resources.agent_ids import agent_named, keys_of_agent
from api.resources.ticket_answers import ticket_answer
from api.resources.ticket_changes import TicketChanges
from api.resources.ticket_query import TicketQuery, metadata_asked
from tickets.desks.ticket_desk import NewTicket
from tickets.events import METADATA
from tickets.model import Caller, FileId, IssueLevel, Person, SupportRole, Ticket, TicketId, UserKey, UserRole
from tickets.ports.lists import TicketFilter
from tickets.sources import from_api
from wire.objects import EXPANDED, TICKETS, ExpandedTicketBody
from wire.ticket_bodies import TicketBody

AT_ONCE: Final = 50
"""Tickets that are held in memory for one list, however long it is."""


class RequesterBody(BaseModel, extra="forbid"):
    """The person for whom staff opens a ticket: a user of staff's own issuer."""

    id: UserId
    username: UserName
    email: Email
    role: UserRole

    def person(self, caller: Caller) -> Person:
        return Person(UserKey(caller.key.issuer, self.id), self.username, self.role, self.email)


class NewTicketBody(BaseModel, extra="forbid"):
    topic: Topic
    description: Content
    issue_level: IssueLevel = Field(IssueLevel.NORMAL, description="The form may say another default.")
    support_role: SupportRole = Field(SupportRole.GENERAL, description="Likewise.")
    category: str | None = Field(None, max_length=100, description="The slug of a form; see GET /forms.")
    answers: GivenAnswers = Field(default_factory=dict, description="Answers by the ids of the questions.")
    metadata: Annotated[Metadata, Field(default_factory=dict)]
    locale: Locale | None = None
    attachments: FileIds = Field(default_factory=list, description="Ids of uploads.")
    requester: RequesterBody | None = None


async def counts_against(request: web.Request, caller: Caller) -> UserKey:
    """The person whose limit a new ticket counts against: the one for whom it is opened."""
    if not caller.is_staff:
        return caller.key
    try:
        body = await body_of(request, NewTicketBody)
    except BadRequest:
        return caller.key
    return caller.key if body.requester is None else body.requester.person(caller).key


@documented("Open a ticket", body=NewTicketBody, answer=TicketBody, status=201)
async def open_ticket(request: web.Request, caller: Caller) -> web.Response:
    body = await body_of(request, NewTicketBody)
    new = NewTicket(
        topic=body.topic,
        description=body.description,
        category=body.category,
        answers=body.answers,
        issue_level=body.issue_level if "issue_level" in body.model_fields_set else None,
        support_role=body.support_role if "support_role" in body.model_fields_set else None,
        metadata=body.metadata,
        locale=body.locale,
    )
    chosen = chosen_id(request, "ticket")
    ticket = await request.app[DESKS].tickets.open(
        caller,
        new,
        requester=None if body.requester is None else body.requester.person(caller),
        ticket_id=None if chosen is None else TicketId(chosen),
        source=from_api(chosen_id(request, "opening")),
        uploads=[FileId(it) for it in body.attachments],
    )
    return await ticket_answer(request, caller, ticket, status=201)


async def _assignees(request: web.Request, caller: Caller, agent_id: str) -> frozenset[UserKey]:
    """The keys of the agent. Where names of staff are hidden, no requester finds out who has a ticket."""
    desks = request.app[DESKS]
    if desks.objects.seen_by(caller).hides_staff:
        message = "Here requesters are not told who of staff has a ticket: leave it out"
        raise BadRequest([Fault(location="assignee", message=message, type="hidden")])
    return await keys_of_agent(desks.store, caller, agent_id)


@documented("Read tickets", query=TicketQuery, answer=list[ExpandedTicketBody])
async def list_tickets(request: web.Request, caller: Caller) -> web.StreamResponse:
    query = query_of(request, TicketQuery, apart=METADATA)
    assignees = await _assignees(request, caller, query.assignee) if query.assignee else None
    which = replace(query.filter(caller, assignees), metadata=metadata_asked(request))
    if not (query.is_asked_for or caller.is_staff):
        return await stream_array(request, _whole(request, caller, which, query))
    page = await request.app[DESKS].tickets.tickets(
        caller, which, order=query.sort, after=query.cursor, limit=query.size
    )
    headers = link_to_next(request, page, query.size)
    return json_answer(await _shown(request, caller, page.items, query), headers=headers)


async def _shown(
    request: web.Request, caller: Caller, tickets: Sequence[Ticket], query: TicketQuery
) -> bytes:
    objects = request.app[DESKS].objects.seen_by(caller)
    if not query.expand:
        return TICKETS.dump_json(await objects.tickets(tickets))
    return EXPANDED.dump_json(await objects.expanded(tickets, query.expand), exclude_unset=True)


async def _whole(
    request: web.Request, caller: Caller, which: TicketFilter, query: TicketQuery
) -> AsyncIterator[bytes]:
    """All tickets of a requester, in arrays of a few."""
    desks, after = request.app[DESKS], None
    while True:
        page = await desks.tickets.tickets(caller, which, order=query.sort, after=after, limit=AT_ONCE)
        if page.items:
            yield await _shown(request, caller, page.items, query)
        if (after := page.next) is None:
            return


_ETAG: Final = {"ETag": "The ticket's `version`, for `If-Match`."}


@documented("Read a ticket", answer=TicketBody, errors=(404,), headers=_ETAG)
async def get_ticket(request: web.Request, caller: Caller) -> web.Response:
    ticket = await request.app[DESKS].tickets.ticket(caller, request.match_info["ticket_id"])
    return await _one(request, caller, ticket)


@documented(
    "Change, close or reopen a ticket",
    body=TicketChanges,
    answer=TicketBody,
    errors=(403, 404, 409, 412),
    headers=_ETAG,
)
async def change_ticket(request: web.Request, caller: Caller) -> web.Response:
    body, versions = await body_of(request, TicketChanges), _versions(request)
    desk, address = request.app[DESKS].tickets, request.match_info["ticket_id"]
    if body.status is not None and body.status.is_closed:
        ticket = await desk.close(caller, address, body.status, body.reason, versions=versions)
    elif body.reopens and (await desk.ticket(caller, address)).is_closed:
        ticket = await desk.reopen(caller, address, versions=versions)
    else:
        values = await _values(request, caller, body)
        ticket = await request.app[DESKS].agents.change(caller, address, values, versions=versions)
    return await _one(request, caller, ticket)


async def _one(request: web.Request, caller: Caller, ticket: Ticket) -> web.Response:
    return await ticket_answer(request, caller, ticket, headers={"ETag": f'"{ticket.version}"'})


def _versions(request: web.Request) -> frozenset[int] | None:
    """The versions in If-Match. None without the header, or if it allows any."""
    said = ",".join(request.headers.getall("If-Match", ["*"]))
    if said.strip() == "*":
        return None
    return frozenset(int(it) for it in re.findall(r'(?<!W/)"([0-9]{1,15})"', said))


async def _values(request: web.Request, caller: Caller, body: TicketChanges) -> dict[str, str | None]:
    """The values that the desk should set, with the agent's key in place of the agent's id."""
    values = body.values
    if (agent_id := values.get("assignee")) is not None and caller.is_staff:
        values["assignee"] = str(await agent_named(request.app[DESKS].store, caller, agent_id))
    return values


EVERY_TICKET: Final = f"{API}/tickets"

ROUTES: Final = (
    writes("POST", EVERY_TICKET, open_ticket, limit=3, whose=counts_against),
    reads(EVERY_TICKET, list_tickets),
    reads(TICKET, get_ticket),
    writes("PATCH", TICKET, change_ticket),
)
