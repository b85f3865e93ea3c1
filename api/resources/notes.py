"""Notes, which staff writes and requesters never see."""

from typing import Final

from aiohttp import web

from api.desks import DESKS
from api.documents.documented import documented
from api.door.answers import json_answer
from api.door.bodies import body_of
from api.door.idempotency import chosen_id
from api.door.paging import link_to_next
from api.door.queries import query_of
from api.door.routes import TICKET, Who, reads, writes
from api.resources.messages import MessagePaging, MessageText
from tickets.desks.ticket_desk import Said
from tickets.model import Caller
from tickets.sources import from_api
from wire.objects import MESSAGES, MessageBody


@documented("Write a note, which the requester never sees", body=MessageText, answer=MessageBody, status=201)
async def add_note(request: web.Request, caller: Caller) -> web.Response:
    body = await body_of(request, MessageText)
    note = await request.app[DESKS].tickets.add_note(
        caller,
        request.match_info["ticket_id"],
        Said(body.content),
        source=from_api(chosen_id(request, "note")),
    )
    shown = request.app[DESKS].objects.own_message(note, caller.person)
    return json_answer(shown.model_dump_json(), status=201)


@documented("Read notes, oldest first", query=MessagePaging, answer=list[MessageBody], errors=(403,))
async def list_notes(request: web.Request, caller: Caller) -> web.Response:
    paging = query_of(request, MessagePaging)
    page = await request.app[DESKS].staff.notes(
        caller,
        request.match_info["ticket_id"],
        after_seq=paging.start,
        limit=paging.size if paging.is_asked_for else None,
    )
    bodies = await request.app[DESKS].objects.seen_by(caller).messages(page.items)
    return json_answer(MESSAGES.dump_json(bodies), headers=link_to_next(request, page, paging.size))


ROUTES: Final = (
    writes("POST", f"{TICKET}/notes", add_note, Who.STAFF),
    reads(f"{TICKET}/notes", list_notes, Who.STAFF),
)
