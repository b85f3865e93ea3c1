"""What is counted of tickets, by the day on which they were opened: pure, and the same for every store. Days
and months are in UTC.

Each group has cells, such as "closed as RESOLVED" or "first answer after 120 seconds", and counts how many
tickets fall into each. Cells of days are added up to those of longer spans."""

import math
import struct
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from itertools import compress
from typing import Final

from tickets.model import IssueLevel, Millis, Status, SupportRole, Ticket, UserKey
from tickets.targets import TargetName

HOUR: Final[Millis] = 60 * 60_000
DAY: Final[Millis] = 24 * HOUR
_LAST: Final[Millis] = 253_402_300_799_999
EXACT_UP_TO: Final = 200
"""For a day with up to so many tickets, seconds are kept one by one. For more, and for months, seconds that
are near each other count as the same."""
STEP: Final = 1.02
"""Seconds are near each other within this ratio, so each is wrong by one part in a hundred at most."""


class By(StrEnum):
    """How tickets are grouped."""

    ALL = "all"
    LEVEL = "level"
    SUPPORT_ROLE = "support_role"
    FORM = "form"
    AGENT = "agent"


class Figure(StrEnum):
    """What a cell counts."""

    CLOSED = "closed"
    """The value is the status. Open tickets are counted when somebody asks."""
    FIRST_RESPONSE = "first_response"
    """Seconds from the opening to staff's first message."""
    RESOLUTION = "resolution"
    """Seconds from the opening until it was closed as RESOLVED."""
    MET = "met"
    """The value is the name of a target that was met and can be missed no more."""
    MISSED = "missed"
    HOUR = "hour"
    """The hour of the day on which it was opened, in UTC. This and the next are only counted for all tickets
    together."""
    ENDED = "ended"
    """The day of its present closing. A ticket that was reopened counts as if it had never been closed."""


TOOK: Final = (Figure.FIRST_RESPONSE, Figure.RESOLUTION)
BY_STEP: Final = ""
"""The value of a cell that has a group's seconds in one row. Its count is the row: for each step, the number
of tickets in bits of its own, so that rows can be added as whole numbers."""
MOST_TOTALS: Final = 40
"""Totals that are kept at once: three years take 25, in five groupings."""
LANE: Final = 32
"""Bits of one count of a row: enough for four thousand million tickets."""
_TAKEN: Final = tuple(round(STEP**step - 1) for step in range(1_500))
"""The seconds of each step, for more years than there are."""
Cell = tuple[str, Figure, str]
"""A group (empty for all tickets, or for no agent), what is counted, and a value."""
Sums = Counter[Cell]
Told = tuple[Figure, str]
"""A cell, without its group."""


@dataclass(frozen=True, slots=True)
class CountedClock:
    """The counted part of a ``Countdown``."""

    is_missed: bool = False
    is_done: bool = False


@dataclass(frozen=True, slots=True)
class CountedSla:
    """The counted part of an ``Sla``."""

    first_response: CountedClock | None = None
    resolution: CountedClock | None = None
    is_over: bool = False


@dataclass(frozen=True, slots=True)
class Counted:
    """The counted part of a ``Ticket``, under the same names. Stores read it in a third of the time."""

    number: int
    issue_level: IssueLevel
    support_role: SupportRole
    status: Status
    created_at: Millis
    category: str | None = None
    assignee: UserKey | None = None
    closed_at: Millis | None = None
    first_response_at: Millis | None = None
    sla: CountedSla | None = None


def weight(ticket: Ticket) -> tuple[object, ...]:
    """Everything of a ticket that counts. While it stays the same, so do all figures."""
    return (
        *(ticket.issue_level, ticket.support_role, ticket.category, ticket.assignee),
        *(ticket.status if ticket.is_closed else None, ticket.closed_at, ticket.first_response_at),
        *(_targets(ticket)),
    )


def groups(ticket: Ticket | Counted) -> dict[By, str]:
    return {
        By.ALL: "",
        By.LEVEL: ticket.issue_level,
        By.SUPPORT_ROLE: ticket.support_role,
        By.FORM: ticket.category or "",
        By.AGENT: "" if ticket.assignee is None else str(ticket.assignee),
    }


class Tally:
    """Counts tickets, page after page. Only at the end is it known whether their seconds are kept one by
    one."""

    def __init__(self) -> None:
        self.tickets = 0
        self._cells: dict[By, defaultdict[str, Counter[Told]]] = {it: defaultdict(Counter) for it in By}
        self._took: dict[By, defaultdict[tuple[str, Figure], Counter[int]]] = {
            it: defaultdict(Counter) for it in By
        }

    def add(self, tickets: Sequence[Ticket | Counted]) -> None:
        """A list is counted in one go, which takes half of the time."""
        self.tickets += len(tickets)
        cells = {by: defaultdict[str, list[Told]](list) for by in By}
        took = {by: defaultdict[tuple[str, Figure], list[int]](list) for by in By}
        for ticket in tickets:
            told, seconds = [*_told(ticket)], [*_seconds(ticket)]
            for by, group in groups(ticket).items():
                cells[by][group] += told
                for figure, it in seconds:
                    took[by][group, figure].append(it)
            cells[By.ALL][""] += _told_of_all(ticket)
        for by in By:
            for group, those in cells[by].items():
                self._cells[by][group].update(those)
            for key, each in took[by].items():
                self._took[by][key].update(each)

    def sums(self, *, exact: bool) -> dict[By, Sums]:
        return {by: self._sums(by, exact) for by in By}

    def _sums(self, by: By, exact: bool) -> Sums:
        sums = Sums(
            {
                (group, *told): count
                for group, those in self._cells[by].items()
                for told, count in those.items()
            }
        )
        for key, seconds in self._took[by].items():
            if exact:
                sums.update({(*key, str(it)): count for it, count in seconds.items()})
            else:
                sums[*key, BY_STEP] = _row(seconds)
        return sums


def _told(ticket: Ticket | Counted) -> Iterator[Told]:
    if ticket.status.is_closed:
        yield Figure.CLOSED, ticket.status
    yield from _targets(ticket)


def _seconds(ticket: Ticket | Counted) -> Iterator[tuple[Figure, int]]:
    if ticket.first_response_at is not None:
        yield Figure.FIRST_RESPONSE, max(0, ticket.first_response_at - ticket.created_at) // 1000
    if ticket.status is Status.RESOLVED and ticket.closed_at is not None:
        yield Figure.RESOLUTION, max(0, ticket.closed_at - ticket.created_at) // 1000


def _told_of_all(ticket: Ticket | Counted) -> Iterator[Told]:
    yield Figure.HOUR, str(ticket.created_at // HOUR % 24)
    if ticket.status.is_closed and ticket.closed_at is not None:
        yield Figure.ENDED, day_of(ticket.closed_at)


def _targets(ticket: Ticket | Counted) -> Iterator[Told]:
    sla = ticket.sla
    if sla is None:
        return
    if (first := sla.first_response) is not None and (first.is_missed or first.is_done):
        yield Figure.MISSED if first.is_missed else Figure.MET, TargetName.FIRST_RESPONSE
    if (whole := sla.resolution) is not None and (whole.is_missed or sla.is_over):
        yield Figure.MISSED if whole.is_missed else Figure.MET, TargetName.RESOLUTION


def coarse(sums: Sums) -> Sums:
    """The sums with the seconds of each group in one row, in which seconds that are near each other are the
    same. Doing it again changes nothing."""
    counted: Sums = Counter()
    rows: defaultdict[tuple[str, Figure], Counter[int]] = defaultdict(Counter)
    for (group, figure, value), count in sums.items():
        if figure in TOOK and value != BY_STEP:
            rows[group, figure][int(value)] += count
        else:
            counted[group, figure, value] += count
    for (group, figure), seconds in rows.items():
        counted[group, figure, BY_STEP] += _row(seconds)
    return counted


def seconds_of(row: int) -> list[tuple[int, int]]:
    """The content of a row: seconds, and how many tickets took so long."""
    width = LANE // 8
    lanes = row.to_bytes(-(-row.bit_length() // LANE) * width, "little")
    counts = struct.unpack(f"<{len(lanes) // width}I", lanes)
    return [*zip(compress(_TAKEN, counts), filter(None, counts), strict=True)]


def _row(seconds: Mapping[int, int]) -> int:
    lanes = [0] * (_step(max(seconds)) + 1)
    for it, count in seconds.items():
        lanes[_step(it)] += count
    return int.from_bytes(struct.pack(f"<{len(lanes)}I", *lanes), "little")


@lru_cache(10_000)
def _step(seconds: int) -> int:
    """The step of these seconds, the same for all seconds that are near each other."""
    return round(math.log(seconds + 1, STEP))


def day_of(at: Millis) -> str:
    """The day, such as 2026-11-21. There are no days after the year 9999."""
    return _day(min(at, _LAST) // DAY)


@lru_cache(10_000)
def _day(number: int) -> str:
    return datetime.fromtimestamp(number * DAY / 1000, UTC).strftime("%Y-%m-%d")


def month_of(day: str) -> str:
    """The month, such as 2026-11."""
    return day[:7]


def months_from(first: str, last: str, most: int) -> list[str] | None:
    """All months from the first to the last. None for days, for anything that is no month, and for too many
    months."""
    if len(first) != len("2026-11") or first < "0001-01" or last > "9999-12":
        return None
    begin, end = (int(it[:4]) * 12 + int(it[5:]) - 1 for it in (first, last))
    months = range(begin, end + 1)
    return None if len(months) > most else [f"{it // 12:04}-{it % 12 + 1:02}" for it in months]


def began(day: str) -> Millis:
    return int(datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=UTC).timestamp() * 1000)


class Totals:
    """Adds up sums. Results are kept as long as the very same sums are added."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[int, ...], tuple[Sequence[Sums], Sums]] = OrderedDict()

    def of(self, parts: Mapping[str, Sums]) -> list[Sums]:
        """Adds days up to months, and months to years, so that one that has changed costs little. The result
        must not be changed."""
        longer: defaultdict[str, list[Sums]] = defaultdict(list)
        for period, sums in parts.items():
            longer[period[:-3]].append(sums)
        return [self._of(it) for it in longer.values()]

    def _of(self, parts: Sequence[Sums]) -> Sums:
        key = tuple(map(id, parts))  # with the parts themselves, so that no others get these ids
        self._known[key] = known = self._known.pop(key, None) or (parts, total(parts))
        if len(self._known) > MOST_TOTALS:
            self._known.popitem(last=False)
        return known[1]


def total(sums: Iterable[Mapping[Cell, int]]) -> Sums:
    whole: Sums = Counter()
    for each in sums:
        whole.update(each)
    return whole
