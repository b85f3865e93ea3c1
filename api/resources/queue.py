"""The tickets that wait for staff, in the order in which to work on them."""

from typing import Annotated, Final

from aiohttp import web
from pydantic import Field

from api.desks import DESKS
from api.documents.documented import documented
from api.door.answers import json_answer
from api.door.paging import FROM_LINK, Paging, Parts, link_to_next
from api.door.queries import query_of
from api.door.routes import API, Who, reads
from tickets.model import Caller
from tickets.ports.lists import Cursor
from wire.objects import TICKETS
from wire.ticket_bodies import TicketBody


class QueueQuery(Paging):
    cursor: Annotated[Cursor, Parts(3)] | None = Field(None, description=FROM_LINK)


@documented(
    "Read the tickets that wait for staff, in the order in which to work on them",
    query=QueueQuery,
    answer=list[TicketBody],
    errors=(403,),
)
async def get_queue(request: web.Request, caller: Caller) -> web.Response:
    query = query_of(request, QueueQuery)
    page = await request.app[DESKS].staff.queue(caller, after=query.cursor, limit=query.size)
    bodies = await request.app[DESKS].objects.seen_by(caller).tickets(page.items)
    return json_answer(TICKETS.dump_json(bodies), headers=link_to_next(request, page, query.size))


ROUTES: Final = (reads(f"{API}/queue", get_queue, Who.STAFF),)
