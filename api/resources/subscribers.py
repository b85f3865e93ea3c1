"""The subscribers of a ticket: staff who are pinged together with its assignee."""

from typing import Final

from aiohttp import web

from api.desks import DESKS
from api.documents.documented import documented
from api.door.routes import TICKET, Who, writes
from api.resources.agent_ids import agent_found, keys_of_agent
from api.resources.ticket_answers import ticket_answer
from tickets import policy
from tickets.model import Caller, Part
from tickets.refusals import AgentNotFound
from wire.ticket_bodies import TicketBody


@documented("Have an agent pinged when the requester writes", answer=TicketBody, errors=(403, 404))
async def add_subscriber(request: web.Request, caller: Caller) -> web.Response:
    desks, address = request.app[DESKS], request.match_info["ticket_id"]
    await desks.tickets.ticket(caller, address)
    policy.must_be_staff(caller, "say who takes part in a ticket")  # before it is known who is an agent
    who = await agent_found(desks.store, caller, request.match_info["agent_id"])
    if who is None:
        raise AgentNotFound(request.match_info["agent_id"])
    ticket = await desks.parts.begin(caller, address, Part.SUBSCRIBER, who)
    return await ticket_answer(request, caller, ticket)


@documented("Stop pinging an agent", answer=TicketBody, errors=(403, 404))
async def remove_subscriber(request: web.Request, caller: Caller) -> web.Response:
    desks, address = request.app[DESKS], request.match_info["ticket_id"]
    who = await keys_of_agent(desks.store, caller, request.match_info["agent_id"])
    ticket = await desks.parts.end(caller, address, Part.SUBSCRIBER, who)
    return await ticket_answer(request, caller, ticket)


SUBSCRIBER: Final = f"{TICKET}/subscribers/{{agent_id}}"

ROUTES: Final = (
    writes("PUT", SUBSCRIBER, add_subscriber, Who.STAFF),
    writes("DELETE", SUBSCRIBER, remove_subscriber, Who.STAFF),
)
