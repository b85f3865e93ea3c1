"""The history of a ticket: all its changes."""

from typing import Final

from aiohttp import web
from pydantic import BaseModel, TypeAdapter

from api.desks import DESKS
from api.documents.documented import documented
from api.door.answers import json_answer
from api.door.routes import TICKET, Who, reads
from tickets.history import Entry
from tickets.model import Caller, UserKey
from wire.persons import ActorBody


class EntryBody(BaseModel):
    """A change of one field. For an assignee or requester, it has the ids. ``at`` is in Unix seconds."""

    at: int
    actor: ActorBody
    field: str
    old: str | None
    new: str | None


_ENTRIES = TypeAdapter(list[EntryBody])


@documented("Read every change of a ticket, oldest first", answer=list[EntryBody], errors=(403,))
async def get_history(request: web.Request, caller: Caller) -> web.Response:
    entries = await request.app[DESKS].staff.history(caller, request.match_info["ticket_id"])
    actors = await request.app[DESKS].objects.seen_by(caller).actors([entry.actor for entry in entries])
    bodies = [_body(entry, actor) for entry, actor in zip(entries, actors, strict=True)]
    return json_answer(_ENTRIES.dump_json(bodies))


def _body(entry: Entry, actor: ActorBody) -> EntryBody:
    old, new = (
        UserKey.parse(text).id if text and entry.field in ("assignee", "requester") else text
        for text in (entry.old, entry.new)
    )
    return EntryBody(at=entry.at // 1000, actor=actor, field=entry.field, old=old, new=new)


ROUTES: Final = (reads(f"{TICKET}/history", get_history, Who.STAFF),)
