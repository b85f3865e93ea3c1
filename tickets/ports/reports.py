"""What is read out of many tickets at once: those that were resolved, and how long things took. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Protocol

from tickets.model import Millis, Ticket
from tickets.ports.lists import Cursor
from tickets.targets import TargetName


@dataclass(frozen=True, slots=True)
class Span:
    """From ``since`` on, and before ``until``."""

    since: Millis
    until: Millis


def place_by_closing(ticket: Ticket) -> Cursor:
    """Where a ticket stands among the resolved ones: the longest resolved first."""
    return Cursor((ticket.closed_at or 0, ticket.number))


class By(StrEnum):
    """What tickets are told apart by."""

    ALL = "all"
    LEVEL = "level"
    SUPPORT_ROLE = "support_role"
    AGENT = "agent"
    DAY = "day"
    """The day on which they were opened, in UTC, as 2026-11-21."""


class Took(StrEnum):
    """What took its time, both from the opening of a ticket on."""

    FIRST_RESPONSE = "first_response"
    RESOLUTION = "resolution"
    """Until it was closed as RESOLVED."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many tickets of a group have a status; ``group`` is empty without an agent, and for all."""

    group: str
    status: str
    count: int


@dataclass(frozen=True, slots=True)
class Duration:
    """How many tickets of a group took so many whole seconds."""

    group: str
    seconds: int
    count: int


@dataclass(frozen=True, slots=True)
class Kept:
    """How many tickets of a group have met a target, and how many have missed it. Those that may still do
    either are not counted."""

    group: str
    met: int
    missed: int


class Reports(Protocol):
    """Aggregations over tickets that were opened within a span."""

    async def resolved(self, span: Span, after: Cursor | None, limit: int) -> list[Ticket]:
        """Tickets that are RESOLVED, and were so within the span, the longest resolved first."""
        ...

    async def counts(self, span: Span, by: By) -> list[Count]: ...

    async def kept(self, span: Span, by: By, target: TargetName) -> list[Kept]: ...

    async def durations(self, span: Span, by: By, what: Took) -> list[Duration]: ...


@dataclass(frozen=True, slots=True)
class Spread:
    """How long it took, in seconds: in the middle, and for nine of ten; None where there is nothing."""

    count: int
    median: float | None
    p90: float | None


def spread_of(durations: Sequence[Duration]) -> Spread:
    """Between two of the values, in proportion, as spreadsheets and ``statistics.median`` do."""
    ordered = sorted(durations, key=lambda it: it.seconds)
    count = sum(it.count for it in ordered)
    return Spread(count, _quantile(ordered, count, 0.5), _quantile(ordered, count, 0.9))


def _quantile(ordered: Sequence[Duration], count: int, part: float) -> float | None:
    if not count:
        return None
    place = (count - 1) * part
    below = int(place)
    low, high = _nth(ordered, below), _nth(ordered, min(below + 1, count - 1))
    return round(low + (high - low) * (place - below), 3)


def _nth(ordered: Sequence[Duration], place: int) -> int:
    for duration in ordered:
        if place < duration.count:
            return duration.seconds
        place -= duration.count
    raise IndexError(place)


def grouped(durations: Sequence[Duration]) -> Mapping[str, list[Duration]]:
    groups: dict[str, list[Duration]] = {}
    for duration in durations:
        groups.setdefault(duration.group, []).append(duration)
    return groups


def last_month(now: Millis) -> Span:
    """The whole month before the present one, in UTC."""
    first = datetime.fromtimestamp(now / 1000, UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    year, month = (first.year, first.month - 1) if first.month > 1 else (first.year - 1, 12)
    return Span(_millis(first.replace(year=year, month=month)), _millis(first))


def _millis(moment: datetime) -> Millis:
    return int(moment.timestamp() * 1000)
