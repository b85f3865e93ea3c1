"""Resolved tickets as a table for spreadsheets, and statistics."""

import csv
import io
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Annotated, Final

from aiohttp import web
from pydantic import AfterValidator, BaseModel, Field, TypeAdapter, WithJsonSchema
from pydantic_core import PydanticCustomError

from api.desks import DESKS
from api.documents.documented import documented
from api.door.answers import json_answer
from api.door.bodies import query_of
from api.door.routes import API, Who, reads
from api.door.streaming import stream
from api.resources.cells import cell
from tickets.desks.report_desk import Figures
from tickets.model import Caller, IssueLevel, Millis, Status, SupportRole, Ticket, UserKey
from tickets.ports.reports import By, Kept, Span, Spread, last_month
from tickets.targets import TargetName
from wire.objects import PersonBody

COLUMNS: Final = ("ticketId", "subject", "body", "status", "resolvedAt", "createdAt")
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
        raise PydanticCustomError("moment", "Should be a day as 2026-11-21, or Unix seconds")
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
        None, alias="to", description="A day in UTC, which is in it, or Unix seconds, which are not."
    )

    def span(self, otherwise: Span) -> Span:
        since = otherwise.since if self.since is None else _at(self.since, end=False)
        until = otherwise.until if self.until is None else _at(self.until, end=True)
        return Span(since, until)


class SpreadBody(BaseModel):
    """In seconds, from the opening on; null where nothing was counted."""

    count: int
    median: float | None
    p90: float | None


class KeptBody(BaseModel):
    """How many tickets have met a target of the SLA, and how many have missed it."""

    met: int
    missed: int


class TargetsBody(BaseModel):
    first_response: KeptBody
    resolution: KeptBody


class FiguresBody(BaseModel):
    """``statuses`` counts tickets by status."""

    count: int
    statuses: dict[Status, int]
    first_response: SpreadBody
    resolution: SpreadBody
    sla: TargetsBody


class AgentFiguresBody(FiguresBody):
    """``agent`` is null for tickets that are assigned to nobody."""

    agent: PersonBody | None


class StatsBody(FiguresBody):
    levels: dict[IssueLevel, FiguresBody]
    teams: dict[SupportRole, FiguresBody]
    agents: list[AgentFiguresBody]


class DayBody(FiguresBody):
    """The tickets that were opened on a day, in UTC."""

    day: str


_DAYS = TypeAdapter(list[DayBody])


@documented(
    "Read the resolved tickets as a table for spreadsheets; without a span those of last month",
    query=SpanQuery,
    media_types=("text/csv",),
    errors=(403,),
)
async def get_resolved(request: web.Request, caller: Caller) -> web.StreamResponse:
    """``GET /reports/resolved.csv``, page by page: never more than one is in memory."""
    span = query_of(request, SpanQuery).span(last_month(request.app[DESKS].clock()))
    pages = request.app[DESKS].reports.resolved(caller, span)
    first: list[Ticket] = await anext(pages, [])
    answer = web.StreamResponse(
        headers={
            "Content-Type": "text/csv; charset=utf-8",
            "Content-Disposition": 'attachment; filename="resolved.csv"',
        }
    )
    return await stream(request, answer, _table(first, pages))


@documented(
    "Read statistics of the tickets opened in a span, without one of the last 30 days",
    query=SpanQuery,
    answer=StatsBody,
    errors=(403,),
)
async def get_stats(request: web.Request, caller: Caller) -> web.Response:
    """``GET /stats``"""
    span = _span(request)
    desk = request.app[DESKS].reports
    every, levels, support_roles, agents = [
        await desk.figures(caller, span, by) for by in (By.ALL, By.LEVEL, By.SUPPORT_ROLE, By.AGENT)
    ]
    known = [UserKey.parse(group) for group in agents if group]
    names = dict(zip(known, await request.app[DESKS].objects.seen_by(caller).persons(known), strict=True))
    body = StatsBody(
        **_figures(every.get("")),
        levels={IssueLevel(group): FiguresBody(**_figures(it)) for group, it in levels.items()},
        teams={SupportRole(group): FiguresBody(**_figures(it)) for group, it in support_roles.items()},
        agents=[
            AgentFiguresBody(**_figures(it), agent=names[UserKey.parse(group)] if group else None)
            for group, it in agents.items()
        ],
    )
    return json_answer(body.model_dump_json())


@documented(
    "Read statistics day by day, without a span of the last 30 days",
    query=SpanQuery,
    answer=list[DayBody],
    errors=(403,),
)
async def get_daily_stats(request: web.Request, caller: Caller) -> web.Response:
    """``GET /stats/daily``: days on which nothing was opened are left out."""
    days = await request.app[DESKS].reports.figures(caller, _span(request), By.DAY)
    return json_answer(_DAYS.dump_json([DayBody(**_figures(it), day=day) for day, it in days.items()]))


def _span(request: web.Request) -> Span:
    """Whole minutes, so that figures read a moment ago are used again."""
    now = request.app[DESKS].clock() // 60_000 * 60_000 + 60_000
    return query_of(request, SpanQuery).span(Span(now - MONTH, now))


def _at(text: str, *, end: bool) -> Millis:
    """A day as the beginning of a span counts from its own beginning, as the end up to its own end."""
    if _SECONDS.fullmatch(text):
        return int(text) * 1000
    began = int(datetime.combine(date.fromisoformat(text), time(), UTC).timestamp() * 1000)
    return began + DAY if end else began


def _figures(figures: Figures | None) -> Mapping[str, object]:
    nothing = Spread(0, None, None)
    it = figures or Figures({}, nothing, nothing, {})
    return {
        "count": it.count,
        "statuses": {status: it.statuses.get(status, 0) for status in Status},
        "first_response": _spread(it.first_response),
        "resolution": _spread(it.resolution),
        "sla": {target: _kept(it.targets.get(target)) for target in TargetName},
    }


def _kept(kept: Kept | None) -> KeptBody:
    return KeptBody(met=kept.met if kept else 0, missed=kept.missed if kept else 0)


def _spread(spread: Spread) -> SpreadBody:
    return SpreadBody(count=spread.count, median=spread.median, p90=spread.p90)


def _row(ticket: Ticket) -> Sequence[str]:
    closed_at = ticket.closed_at or 0
    texts = (ticket.id, ticket.topic, ticket.description, ticket.status)
    return [*map(cell, texts), _iso(closed_at), _iso(ticket.created_at)]


async def _table(first: list[Ticket], pages: AsyncIterator[list[Ticket]]) -> AsyncIterator[bytes]:
    yield b"\xef\xbb\xbf" + _rows([COLUMNS]) + _rows([_row(ticket) for ticket in first])
    async for page in pages:
        yield _rows([_row(ticket) for ticket in page])


def _rows(rows: Sequence[Sequence[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode(errors="replace")


def _iso(at: Millis) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


ROUTES: Final = (
    reads(f"{API}/reports/resolved.csv", get_resolved, Who.STAFF),
    reads(f"{API}/stats", get_stats, Who.STAFF),
    reads(f"{API}/stats/daily", get_daily_stats, Who.STAFF),
)
