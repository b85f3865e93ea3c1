"""The whole record of a ticket as a file."""

import asyncio
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Final

from aiohttp import web
from pydantic import BaseModel

from api.desks import DESKS
from api.documents.documented import documented
from api.door.bodies import query_of
from api.door.routes import TICKET, reads
from tickets.model import Attachment, Caller
from tickets.transcript import Transcript
from transcripts import render_html, render_json, render_markdown, render_text


class TranscriptFormat(StrEnum):
    HTML = "html"
    JSON = "json"
    TXT = "txt"
    MD = "md"


class TranscriptQuery(BaseModel, extra="forbid"):
    format: TranscriptFormat = TranscriptFormat.HTML


Render = Callable[[Transcript, Callable[[Attachment], str]], Iterator[str]]

_FORMS: Final[dict[TranscriptFormat, tuple[str, Render]]] = {
    TranscriptFormat.HTML: ("text/html", render_html),
    TranscriptFormat.JSON: ("application/json", render_json),
    TranscriptFormat.TXT: ("text/plain", render_text),
    TranscriptFormat.MD: ("text/markdown", render_markdown),
}


@documented(
    "Read the whole record of a ticket: for staff with notes",
    query=TranscriptQuery,
    media_types=tuple(media_type for media_type, _ in _FORMS.values()),
    headers={"Content-Disposition": "The name to save it under."},
)
async def get_transcript(request: web.Request, caller: Caller) -> web.Response:
    """``GET /tickets/{ticket_id}/transcript``"""
    wanted = query_of(request, TranscriptQuery).format
    transcript = await request.app[DESKS].staff.transcript(caller, request.match_info["ticket_id"])
    media_type, render = _FORMS[wanted]
    text = await asyncio.to_thread(_rendered, render, transcript, request.app[DESKS].file_urls.url)
    name = f"ticket-{transcript.ticket.number:04}.{wanted}"
    headers = {
        "Content-Type": f"{media_type}; charset=utf-8",
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "private, no-store",
    }
    return web.Response(body=text, headers=headers)


def _rendered(render: Render, transcript: Transcript, file_url: Callable[[Attachment], str]) -> bytes:
    return "".join(render(transcript, file_url)).encode(errors="replace")


ROUTES: Final = (reads(f"{TICKET}/transcript", get_transcript),)
