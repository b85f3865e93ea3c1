"""The tickets that wait for staff, in the order to work them."""

from typing import Annotated, Final

from aiohttp import web
from pydantic import BaseModel, Field

from api.desks import DESKS
from api.documents.documented import documented
from api.door.answers import json_answer
from api.door.bodies import query_of
from api.door.paging import DEFAULT_LIMIT, link_to
from api.door.routes import API, Who, reads
from api.objects import TICKETS, TicketBody
from tickets.model import Caller
from tickets.ports.queue import Place


class QueueQuery(BaseModel, extra="forbid"):
    limit: Annotated[int, Field(ge=1, le=100)] = Field(DEFAULT_LIMIT, description="At most so many.")
    cursor: Annotated[str, Field(pattern=r"^[0-9]-[0-9]{1,15}-[0-9]{1,15}$")] | None = Field(
        None, description="Where the page before ended: take it from its `Link`."
    )

    @property
    def place(self) -> Place | None:
        return None if self.cursor is None else Place(*map(int, self.cursor.split("-")))


@documented(
    "Read the tickets that wait for staff, in the order to work them",
    query=QueueQuery,
    answer=list[TicketBody],
    errors=(403,),
)
async def get_queue(request: web.Request, caller: Caller) -> web.Response:
    """``GET /queue``"""
    query = query_of(request, QueueQuery)
    tickets = await request.app[DESKS].staff.queue(caller, after=query.place, limit=query.limit + 1)
    shown = tickets[: query.limit]
    headers = {}
    if len(tickets) > len(shown):
        place = Place.of(shown[-1])
        cursor = f"{place.urgency}-{place.waiting_since}-{place.number}"
        headers = link_to(request, limit=str(query.limit), cursor=cursor)
    bodies = await request.app[DESKS].objects.seen_by(caller).tickets(shown)
    return json_answer(TICKETS.dump_json(bodies), headers=headers)


ROUTES: Final = (reads(f"{API}/queue", get_queue, Who.STAFF),)
