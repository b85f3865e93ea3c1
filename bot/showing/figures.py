"""Statistics in words: how many tickets there were, how long they took, and how many each agent had."""

from collections.abc import Iterable, Mapping

from bot.showing.texts import plain, shortened
from texts.text import Text, Words, joined
from tickets.desks.report_desk import Figures, ReportDesk
from tickets.figures import By
from tickets.model import Person, Status, UserKey
from tickets.ports.reports import Span
from tickets.ports.store import People
from tickets.spreads import Spread

MOST_AGENTS = 15
NAME_LIMIT = 32


class FiguresInWords:
    """The figures of tickets that were opened within a span of time."""

    def __init__(self, reports: ReportDesk, people: People) -> None:
        self._reports = reports
        self._people = people

    async def of(self, span: Span, heading: Words) -> Words:
        whole = (await self._reports.own_figures(span, By.ALL)).values()
        if not whole:
            return joined((heading, Text("stats-none")))
        by_agent = await self._reports.own_figures(span, By.AGENT)
        agents = {UserKey.parse(it): figures for it, figures in by_agent.items() if it}
        return figures_in_words(heading, whole, agents, await self._people.people(list(agents)))


def figures_in_words(
    heading: Words,
    whole: Iterable[Figures],
    by_agent: Mapping[UserKey, Figures],
    people: Mapping[UserKey, Person],
) -> Words:
    """A few lines on all tickets, then a line for each of the agents with the most tickets."""
    lines = [heading, *(_of_all(it) for it in whole)]
    if by_agent:
        lines.append(Text("stats-by-agent"))
    for key, figures in sorted(by_agent.items(), key=lambda it: -it[1].count)[:MOST_AGENTS]:
        name = plain(shortened(people[key].name if key in people else key.id, NAME_LIMIT))
        lines.append(_of_agent(name, figures))
    return joined(lines)


def _of_all(figures: Figures) -> Words:
    count = figures.statuses.get
    opened = Text(
        "stats-opened",
        count=figures.count,
        resolved=count(Status.RESOLVED, 0),
        unresolved=count(Status.UNRESOLVED, 0),
        canceled=count(Status.CANCELED, 0),
        open=count(Status.OPEN, 0) + count(Status.PENDING, 0),
    )
    first, solved = figures.first_response, figures.resolution
    return joined(
        (
            opened,
            _took(Text("stats-first-answer"), first),
            _took(Text("stats-resolution"), solved),
        )
    )


def _took(what: Text, spread: Spread) -> Words:
    if spread.median is None or spread.p90 is None:
        return ""
    return Text("stats-took", what=what, median=_span(spread.median), most=_span(spread.p90))


def _of_agent(name: str, figures: Figures) -> Words:
    median = figures.first_response.median
    return Text(
        "stats-agent",
        name=name,
        count=figures.count,
        resolved=figures.statuses.get(Status.RESOLVED, 0),
        median="–" if median is None else _span(median),
    )


def _span(seconds: float) -> str:
    """A duration in a form for every language: 45 s, 12 min, 3.5 h, 2.1 d."""
    for length, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= length * (2 if unit == "d" else 1):
            return f"{seconds / length:.3g} {unit}"
    return f"{seconds:.0f} s"
