"""How many tickets are opened, closed and left on each day. Pure: it adds up the sums of days and months."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tickets.figures import DAY, Figure, Sums, began, day_of
from tickets.ports.reports import Span


@dataclass(frozen=True, slots=True)
class DayVolume:
    """``left`` are the tickets that were open when the day ended. Days are in UTC."""

    day: str
    opened: int
    closed: int
    left: int


@dataclass(frozen=True, slots=True)
class Volume:
    """Each day of a span, also those on which nothing happened, and how many of its tickets were opened at
    each of the 24 hours of the day."""

    days: tuple[DayVolume, ...]
    hours: tuple[int, ...]


def volume_of(span: Span, before: Iterable[Sums], within: Mapping[str, Sums]) -> Volume:
    """``before`` are the sums of all that was opened before the span, ``within`` those of its days. The span
    begins and ends with a day. A ticket that is closed today was open until the closing that it has today."""
    first, opened, closed = day_of(span.since), Counter[str](), Counter[str]()
    hours, left = Counter[str](), 0
    for sums in before:
        left += _count(sums, Figure.HOUR)
        closed += _by_day(sums)
    for day, sums in within.items():
        opened[day] += _count(sums, Figure.HOUR)
        closed += _by_day(sums)
        for (_, figure, hour), count in sums.items():
            hours[hour] += count if figure is Figure.HOUR else 0
    left -= sum(count for day, count in closed.items() if day < first)
    days = []
    for day in (day_of(at) for at in range(began(first), span.until, DAY)):
        left += opened[day] - closed[day]
        days.append(DayVolume(day, opened[day], closed[day], left))
    return Volume(tuple(days), tuple(hours[str(hour)] for hour in range(24)))


def _count(sums: Sums, of: Figure) -> int:
    return sum(count for (_, figure, _), count in sums.items() if figure is of)


def _by_day(sums: Sums) -> Counter[str]:
    return Counter({day: count for (_, figure, day), count in sums.items() if figure is Figure.ENDED})
