"""The feed of events over REST, for catching up."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any, Final

from aiohttp import web
from pydantic import BaseModel, Field, TypeAdapter

from api.desks import DESKS
from api.documents.documented import documented
from api.door.answers import json_answer
from api.door.bodies import query_of
from api.door.paging import Position, link_to
from api.door.routes import API, reads
from api.live.events import Payloads
from api.objects import ActorBody, MessageBody, Objects, TicketBody
from tickets.desks.in_thread import aside
from tickets.events import EventData, FeedbackGiven, FeedbackRemoved
from tickets.fold import ticket_of
from tickets.model import Caller
from tickets.ports.feed import Fed
from tickets.ports.store import Store

FURTHER: Final[Mapping[type[EventData], str]] = {
    FeedbackGiven: "feedback_given",
    FeedbackRemoved: "feedback_removed",
}
"""The names of what sockets do not tell."""


class EventsQuery(BaseModel, extra="forbid"):
    after: Position = Field(0, description="The last `event_id` that you have; 0 begins at the beginning.")
    limit: Annotated[int, Field(ge=1, le=100)] = Field(100, description="At most so many.")


class EventBody(BaseModel):
    """One event: its name is that of the sockets, and ``payload`` the same. ``at`` is Unix seconds."""

    event_id: str
    event: str
    at: int
    ticket_id: str
    actor: ActorBody
    payload: TicketBody | MessageBody


_EVENTS = TypeAdapter(list[dict[str, Any]])


@documented(
    "Read what happened, in order, behind an event that you know",
    description="To your own tickets, for staff to all; the `event_id` is that of the sockets.",
    query=EventsQuery,
    answer=list[EventBody],
    headers={"Link": "The next page, if there may be more."},
)
async def list_events(request: web.Request, caller: Caller) -> web.Response:
    """``GET /events``"""
    query = query_of(request, EventsQuery)
    desks = request.app[DESKS]
    told = await desks.staff.events(caller, after=query.after, limit=query.limit)
    objects = desks.objects.seen_by(caller)
    actors = await objects.actors([fed.event.actor for fed in told])
    bodies = [
        await _body(request.app[DESKS].store, objects, fed, actor)
        for fed, actor in zip(told, actors, strict=True)
    ]
    full = len(told) == query.limit
    headers = link_to(request, limit=str(query.limit), after=str(told[-1].pos)) if full else {}
    return json_answer(_EVENTS.dump_json(bodies), headers=headers)


async def _body(store: Store, objects: Objects, fed: Fed, actor: ActorBody) -> dict[str, Any]:
    if (further := FURTHER.get(type(fed.event.data))) is not None:
        events = await store.log.events(fed.event.ticket_id, upto=fed.event.seq)
        then = replace(await aside(ticket_of, events), requester=fed.requester)
        ticket = await objects.ticket(then)
        name, payload = further, {**ticket.model_dump(mode="json"), "event_id": str(fed.pos)}
    else:
        name, payload = await Payloads(store, objects).of(fed)
    return {
        "event_id": str(fed.pos),
        "event": name,
        "at": fed.event.at // 1000,
        "ticket_id": fed.event.ticket_id,
        "actor": actor.model_dump(mode="json"),
        "payload": payload,
    }


ROUTES: Final = (reads(f"{API}/events", list_events),)
