"""Files: uploaded first, then part of a ticket or message."""

import asyncio
from collections.abc import AsyncIterator, Callable
from hashlib import sha256
from typing import Annotated, Final

from aiohttp import web
from pydantic import BaseModel, Field, TypeAdapter

from api.desks import DESKS
from api.documents.documented import FORM, documented
from api.door.answers import json_answer
from api.door.errors import DiskIsFull, PayloadTooLarge, Stalled
from api.door.expecting import ask_for_body
from api.door.forms import MOST_AROUND, OneFile
from api.door.idempotency import chosen_id
from api.door.routes import API, TICKET, reads, writes
from api.resources.file_types import type_of
from tickets.characters import clean_file_name
from tickets.ids import new_id
from tickets.model import Attachment, Caller, FileId
from tickets.ports.files import Draft
from tickets.ports.uploads import MOST_UNUSED, MOST_UNUSED_BYTES
from wire.objects import FileBody

STALLED_AFTER: Final = 60.0
"""Seconds without a byte of a file after which its sender has most likely gone."""

SMALL: Final = 64 * 1024
"""Bytes of a file that is looked through at once. That takes less than a millisecond, and beside a busy event
loop a thread waits longer for the interpreter's lock."""


class FileForm(BaseModel, extra="forbid"):
    """A form with one file."""

    file: Annotated[bytes, Field(json_schema_extra={"contentMediaType": "application/octet-stream"})]


class AttachmentBody(FileBody):
    """``size`` is in bytes, ``created_at`` in Unix seconds. ``uploader`` is a user's id. ``ticket_id`` is
    null until a ticket or message uses the file, ``message_id`` also if the ticket itself does."""

    uploader: str | None
    created_at: int
    ticket_id: str | None
    message_id: str | None


ATTACHMENTS = TypeAdapter(list[AttachmentBody])


@documented(
    "Upload a file",
    body=FileForm,
    body_type=FORM,
    answer=AttachmentBody,
    status=201,
    errors=(403, 408, 503),
    description="The part named `file` of a form. A file that no ticket or message uses is removed after a "
    f"day; of those a user may have {MOST_UNUSED}, and {MOST_UNUSED_BYTES // 2**20} MB.",
)
async def upload(request: web.Request, caller: Caller) -> web.StreamResponse:
    desks = request.app[DESKS]
    if desks.options.process.disk_fault() is not None:
        raise DiskIsFull
    with desks.files.draft() as draft:
        name, digest = await _receive(request, desks.options.max_file_bytes, draft)

        async def keep() -> web.Response:
            file_id = FileId(chosen_id(request, "file") or new_id())
            file = Attachment(file_id, name, await _aside(draft, type_of, draft.pieces()), draft.size)
            upload = await desks.files.keep(caller, file, draft)
            body = AttachmentBody(
                **desks.objects.file(file).model_dump(),
                uploader=caller.key.id,
                created_at=upload.at // 1000,
                ticket_id=None,
                message_id=None,
            )
            return json_answer(body.model_dump_json(), status=201)

        return await desks.once.do(request, caller, digest, keep)


@documented("List a ticket's files", answer=list[AttachmentBody], errors=(404,))
async def list_attachments(request: web.Request, caller: Caller) -> web.Response:
    files = await request.app[DESKS].files.of_ticket(caller, request.match_info["ticket_id"])
    objects = request.app[DESKS].objects.seen_by(caller)
    uploaders = await objects.actors([it.uploader for it in files])
    bodies = [
        AttachmentBody(
            **objects.file(it.file).model_dump(),
            uploader=uploader.id,
            created_at=it.at // 1000,
            ticket_id=it.ticket_id,
            message_id=it.message_id,
        )
        for it, uploader in zip(files, uploaders, strict=True)
    ]
    return json_answer(ATTACHMENTS.dump_json(bodies))


@documented("Delete a file", status=204, errors=(403, 404))
async def delete_attachment(request: web.Request, caller: Caller) -> web.Response:
    await request.app[DESKS].files.delete(caller, FileId(request.match_info["attachment_id"]))
    return web.Response(status=204)


async def _receive(request: web.Request, most: int, draft: Draft) -> tuple[str, str]:
    """Read the form's file into the draft. Returns its name, and a digest of everything."""
    if (request.content_length or 0) > most + MOST_AROUND:
        raise PayloadTooLarge(most)
    name = await OneFile(request.headers, most).receive(_pieces(request), draft)
    name = clean_file_name(name)
    await draft.flush()
    return name, await _aside(draft, _digest, name, draft)


async def _aside(draft: Draft, do: Callable[..., str], *arguments: object) -> str:
    """What ``do`` finds out about the draft. A large one is looked through in a thread."""
    return do(*arguments) if draft.size <= SMALL else await asyncio.to_thread(do, *arguments)


def _digest(name: str, draft: Draft) -> str:
    digest = sha256(name.encode(errors="replace") + b"\0")
    for piece in draft.pieces():
        digest.update(piece)
    return digest.hexdigest()


async def _pieces(request: web.Request) -> AsyncIterator[bytes]:
    await ask_for_body(request)
    try:
        while piece := await asyncio.wait_for(request.content.readany(), STALLED_AFTER):
            yield piece
    except TimeoutError:
        raise Stalled from None


UPLOADS: Final = f"{API}/attachments"

ROUTES: Final = (
    writes("POST", UPLOADS, upload, keeps_keys_itself=True),
    writes("DELETE", f"{UPLOADS}/{{attachment_id}}", delete_attachment),
    reads(f"{TICKET}/attachments", list_attachments),
)
