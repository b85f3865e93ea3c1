"""Resolved tickets as a table for spreadsheets."""

import csv
import io
import re
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, date, datetime, time
from typing import Annotated, Final

from aiohttp import web
from pydantic import AfterValidator, BaseModel, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from api.desks import DESKS
from api.documents.documented import documented
from api.door.queries import query_of
from api.door.routes import API, Who, reads
from api.door.streaming import stream
from api.resources.cells import cell
from tickets.model import Caller, Millis, Ticket
from tickets.ports.reports import Span

COLUMNS: Final = ("ticketId", "subject", "body", "status", "resolvedAt", "createdAt", "id")
MONTH: Final = 30 * 24 * 60 * 60 * 1000
_SECONDS = re.compile("[0-9]{1,11}")
_DATE = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
DAY: Final = 24 * 60 * 60 * 1000


def _moment(text: str) -> str:
    try:
        if _DATE.fullmatch(text):
            date.fromisoformat(text)
            return text
    except ValueError:
        pass
    if not _SECONDS.fullmatch(text):
        raise PydanticCustomError("moment", "Should be a day like 2026-11-21, or Unix seconds")
    return text


Moment = Annotated[
    str,
    AfterValidator(_moment),
    WithJsonSchema(
        {"anyOf": [{"type": "string", "format": "date"}, {"type": "string", "pattern": "^[0-9]{1,11}$"}]}
    ),
]


class SpanQuery(BaseModel, extra="forbid"):
    since: Moment | None = Field(None, alias="from", description="A day in UTC, or Unix seconds.")
    until: Moment | None = Field(
        None, alias="to", description="A day in UTC, which is included, or Unix seconds, which are excluded."
    )

    def span(self, otherwise: Span) -> Span:
        since = otherwise.since if self.since is None else _at(self.since, end=False)
        until = otherwise.until if self.until is None else _at(self.until, end=True)
        return Span(since, until)


@documented(
    "Read the resolved tickets of a span of time as a table for spreadsheets; by default of "
    "the last 30 days, with today",
    query=SpanQuery,
    media_types=("text/csv",),
    errors=(403,),
)
async def get_resolved(request: web.Request, caller: Caller) -> web.StreamResponse:
    """``GET /reports/resolved.csv``, page by page: never more than one is in memory."""
    today = request.app[DESKS].clock() // DAY * DAY
    span = query_of(request, SpanQuery).span(Span(today + DAY - MONTH, today + DAY))
    pages = request.app[DESKS].reports.resolved(caller, span)
    first: list[Ticket] = await anext(pages, [])
    answer = web.StreamResponse(
        headers={
            "Content-Type": "text/csv; charset=utf-8",
            "Content-Disposition": 'attachment; filename="resolved.csv"',
        }
    )
    return await stream(request, answer, _table(first, pages))


def _at(text: str, *, end: bool) -> Millis:
    """The time that a day or number means: as the beginning of a span the beginning of the day, as the end
    its end."""
    if _SECONDS.fullmatch(text):
        return int(text) * 1000
    began = int(datetime.combine(date.fromisoformat(text), time(), UTC).timestamp() * 1000)
    return began + DAY if end else began


def _row(ticket: Ticket) -> Sequence[str]:
    closed_at = ticket.closed_at or 0
    texts = (str(ticket.number), ticket.topic, ticket.description, ticket.status)
    return [*map(cell, texts), _iso(closed_at), _iso(ticket.created_at), ticket.id]


async def _table(first: list[Ticket], pages: AsyncIterator[list[Ticket]]) -> AsyncIterator[bytes]:
    yield b"\xef\xbb\xbf" + csv_rows([COLUMNS]) + csv_rows([_row(ticket) for ticket in first])
    async for page in pages:
        yield csv_rows([_row(ticket) for ticket in page])


def csv_rows(rows: Sequence[Sequence[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode(errors="replace")


def _iso(at: Millis) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


ROUTES: Final = (reads(f"{API}/reports/resolved.csv", get_resolved, Who.STAFF),)
