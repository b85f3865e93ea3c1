"""What is counted of tickets, by the day on which they were opened: pure, and the same for every store.

Days and months are in UTC. Of each, every group has cells, as "closed as RESOLVED", "first answer after 120
seconds", and how many tickets fall into each. Cells of days are added up to those of longer spans."""

import math
import struct
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from tickets.model import Millis, Status, Ticket
from tickets.targets import TargetName

HOUR: Final[Millis] = 60 * 60_000
DAY: Final[Millis] = 24 * HOUR
_LAST: Final[Millis] = 253_402_300_799_999
EXACT_UP_TO: Final = 200
"""Tickets of a day whose seconds are kept one by one. Of more, and of months, those that are near each other
count as the same."""
STEP: Final = 1.02
"""Seconds are near each other within this ratio, so that each is wrong by one part in a hundred at most."""


class By(StrEnum):
    """What tickets are told apart by."""

    ALL = "all"
    LEVEL = "level"
    SUPPORT_ROLE = "support_role"
    FORM = "form"
    AGENT = "agent"


class Figure(StrEnum):
    """What a cell is about."""

    CLOSED = "closed"
    """With the status as its value. Tickets that are open are counted when somebody asks."""
    FIRST_RESPONSE = "first_response"
    """Seconds from the opening to staff's first message."""
    RESOLUTION = "resolution"
    """Seconds from the opening until it was closed as RESOLVED."""
    MET = "met"
    """A target, by its name, that can be missed no more."""
    MISSED = "missed"
    HOUR = "hour"
    """Of the day on which it was opened, in UTC. This and the next are told of all tickets together only."""
    ENDED = "ended"
    """The day of the closing that it has today: what was reopened goes on as if it had never been closed."""


TOOK: Final = (Figure.FIRST_RESPONSE, Figure.RESOLUTION)
BY_STEP: Final = ""
"""The value of a cell that has a group's seconds in one row. Its count is such a row: how many tickets took
so many steps, each in bits of its own, so that rows are added as whole numbers are."""
LANE: Final = 32
"""Bits of one count of a row: enough for four thousand million tickets."""
Cell = tuple[str, Figure, str]
"""A group, which is empty for all and for no agent; what it is about; a value."""
Sums = Counter[Cell]


def weight(ticket: Ticket) -> tuple[object, ...]:
    """What of a ticket counts. While it stays the same, so do all figures."""
    return (
        *(ticket.issue_level, ticket.support_role, ticket.category, ticket.assignee),
        *(ticket.status if ticket.is_closed else None, ticket.closed_at, ticket.first_response_at),
        *(_targets(ticket)),
    )


def groups(ticket: Ticket) -> dict[By, str]:
    return {
        By.ALL: "",
        By.LEVEL: ticket.issue_level,
        By.SUPPORT_ROLE: ticket.support_role,
        By.FORM: ticket.category or "",
        By.AGENT: "" if ticket.assignee is None else str(ticket.assignee),
    }


def sums_of(tickets: Iterable[Ticket], before: dict[By, Sums] | None = None) -> dict[By, Sums]:
    """The cells of all these tickets. They are added to those of ``before``, if there are any."""
    sums = {by: Counter[Cell]() for by in By} if before is None else before
    cells: dict[By, list[Cell]] = {by: [] for by in By}  # counted at once, which takes half of the time
    for ticket in tickets:
        told = list(_told(ticket))
        for by, group in groups(ticket).items():
            cells[by] += [(group, figure, value) for figure, value in told]
        cells[By.ALL] += [("", figure, value) for figure, value in _told_of_all(ticket)]
    for by in By:
        sums[by].update(cells[by])
    return sums


def _told(ticket: Ticket) -> Iterable[tuple[Figure, str]]:
    if ticket.is_closed:
        yield Figure.CLOSED, ticket.status
    if ticket.first_response_at is not None:
        yield Figure.FIRST_RESPONSE, _seconds(ticket.created_at, ticket.first_response_at)
    if ticket.status is Status.RESOLVED and ticket.closed_at is not None:
        yield Figure.RESOLUTION, _seconds(ticket.created_at, ticket.closed_at)
    yield from _targets(ticket)


def _told_of_all(ticket: Ticket) -> Iterable[tuple[Figure, str]]:
    yield Figure.HOUR, str(ticket.created_at // HOUR % 24)
    if ticket.is_closed and ticket.closed_at is not None:
        yield Figure.ENDED, day_of(ticket.closed_at)


def _seconds(since: Millis, until: Millis) -> str:
    return str(max(0, until - since) // 1000)


def _targets(ticket: Ticket) -> Iterable[tuple[Figure, str]]:
    sla = ticket.sla
    if sla is None:
        return
    for name, clock in sla.clocks.items():
        is_done = clock.is_done if name is TargetName.FIRST_RESPONSE else sla.is_over
        if clock.is_missed:
            yield Figure.MISSED, name
        elif is_done:
            yield Figure.MET, name


def coarse(sums: Sums) -> Sums:
    """With the seconds of each group as one row, in which those that are near each other are the same; doing
    it again changes nothing."""
    counted: Sums = Counter()
    rows: dict[tuple[str, Figure], Counter[int]] = {}
    for (group, figure, value), count in sums.items():
        if figure in TOOK and value != BY_STEP:
            rows.setdefault((group, figure), Counter())[_step(int(value))] += count
        else:
            counted[group, figure, value] += count
    for (group, figure), steps in rows.items():
        counted[group, figure, BY_STEP] += _row(steps)
    return counted


def seconds_of(row: int) -> list[tuple[int, int]]:
    """What a row says: seconds, and how many tickets took so long."""
    width = LANE // 8
    lanes = row.to_bytes(-(-row.bit_length() // LANE) * width, "little")
    counts = struct.unpack(f"<{len(lanes) // width}I", lanes)
    return [(round(STEP**step - 1), count) for step, count in enumerate(counts) if count]


def _row(steps: Mapping[int, int]) -> int:
    width = LANE // 8
    lanes = bytearray((max(steps) + 1) * width)
    for step, count in steps.items():
        lanes[step * width : (step + 1) * width] = count.to_bytes(width, "little")
    return int.from_bytes(lanes, "little")


def _step(seconds: int) -> int:
    """One for all that are near each other."""
    return round(math.log(seconds + 1, STEP))


def day_of(at: Millis) -> str:
    """As 2026-11-21. There are no days after the year 9999."""
    return datetime.fromtimestamp(min(at, _LAST) / 1000, UTC).strftime("%Y-%m-%d")


def month_of(day: str) -> str:
    """As 2026-11."""
    return day[:7]


def began(day: str) -> Millis:
    return int(datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=UTC).timestamp() * 1000)


def total(sums: Iterable[Mapping[Cell, int]]) -> Sums:
    whole: Sums = Counter()
    for each in sums:
        whole.update(each)
    return whole
