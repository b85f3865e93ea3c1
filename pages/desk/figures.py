"""How the desk does: how many tickets there are, how long they take, and how they are rated."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from api.desks import DESKS
from api.resources.stats import Grouping, in_rows, table_answer
from pages.desk.charts import Bar, chart_of
from pages.desk.tickets import name_of
from pages.frame.page import render
from pages.frame.sign_in import Visitor
from tickets.desks.report_desk import NOTHING, Figures
from tickets.figures import DAY, By, began, day_of
from tickets.model import IssueLevel, Millis, Status, SupportRole
from tickets.ports.reports import Span

DAYS: Final = (7, 30, 90, 365)
USUAL: Final = 30
TABLES: Final = (Grouping.LEVEL, Grouping.SUPPORT_ROLE, Grouping.FORM, Grouping.AGENT)
ORDERS: Final[Mapping[Grouping, tuple[str, ...]]] = {
    Grouping.LEVEL: tuple(reversed(IssueLevel)),
    Grouping.SUPPORT_ROLE: tuple(SupportRole),
}
"""Of those that have one."""


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    figures: Figures


async def show_figures(request: web.Request, visitor: Visitor) -> web.StreamResponse:
    """``GET /desk/figures``"""
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
        tables=tables,
        ratings=rated[0],
        took=took,
        name=name_of,
    )


async def save_figures(request: web.Request, visitor: Visitor) -> web.StreamResponse:
    """``GET /desk/figures/{by}.csv``"""
    by = next((it for it in Grouping if it.value == request.match_info["by"]), None)
    if by is None:
        raise web.HTTPNotFound
    return await table_answer(request, visitor.caller, by, _span(request, _days(request)))


def took(seconds: float | None) -> str:
    """The same in every language: 45 s, 12 min, 3.5 h, 2.1 d."""
    if seconds is None:
        return "–"
    for length, unit, places in ((86_400, "d", 1), (3_600, "h", 1), (60, "min", 0)):
        if seconds >= length:
            return f"{seconds / length:.{places}f} {unit}"
    return f"{seconds:.0f} s"


def _days(request: web.Request) -> int:
    """What is no span of ours is the usual one."""
    return next((it for it in DAYS if str(it) == request.query.get("days")), USUAL)


def _span(request: web.Request, days: int) -> Span:
    """So many days, today among them."""
    tomorrow: Millis = request.app[DESKS].clock() // DAY * DAY + DAY
    return Span(tomorrow - days * DAY, tomorrow)


def _bars(by_day: Mapping[str, Figures], span: Span) -> list[Bar]:
    """One for each day, also where nothing was opened."""
    return [
        Bar(day, it.count, it.statuses.get(Status.RESOLVED, 0))
        for at in range(began(day_of(span.since)), span.until, DAY)
        for day in (day_of(at),)
        for it in (by_day.get(day, NOTHING),)
    ]


def _share(part: int, whole: int) -> str:
    return "–" if not whole else f"{100 * part / whole:.0f} %"
