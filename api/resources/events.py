"""The feed of events over REST, for catching up."""

from typing import Annotated, Any, Final, Literal

from aiohttp import web
from pydantic import BaseModel, Field, TypeAdapter

from api.desks import DESKS
from api.documents.documented import documented
from api.door.answers import json_answer
from api.door.bodies import query_of
from api.door.event_ids import EventId
from api.door.paging import link_to
from api.door.routes import API, reads
from tickets.model import Caller
from tickets.ports.feed import Fed, Position
from wire.events import EventBody, Payloads

LAST_EVENT_ID: Final = "Last-Event-ID"


class EventsQuery(BaseModel, extra="forbid"):
    after: EventId | Literal["now"] = Field(
        "0", description="The last `event_id` that you have; 0 begins at the beginning, `now` at the end."
    )
    limit: Annotated[int, Field(ge=1, le=100)] = Field(100, description="At most so many.")


_EVENTS = TypeAdapter(list[dict[str, Any]])


@documented(
    "Read what happened, in order, behind an event that you know",
    description="To your own tickets, for staff to all; the `event_id` is that of the sockets.",
    query=EventsQuery,
    answer=list[EventBody],
    errors=(409,),
    headers={
        "Link": "The next page, if there may be more, or where `after` was `now`.",
        LAST_EVENT_ID: "Where to go on: to be given as `after`, also where the page is empty.",
    },
)
async def list_events(request: web.Request, caller: Caller) -> web.Response:
    """``GET /events``"""
    query = query_of(request, EventsQuery)
    desks = request.app[DESKS]
    told: list[Fed] = []
    if query.after == "now":
        position = await desks.staff.newest()
    else:
        after = Position.parse(query.after)
        told, position = await desks.staff.events(caller, after=after, limit=query.limit)
    objects = desks.objects.seen_by(caller)
    actors = await objects.actors([fed.event.actor for fed in told])
    payloads = Payloads(desks.store, objects, revisions=caller.is_staff)
    bodies = [await payloads.whole(fed, actor) for fed, actor in zip(told, actors, strict=True)]
    headers = {LAST_EVENT_ID: str(position)}
    if query.after == "now" or len(told) == query.limit:
        headers |= link_to(request, limit=str(query.limit), after=str(position))
    return json_answer(_EVENTS.dump_json(bodies), headers=headers)


ROUTES: Final = (reads(f"{API}/events", list_events),)
