"""Erasures, for admins: everything about a person is removed. These routes ask for an erasure and show it;
the leader does the work."""

from typing import Annotated, Any, Final, Literal

from aiohttp import web
from pydantic import BaseModel, Field, TypeAdapter

from api.desks import DESKS
from api.documents.documented import documented
from api.door.answers import json_answer
from api.door.routes import API, Who, reads, writes
from api.door.streaming import stream
from api.resources.users import USER, IssuerQuery, user_key
from tickets.model import Caller
from tickets.ports.erasing import Erasure
from transcripts.personal import name_of, personal_zip
from transcripts.reader import Reader


class ErasureBody(BaseModel):
    """``user_id`` and ``issuer`` name the person until nothing of them is left in the store. Then they are
    null, and nothing tells who it was. ``tickets`` of ``total`` tickets are blank. ``removed`` says how many
    records of each kind are removed, and ``left`` what could not be removed, and why. Once ``state`` is
    ``done``, this is the receipt."""

    id: str
    state: Annotated[
        Literal["asked", "working", "waiting", "done"],
        Field(description="`waiting`: nothing is left in the store, but Discord still has something."),
    ]
    user_id: str | None
    issuer: str | None
    asked_at: int
    done_at: int | None
    asked_by: str | None = Field(description="Null if the command line asked for it.")
    total: int
    tickets: int
    removed: dict[str, int]
    left: list[str]

    @classmethod
    def of(cls, erasure: Erasure) -> "ErasureBody":
        return cls(
            id=erasure.id,
            state=erasure.state.value,
            user_id=erasure.user.id if erasure.user else None,
            issuer=erasure.user.issuer if erasure.user else None,
            asked_at=erasure.asked_at // 1000,
            done_at=None if erasure.done_at is None else erasure.done_at // 1000,
            asked_by=erasure.asked_by.id if erasure.asked_by else None,
            total=max(erasure.total, erasure.blank),
            tickets=erasure.blank,
            removed=dict(erasure.removed),
            left=list(erasure.left),
        )


_ERASURES: Final[TypeAdapter[Any]] = TypeAdapter(list[ErasureBody])


@documented(
    "Erase everything about a user: what was written in their tickets, their files, and all "
    "other data about them",
    description="For admins; it cannot be undone. `Location` in the answer is the URL that shows the "
    "progress. Guests who were merged into the user are erased too. While an erasure of the "
    "user is under way, that one is returned.",
    query=IssuerQuery,
    answer=ErasureBody,
    status=202,
    errors=(403, 404),
    headers={"Location": "The URL that shows the progress."},
)
async def erase_user(request: web.Request, caller: Caller) -> web.Response:
    erasure = await request.app[DESKS].erasing.erase(caller, user_key(request, caller))
    body = ErasureBody.of(erasure).model_dump_json()
    return json_answer(body, status=202, headers={"Location": f"{API}/erasures/{erasure.id}"})


@documented(
    "Read everything about a user: a zip with pages to read, JSON, and the files",
    description="For admins. The pages have what the user may read; the JSON has the notes of staff as "
    "well. The zip is made while it is sent, and not stored.",
    query=IssuerQuery,
    media_types=("application/zip",),
    errors=(403, 404),
    headers={"Content-Disposition": "The name under which to save it."},
)
async def export_user(request: web.Request, caller: Caller) -> web.StreamResponse:
    desks = request.app[DESKS]
    user = await desks.erasing.whole(caller, user_key(request, caller))
    headers = {
        "Content-Type": "application/zip",
        "Content-Disposition": f'attachment; filename="{name_of(user.person.key)}"',
        "Cache-Control": "private, no-store",
    }
    options = desks.options
    reader = Reader(options.language, options.zone())
    pieces = personal_zip(desks.store, user, reader, options.staff_names)
    return await stream(request, web.StreamResponse(headers=headers), pieces)


@documented("Read the newest 100 erasures", answer=list[ErasureBody], errors=(403,))
async def list_erasures(request: web.Request, caller: Caller) -> web.Response:
    erasures = await request.app[DESKS].erasing.erasures(caller)
    return json_answer(_ERASURES.dump_json([ErasureBody.of(it) for it in erasures]))


@documented("Read the progress of an erasure, or its receipt", answer=ErasureBody, errors=(403, 404))
async def get_erasure(request: web.Request, caller: Caller) -> web.Response:
    erasure_id = request.match_info["erasure_id"]
    erasure = await request.app[DESKS].erasing.erasure(caller, erasure_id)
    return json_answer(ErasureBody.of(erasure).model_dump_json())


ROUTES: Final = (
    writes("POST", f"{USER}/erase", erase_user, Who.ADMINS),
    reads(f"{USER}/export", export_user, Who.ADMINS, limit=5),
    reads(f"{API}/erasures", list_erasures, Who.ADMINS),
    reads(f"{API}/erasures/{{erasure_id}}", get_erasure, Who.ADMINS),
)
