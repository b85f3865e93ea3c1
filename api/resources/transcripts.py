"""The whole record of a ticket as a file."""

from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Final, Protocol

from aiohttp import web
from pydantic import BaseModel

from api.desks import DESKS, Desks
from api.documents.documented import documented
from api.door.queries import query_of
from api.door.routes import TICKET, reads
from api.door.streaming import stream
from texts.language import language_of
from tickets.model import Attachment, Caller
from tickets.transcript import Transcript
from transcripts import render_html, render_json, render_markdown, render_text
from transcripts.images import Images, images_of
from transcripts.pieces import in_pieces
from transcripts.reader import Reader


class TranscriptFormat(StrEnum):
    HTML = "html"
    JSON = "json"
    TXT = "txt"
    MD = "md"


class TranscriptQuery(BaseModel, extra="forbid"):
    format: TranscriptFormat = TranscriptFormat.HTML


FileUrl = Callable[[Attachment], str]


class Render(Protocol):
    """Renders a transcript in one format, piece by piece."""

    def __call__(
        self, transcript: Transcript, file_url: FileUrl, *, reader: Reader, images: Images
    ) -> Iterator[str]: ...


def _in_json(transcript: Transcript, file_url: FileUrl, *, reader: Reader, images: Images) -> Iterator[str]:
    """The transcript as JSON. Programs read it, so it has no language."""
    return render_json(transcript, file_url)


def _in_markdown(
    transcript: Transcript, file_url: FileUrl, *, reader: Reader, images: Images
) -> Iterator[str]:
    return render_markdown(transcript, file_url, reader=reader)


def _in_text(transcript: Transcript, file_url: FileUrl, *, reader: Reader, images: Images) -> Iterator[str]:
    return render_text(transcript, file_url, reader=reader)


_FORMS: Final[dict[TranscriptFormat, tuple[str, Render]]] = {
    TranscriptFormat.HTML: ("text/html", render_html),
    TranscriptFormat.JSON: ("application/json", _in_json),
    TranscriptFormat.TXT: ("text/plain", _in_text),
    TranscriptFormat.MD: ("text/markdown", _in_markdown),
}


@documented(
    "Read the whole record of a ticket: for staff with notes",
    query=TranscriptQuery,
    media_types=tuple(media_type for media_type, _ in _FORMS.values()),
    headers={"Content-Disposition": "The name under which to save it."},
)
async def get_transcript(request: web.Request, caller: Caller) -> web.StreamResponse:
    wanted, desks = query_of(request, TranscriptQuery).format, request.app[DESKS]
    transcript = await desks.staff.transcript(caller, request.match_info["ticket_id"])
    media_type, render = _FORMS[wanted]
    shows_images = wanted is TranscriptFormat.HTML
    images = await images_of(desks.store.files, transcript) if shows_images else {}
    written = render(
        transcript, desks.file_urls.url, reader=_reader(desks, caller, transcript), images=images
    )
    name = f"ticket-{transcript.ticket.number:04}.{wanted}"
    headers = {
        "Content-Type": f"{media_type}; charset=utf-8",
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "private, no-store",
    }
    return await stream(request, web.StreamResponse(headers=headers), in_pieces(written))


def _reader(desks: Desks, caller: Caller, transcript: Transcript) -> Reader:
    """How the caller reads it: in the ticket's language for its requester, else in the desk's, with the
    desk's time zone."""
    language = desks.options.language
    if not caller.is_staff:
        language = language_of(transcript.ticket.locale, language)
    return Reader(language, desks.options.zone())


ROUTES: Final = (reads(f"{TICKET}/transcript", get_transcript),)
