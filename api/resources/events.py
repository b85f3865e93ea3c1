"""The feed of events over REST, for catching up."""

from typing import Annotated, Any, Final, Literal

from aiohttp import web
from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, TypeAdapter, WithJsonSchema
from pydantic_core import PydanticCustomError

from api.desks import DESKS
from api.documents.documented import documented
from api.door.answers import json_answer
from api.door.event_ids import EventId
from api.door.paging import link_to
from api.door.queries import query_of, several
from api.door.routes import API, reads
from tickets.desks.event_desk import Wanted
from tickets.event_kinds import EVENT_KINDS
from tickets.model import Caller
from tickets.ports.feed import Position
from wire.events import EventBody, Payloads

LAST_EVENT_ID: Final = "Last-Event-ID"


NAMES: Final = frozenset(it.name for it in EVENT_KINDS.values())


def _known(name: str) -> str:
    if name not in NAMES:
        raise PydanticCustomError("event", "There is no event of this name")
    return name


_Name = Annotated[str, AfterValidator(_known), WithJsonSchema({"type": "string", "enum": sorted(NAMES)})]


class EventsQuery(BaseModel, extra="forbid"):
    after: EventId | Literal["now"] = Field(
        "0", description="The last `event_id` that you have; 0 begins at the beginning, `now` at the end."
    )
    limit: Annotated[int, Field(ge=1, le=100)] = Field(100, description="At most so many.")
    ticket_id: Annotated[str, Field(min_length=1, max_length=256)] | None = Field(
        None, description="Only events of the ticket with this id or number."
    )
    type: Annotated[frozenset[_Name] | None, BeforeValidator(several)] = Field(
        None, description="Names of events. Other events are left out.", examples=[["message"]]
    )
    wait: Annotated[int, Field(ge=0, le=30)] = Field(
        0, description="If there are no events yet, wait up to so many seconds for the first one."
    )


_EVENTS = TypeAdapter(list[dict[str, Any]])


@documented(
    "Read events in order, after an event that you know",
    description="Events of your own tickets, for staff of all tickets. The `event_id` is the same as that "
    "of the sockets.",
    query=EventsQuery,
    answer=list[EventBody],
    errors=(404, 409),
    headers={
        "Link": "The next page, if there may be more, or if `after` was `now`.",
        LAST_EVENT_ID: "Where to go on: send it as `after`. It is there even if the page is empty.",
    },
)
async def list_events(request: web.Request, caller: Caller) -> web.Response:
    query = query_of(request, EventsQuery)
    desks = request.app[DESKS]
    page = await desks.events.page(
        caller,
        Wanted(query.ticket_id, query.type),
        after=None if query.after == "now" else Position.parse(query.after),
        limit=query.limit,
        wait=query.wait,
    )
    objects = desks.objects.seen_by(caller)
    actors = await objects.actors([fed.event.actor for fed in page.told])
    payloads = Payloads(desks.store, objects, revisions=caller.is_staff)
    bodies = [await payloads.whole(fed, actor) for fed, actor in zip(page.told, actors, strict=True)]
    headers = {LAST_EVENT_ID: str(page.upto)}
    if query.after == "now" or page.has_more:
        headers |= link_to(request, limit=str(query.limit), after=str(page.upto))
    return json_answer(_EVENTS.dump_json(bodies), headers=headers)


ROUTES: Final = (reads(f"{API}/events", list_events),)
