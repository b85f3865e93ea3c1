"""Statistics: how many tickets there were, how long they took, and how often targets were kept."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final

from aiohttp import web
from pydantic import BaseModel, Field, TypeAdapter

from api.desks import DESKS
from api.documents.documented import documented
from api.door.answers import json_answer
from api.door.queries import query_of
from api.door.routes import API, Who, reads, writes
from api.resources.cells import cell
from api.resources.reports import MONTH, SpanQuery, csv_rows
from tickets.desks.report_desk import NOTHING, Figures, Kept
from tickets.figures import By
from tickets.model import Caller, IssueLevel, Status, SupportRole, UserKey
from tickets.ports.reports import Span
from tickets.spreads import Spread
from tickets.targets import TargetName
from wire.persons import PersonBody

FIGURES: Final = (
    "tickets",
    *(it.lower() for it in Status),
    *(f"{it}_{part}_seconds" for it in ("first_response", "resolution") for part in ("median", "p90")),
    *(f"{it}_{kept}" for it in TargetName for kept in ("met", "missed")),
)
"""The columns of the table of statistics after the first one."""


class Grouping(StrEnum):
    """What the rows of a table stand for."""

    DAY = "day"
    LEVEL = "level"
    SUPPORT_ROLE = "support_role"
    FORM = "form"
    AGENT = "agent"


class TableQuery(SpanQuery):
    by: Grouping = Field(Grouping.DAY, description="What the rows stand for.")


class SpreadBody(BaseModel):
    """In seconds since the opening; null if nothing was counted."""

    count: int
    median: float | None
    p90: float | None


class KeptBody(BaseModel):
    """How many tickets have met an SLA target, and how many have missed it."""

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
    forms: dict[str, FiguresBody]
    agents: list[AgentFiguresBody]


class DayBody(FiguresBody):
    """The tickets that were opened on a day, in UTC."""

    day: str


_DAYS = TypeAdapter(list[DayBody])


@documented(
    "Read statistics of the tickets opened in a span of time, by default the last 30 days",
    query=SpanQuery,
    answer=StatsBody,
    errors=(403,),
)
async def get_stats(request: web.Request, caller: Caller) -> web.Response:
    span = _span(request)
    desk = request.app[DESKS].reports
    every, levels, support_roles, forms, agents = [
        await desk.figures(caller, span, by) for by in (By.ALL, By.LEVEL, By.SUPPORT_ROLE, By.FORM, By.AGENT)
    ]
    known = await _persons(request, caller, agents)
    body = StatsBody(
        **_figures(every.get("")),
        levels={IssueLevel(group): FiguresBody(**_figures(it)) for group, it in levels.items()},
        teams={SupportRole(group): FiguresBody(**_figures(it)) for group, it in support_roles.items()},
        forms={group: FiguresBody(**_figures(it)) for group, it in forms.items() if group},
        agents=[
            AgentFiguresBody(**_figures(it), agent=known[group] if group else None)
            for group, it in agents.items()
        ],
    )
    return json_answer(body.model_dump_json())


@documented(
    "Read statistics day by day for a span of time, by default the last 30 days",
    query=SpanQuery,
    answer=list[DayBody],
    errors=(403,),
)
async def get_daily_stats(request: web.Request, caller: Caller) -> web.Response:
    """``GET /stats/daily``: days on which no ticket was opened are left out."""
    days = await request.app[DESKS].reports.figures(caller, _span(request), None)
    return json_answer(_DAYS.dump_json([DayBody(**_figures(it), day=day) for day, it in days.items()]))


@documented(
    "Read the same statistics as a table for spreadsheets",
    query=TableQuery,
    media_types=("text/csv",),
    errors=(403,),
)
async def get_stats_table(request: web.Request, caller: Caller) -> web.StreamResponse:
    query = query_of(request, TableQuery)
    return await table_answer(request, caller, query.by, _span(request, query))


async def table_answer(
    request: web.Request, caller: Caller, grouping: Grouping, span: Span
) -> web.StreamResponse:
    """The figures of a span as a file."""
    by = None if grouping is Grouping.DAY else By(grouping)
    figures = await request.app[DESKS].reports.figures(caller, span, by)
    names = await in_rows(request, caller, grouping, figures)
    rows = [[cell(names[group]), *_numbers(it)] for group, it in figures.items()]
    return csv_answer(f"stats-by-{grouping}", [[grouping, *FIGURES], *rows])


def csv_answer(name: str, rows: Sequence[Sequence[str]]) -> web.Response:
    """A table as a file, in a form that spreadsheets recognize as UTF-8."""
    headers = {
        "Content-Type": "text/csv; charset=utf-8",
        "Content-Disposition": f'attachment; filename="{name}.csv"',
    }
    return web.Response(body=b"\xef\xbb\xbf" + csv_rows(rows), headers=headers)


async def in_rows(
    request: web.Request, caller: Caller, grouping: Grouping, figures: Mapping[str, Figures]
) -> Mapping[str, str]:
    """The rows, with the name of each group."""
    known = await _persons(request, caller, figures) if grouping is Grouping.AGENT else {}
    return {group: known[group].name if group in known else group for group in figures}


async def _persons(
    request: web.Request, caller: Caller, figures: Mapping[str, Figures]
) -> Mapping[str, PersonBody]:
    """The agents of these groups."""
    known = [UserKey.parse(group) for group in figures if group]
    persons = await request.app[DESKS].objects.seen_by(caller).persons(known)
    return {str(key): person for key, person in zip(known, persons, strict=True)}


def _numbers(it: Figures) -> list[str]:
    spreads = (it.first_response, it.resolution)
    seconds = [value for spread in spreads for value in (spread.median, spread.p90)]
    kept = [count for target in TargetName for count in (it.targets[target].met, it.targets[target].missed)]
    counts = [it.statuses.get(status, 0) for status in Status]
    return ["" if value is None else f"{value:g}" for value in (it.count, *counts, *seconds, *kept)]


@documented("Have the next request count statistics again", status=204, media_types=(), errors=(403,))
async def refresh_stats(request: web.Request, caller: Caller) -> web.Response:
    """``POST /stats/refresh``: without it, statistics are at most a minute old."""
    await request.app[DESKS].reports.refresh(caller)
    return web.Response(status=204)


def _span(request: web.Request, query: SpanQuery | None = None) -> Span:
    """The span in whole minutes, so that figures that were just counted are used again."""
    now = request.app[DESKS].clock() // 60_000 * 60_000 + 60_000
    return (query or query_of(request, SpanQuery)).span(Span(now - MONTH, now))


def _figures(figures: Figures | None) -> Mapping[str, object]:
    it = figures or NOTHING
    return {
        "count": it.count,
        "statuses": {status: it.statuses.get(status, 0) for status in Status},
        "first_response": _spread(it.first_response),
        "resolution": _spread(it.resolution),
        "sla": {target: _kept(it.targets[target]) for target in TargetName},
    }


def _kept(kept: Kept) -> KeptBody:
    return KeptBody(met=kept.met, missed=kept.missed)


def _spread(spread: Spread) -> SpreadBody:
    return SpreadBody(count=spread.count, median=spread.median, p90=spread.p90)


ROUTES: Final = (
    reads(f"{API}/reports/stats.csv", get_stats_table, Who.STAFF),
    reads(f"{API}/stats", get_stats, Who.STAFF),
    writes("POST", f"{API}/stats/refresh", refresh_stats, Who.STAFF),
    reads(f"{API}/stats/daily", get_daily_stats, Who.STAFF),
)
