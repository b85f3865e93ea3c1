"""The whole record of a ticket as a file."""

import asyncio
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Final, Protocol

from aiohttp import web
from pydantic import BaseModel

from api.desks import DESKS
from api.documents.documented import documented
from api.door.bodies import query_of
from api.door.routes import TICKET, reads
from texts.language import Language, language_of
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


def _in_json(
    transcript: Transcript, file_url: Callable[[Attachment], str], *, language: Language
) -> Iterator[str]:
    """Programs read it, so it has one language."""
    return render_json(transcript, file_url)


class Render(Protocol):
    """Makes one form of it, piece by piece."""

    def __call__(
        self, transcript: Transcript, file_url: Callable[[Attachment], str], *, language: Language
    ) -> Iterator[str]: ...


_FORMS: Final[dict[TranscriptFormat, tuple[str, Render]]] = {
    TranscriptFormat.HTML: ("text/html", render_html),
    TranscriptFormat.JSON: ("application/json", _in_json),
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
    language = _language(request, caller, transcript)
    text = await asyncio.to_thread(_rendered, render, transcript, request.app[DESKS].file_urls.url, language)
    name = f"ticket-{transcript.ticket.number:04}.{wanted}"
    headers = {
        "Content-Type": f"{media_type}; charset=utf-8",
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "private, no-store",
    }
    return web.Response(body=text, headers=headers)


def _language(request: web.Request, caller: Caller, transcript: Transcript) -> Language:
    """The ticket's for its requester, the desk's for staff."""
    otherwise = request.app[DESKS].language
    return otherwise if caller.is_staff else language_of(transcript.ticket.locale, otherwise)


def _rendered(
    render: Render, transcript: Transcript, file_url: Callable[[Attachment], str], language: Language
) -> bytes:
    return "".join(render(transcript, file_url, language=language)).encode(errors="replace")


ROUTES: Final = (reads(f"{TICKET}/transcript", get_transcript),)
