"""Canned answers: texts that staff keeps ready, and posting one on a ticket."""

from typing import Annotated, Final

from aiohttp import web
from pydantic import BaseModel, Field, StringConstraints, TypeAdapter

from api.desks import DESKS
from api.documents.documented import documented
from api.door.answers import json_answer
from api.door.bodies import Content, body_of
from api.door.idempotency import chosen_id
from api.door.routes import API, TICKET, Who, reads, writes
from tickets.canned import NAME, CannedAnswer
from tickets.model import Caller
from tickets.sources import from_api
from wire.objects import MessageBody

Name = Annotated[str, StringConstraints(pattern=f"^{NAME}$"), Field(examples=["restart"])]
Words = Annotated[
    Content,
    Field(
        description="`{name}`, `{number}`, `{agent}` and `{topic}` stand for the requester's name, the "
        "ticket's number, the person who posts it, and the topic; `{answers.<id>}` for the answer to a "
        "question of the form."
    ),
]


class CannedBody(BaseModel):
    """Times are Unix seconds; ``used`` is how often it was posted."""

    name: str
    content: str
    used: int
    created_at: int
    updated_at: int


class NewCanned(BaseModel, extra="forbid"):
    name: Name
    content: Words


class CannedChanges(BaseModel, extra="forbid"):
    """Fields that are left out stay as they are."""

    name: Name | None = None
    content: Words | None = None


_ALL = TypeAdapter(list[CannedBody])


@documented("Read the canned answers, by name", answer=list[CannedBody], errors=(403,))
async def list_canned(request: web.Request, caller: Caller) -> web.Response:
    answers = await request.app[DESKS].canned.all(caller)
    return json_answer(_ALL.dump_json([_body(it) for it in answers]))


@documented("Add a canned answer", body=NewCanned, answer=CannedBody, status=201, errors=(403, 409))
async def add_canned(request: web.Request, caller: Caller) -> web.Response:
    body = await body_of(request, NewCanned)
    answer = await request.app[DESKS].canned.add(caller, body.name, body.content)
    return json_answer(_body(answer).model_dump_json(), status=201)


@documented("Change a canned answer", body=CannedChanges, answer=CannedBody, errors=(403, 404, 409))
async def change_canned(request: web.Request, caller: Caller) -> web.Response:
    body = await body_of(request, CannedChanges)
    answer = await request.app[DESKS].canned.change(
        caller, request.match_info["name"], new_name=body.name, content=body.content
    )
    return json_answer(_body(answer).model_dump_json())


@documented("Remove a canned answer", status=204, media_types=(), errors=(403, 404))
async def delete_canned(request: web.Request, caller: Caller) -> web.Response:
    await request.app[DESKS].canned.remove(caller, request.match_info["name"])
    return web.Response(status=204)


@documented("Post a canned answer on the ticket", answer=MessageBody, status=201, errors=(403, 404, 409))
async def post_canned(request: web.Request, caller: Caller) -> web.Response:
    message = await request.app[DESKS].canned.post(
        caller,
        request.match_info["ticket_id"],
        request.match_info["name"],
        source=from_api(chosen_id(request, "message")),
    )
    await request.app[DESKS].agents.answered(caller, message)
    shown = request.app[DESKS].objects.own_message(message, caller.person)
    return json_answer(shown.model_dump_json(), status=201)


def _body(it: CannedAnswer) -> CannedBody:
    return CannedBody(
        name=it.name,
        content=it.content,
        used=it.used,
        created_at=it.created_at // 1000,
        updated_at=it.updated_at // 1000,
    )


CANNED: Final = f"{API}/canned"
ONE: Final = f"{CANNED}/{{name}}"

ROUTES: Final = (
    reads(CANNED, list_canned, Who.STAFF),
    writes("POST", CANNED, add_canned, Who.STAFF),
    writes("PATCH", ONE, change_canned, Who.STAFF),
    writes("DELETE", ONE, delete_canned, Who.STAFF),
    writes("POST", f"{TICKET}/canned/{{name}}", post_canned, Who.STAFF),
)
