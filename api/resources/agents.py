"""Agents: who they are in Discord and to a backend, whether they are on duty, and their tickets."""

from typing import Annotated, Final

from aiohttp import web
from pydantic import BaseModel, BeforeValidator, Field, StringConstraints, TypeAdapter

from api.desks import DESKS
from api.documents.documented import documented
from api.door.answers import json_answer
from api.door.bodies import Topic, body_of, whole
from api.door.claims import NO_ID, is_id
from api.door.errors import BadRequest, Fault
from api.door.paging import Paging, link_to_next
from api.door.queries import query_of
from api.door.routes import API, Who, reads, writes
from tickets.desks.agent_desk import AgentChanges, Loaded
from tickets.model import Caller, SupportRole
from wire.objects import TICKETS
from wire.ticket_bodies import TicketBody

DiscordId = Annotated[str, StringConstraints(pattern="^[0-9]{1,20}$")]


class AgentBody(BaseModel):
    """``open_tickets`` is the number of tickets that are assigned to the agent and not closed. The agent is
    given no more tickets while it is as large as ``capacity``, or, if that is null, the desk's capacity."""

    id: str
    issuer: str
    name: str
    discord_id: str | None
    support_roles: list[SupportRole]
    on_duty: bool
    open_tickets: int
    capacity: int | None


class AgentChangesBody(BaseModel, extra="forbid"):
    """Fields that are left out stay as they are."""

    name: Topic | None = None
    discord_id: DiscordId | None = Field(None, description="Their user id in Discord.")
    support_roles: list[SupportRole] | None = None
    on_duty: bool | None = None
    capacity: Annotated[int, Field(ge=1, le=10_000), BeforeValidator(whole)] | None = Field(
        None, description="How many open tickets they are given at most; null for the desk's capacity."
    )


_AGENTS = TypeAdapter(list[AgentBody])


@documented("Read all agents", answer=list[AgentBody], errors=(403,))
async def list_agents(request: web.Request, caller: Caller) -> web.Response:
    agents = await request.app[DESKS].agents.agents(caller)
    return json_answer(_AGENTS.dump_json([_body(it) for it in agents]))


@documented("Read one agent", answer=AgentBody, errors=(403, 404))
async def get_agent(request: web.Request, caller: Caller) -> web.Response:
    agent = await request.app[DESKS].agents.agent(caller, request.match_info["agent_id"])
    return json_answer(_body(agent).model_dump_json())


@documented(
    "Make or change an agent, and link them to a user of Discord",
    body=AgentChangesBody,
    answer=AgentBody,
    answers={201: AgentBody},
    errors=(403, 409),
)
async def put_agent(request: web.Request, caller: Caller) -> web.Response:
    """``PUT /agents/{agent_id}``: 201 if the agent is new."""
    agent_id = request.match_info["agent_id"]
    if not is_id(agent_id):
        raise BadRequest([Fault(location="agent_id", message=NO_ID, type="id_not_allowed")])
    body = await body_of(request, AgentChangesBody)
    roles = None if body.support_roles is None else set(body.support_roles)
    changes = AgentChanges(
        name=body.name,
        discord_id=body.discord_id,
        support_roles=None if roles is None else tuple(role for role in SupportRole if role in roles),
        on_duty=body.on_duty,
        capacity=body.capacity,
        sets_capacity="capacity" in body.model_fields_set,
    )
    agent, is_new = await request.app[DESKS].agents.put(caller, agent_id, changes)
    return json_answer(_body(agent).model_dump_json(), status=201 if is_new else 200)


@documented(
    "Remove an agent who has only closed tickets",
    status=204,
    media_types=(),
    errors=(403, 404, 409),
)
async def delete_agent(request: web.Request, caller: Caller) -> web.Response:
    await request.app[DESKS].agents.remove(caller, request.match_info["agent_id"])
    return web.Response(status=204)


@documented(
    "Read the tickets of an agent, newest first", query=Paging, answer=list[TicketBody], errors=(403, 404)
)
async def list_agents_tickets(request: web.Request, caller: Caller) -> web.Response:
    paging = query_of(request, Paging)
    page = await request.app[DESKS].agents.tickets(
        caller, request.match_info["agent_id"], after=paging.cursor, limit=paging.size
    )
    bodies = await request.app[DESKS].objects.seen_by(caller).tickets(page.items)
    return json_answer(TICKETS.dump_json(bodies), headers=link_to_next(request, page, paging.size))


def _body(loaded: Loaded) -> AgentBody:
    agent = loaded.agent
    return AgentBody(
        id=agent.key.id,
        issuer=agent.key.issuer,
        name=agent.name,
        discord_id=agent.discord_id,
        support_roles=list(agent.support_roles),
        on_duty=agent.on_duty,
        open_tickets=loaded.open_tickets,
        capacity=agent.capacity,
    )


AGENT: Final = f"{API}/agents/{{agent_id}}"

ROUTES: Final = (
    reads(f"{API}/agents", list_agents, Who.STAFF),
    reads(AGENT, get_agent, Who.STAFF),
    writes("PUT", AGENT, put_agent, Who.ADMINS),
    writes("DELETE", AGENT, delete_agent, Who.ADMINS),
    reads(f"{AGENT}/tickets", list_agents_tickets, Who.STAFF),
)
