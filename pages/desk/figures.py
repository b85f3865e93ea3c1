"""How the desk does: how many tickets there are, how long they take, and how they are rated."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from api.desks import DESKS
from api.resources.stats import Grouping, csv_answer, in_rows, table_answer
from pages.desk.charts import Bar, chart_of
from pages.desk.tickets import name_of
from pages.frame.page import render
from pages.frame.sign_in import Visitor
from tickets.desks.report_desk import NOTHING, Figures
from tickets.figures import DAY, By, began, day_of
from tickets.model import IssueLevel, Millis, Status, SupportRole
from tickets.ports.reports import Span
from tickets.targets import TargetName
from tickets.volume import Volume

DAYS: Final = (7, 30, 90, 365)
USUAL: Final = 30
TABLES: Final = (Grouping.LEVEL, Grouping.SUPPORT_ROLE, Grouping.FORM, Grouping.AGENT)
HOURS: Final = tuple(f"{hour:02}" for hour in range(24))
ORDERS: Final[Mapping[Grouping, tuple[str, ...]]] = {
    Grouping.LEVEL: tuple(reversed(IssueLevel)),
    Grouping.SUPPORT_ROLE: tuple(SupportRole),
}
"""The order of their groups, for groupings that have one."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many requesters wait for staff now, and since when the first of them."""

    count: int
    seconds: float | None


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    figures: Figures


async def show_figures(request: web.Request, visitor: Visitor) -> web.StreamResponse:
    desk, days = request.app[DESKS].reports, _days(request)
    span = _span(request, days)
    by_day = await desk.figures(visitor.caller, span, None)
    tables = {}
    for grouping in TABLES:
        figures = await desk.figures(visitor.caller, span, By(grouping))
        names = await in_rows(request, visitor.caller, grouping, figures)
        order = ORDERS.get(grouping, tuple(figures))
        tables[grouping.value] = [Row(names[it], figures[it]) for it in order if it in figures]
    every = (await desk.figures(visitor.caller, span, By.ALL)).get("", NOTHING)
    volume = await desk.volume(visitor.caller, span)
    rated = await request.app[DESKS].feedback.ratings(visitor.caller)
    return render(
        request,
        "desk/figures.html.jinja",
        visitor=visitor,
        here="figures",
        days=days,
        spans=DAYS,
        every=every,
        still_open=every.statuses.get(Status.OPEN, 0) + every.statuses.get(Status.PENDING, 0),
        kept={name: _share(it.met, it.met + it.missed) for name, it in every.targets.items()},
        chart=chart_of(_bars(by_day, span)),
        by_day=by_day,
        volume=volume,
        left=chart_of([Bar(it.day, it.left, 0) for it in volume.days], levels=True),
        hours=chart_of([Bar("", it, 0, name) for name, it in zip(HOURS, volume.hours, strict=True)]),
        on_time={name: chart_of(_on_time(by_day, span, name)) for name in TargetName},
        has_targets=any(it.met + it.missed for it in every.targets.values()),
        share=_share,
        waiting=await _waiting(request),
        tables=tables,
        ratings=rated[0],
        took=took,
        name=name_of,
    )


async def save_figures(request: web.Request, visitor: Visitor) -> web.StreamResponse:
    asked, span = request.match_info["by"], _span(request, _days(request))
    if asked in VOLUMES:
        volume = await request.app[DESKS].reports.volume(visitor.caller, span)
        return csv_answer(f"stats-{asked}", VOLUMES[asked](volume))
    by = next((it for it in Grouping if it.value == asked), None)
    if by is None:
        raise web.HTTPNotFound
    return await table_answer(request, visitor.caller, by, span)


def _rows_of_days(volume: Volume) -> list[list[str]]:
    rows = [[it.day, str(it.opened), str(it.closed), str(it.left)] for it in volume.days]
    return [["day", "opened", "closed", "open_at_its_end"], *rows]


def _rows_of_hours(volume: Volume) -> list[list[str]]:
    return [["hour", "opened"], *([hour, str(it)] for hour, it in zip(HOURS, volume.hours, strict=True))]


VOLUMES: Final[Mapping[str, Callable[[Volume], list[list[str]]]]] = {
    "backlog": _rows_of_days,
    "hour": _rows_of_hours,
}
"""Tables that are about all tickets together."""


def took(seconds: float | None) -> str:
    """A duration, written the same in every language: 45 s, 12 min, 3.5 h, 2.1 d."""
    if seconds is None:
        return "–"
    for length, unit, places in ((86_400, "d", 1), (3_600, "h", 1), (60, "min", 0)):
        if seconds >= length:
            return f"{seconds / length:.{places}f} {unit}"
    return f"{seconds:.0f} s"


def _days(request: web.Request) -> int:
    """The span that was asked for, or the usual one."""
    return next((it for it in DAYS if str(it) == request.query.get("days")), USUAL)


def _span(request: web.Request, days: int) -> Span:
    """A span of so many days that ends with today."""
    tomorrow: Millis = request.app[DESKS].clock() // DAY * DAY + DAY
    return Span(tomorrow - days * DAY, tomorrow)


def _bars(by_day: Mapping[str, Figures], span: Span) -> list[Bar]:
    """A count for each day, also for days on which nothing was opened."""
    return [Bar(day, it.count, it.statuses.get(Status.RESOLVED, 0)) for day, it in _each_day(by_day, span)]


def _each_day(by_day: Mapping[str, Figures], span: Span) -> list[tuple[str, Figures]]:
    days = [day_of(at) for at in range(began(day_of(span.since)), span.until, DAY)]
    return [(day, by_day.get(day, NOTHING)) for day in days]


def _on_time(by_day: Mapping[str, Figures], span: Span, name: TargetName) -> list[Bar]:
    """For each day: how many tickets of it have met or missed a target, and how many have met it."""
    kept = [(day, it.targets[name]) for day, it in _each_day(by_day, span)]
    return [Bar(day, it.met + it.missed, it.met) for day, it in kept]


async def _waiting(request: web.Request) -> Waiting:
    levels = await request.app[DESKS].store.waiting.at_work()
    since = [it.oldest.waiting_since or it.oldest.created_at for it in levels if it.oldest]
    now = request.app[DESKS].clock()
    return Waiting(sum(it.waiting for it in levels), (now - min(since)) / 1000 if since else None)


def _share(part: int, whole: int) -> str:
    return "–" if not whole else f"{100 * part / whole:.0f} %"
