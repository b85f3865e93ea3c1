"""Spans of time in a desk file: ``"1d 12h"``, ``"mon-fri 09:00-17:30"``."""

import re
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema

from tickets.hours import DAY, Span
from tickets.model import Millis

UNITS: Final = {"s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 7 * 86_400_000}
WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

LONGEST: Final = 3660 * UNITS["d"]

_PART: Final = r"\d{1,6} ?[smhdw]"
_DURATION: Final = re.compile(rf"{_PART}(?: ?{_PART})*")
_WEEKDAY: Final = f"(?:{'|'.join(WEEKDAYS)})"
_DAYS: Final = rf"{_WEEKDAY}(?:-{_WEEKDAY})?"
_TIME: Final = r"[0-2]\d:[0-5]\d"
_OF_A_DAY: Final = r"(?:[01]\d|2[0-3]):[0-5]\d"
_SPAN: Final = re.compile(rf"({_DAYS}(?:, ?{_DAYS})*|daily) ({_TIME})-({_TIME})")


def duration_of(text: str) -> Millis:
    """``45s``, ``30m``, ``2h``, ``1d 12h`` or ``1w`` in milliseconds. Raises ValueError for anything else."""
    if not _DURATION.fullmatch(text):
        raise ValueError('must be a time like "30m", "2h", "1d 12h" or "1w"')
    total = sum(int(count) * UNITS[unit] for count, unit in re.findall(r"(\d+) ?([smhdw])", text))
    if total == 0:
        raise ValueError("must be longer than nothing; leave the key out for no such time")
    return total


def span_of(text: str) -> Span:
    """``mon-fri 09:00-17:30``, ``sat, sun 10:00-14:00``, ``fri 22:00-06:00`` (until Saturday), ``daily
    00:00-24:00``. Raises ValueError for anything else."""
    found = _SPAN.fullmatch(text.lower())
    if not found:
        raise ValueError('must be days and times like "mon-fri 09:00-17:30" or "fri 22:00-06:00"')
    begin, end = _minutes(found[2]), _minutes(found[3])
    if begin >= DAY:
        raise ValueError("must begin at 23:59 or before")
    if begin == end:
        raise ValueError('must end at another time than it begins; a whole day is "00:00-24:00"')
    return Span(_weekdays(found[1]), begin, end if end > begin else end + DAY)


def _minutes(text: str) -> int:
    hours, minutes = map(int, text.split(":"))
    if (total := hours * 60 + minutes) > DAY:
        raise ValueError("must have times from 00:00 to 24:00")
    return total


def _weekdays(text: str) -> frozenset[int]:
    if text == "daily":
        return frozenset(range(7))
    days: set[int] = set()
    for part in re.split(r", ?", text):
        first, _, last = part.partition("-")
        begin, end = WEEKDAYS.index(first), WEEKDAYS.index(last or first)
        days |= {day % 7 for day in range(begin, end + 1 if end >= begin else end + 8)}
    return frozenset(days)


def _zone(name: object) -> ZoneInfo:
    if isinstance(name, ZoneInfo):
        return name
    try:
        return ZoneInfo(str(name))
    except (ValueError, OSError, ZoneInfoNotFoundError):
        raise ValueError('must be the name of a time zone, as "Europe/Berlin" or "UTC"') from None


def _from_text(read: Any) -> BeforeValidator:
    def validate(value: object) -> object:
        return read(value) if isinstance(value, str) else _no_text()

    return BeforeValidator(validate)


def _no_text() -> object:
    raise ValueError("must be a text in quotation marks")


def _bounded(span: Millis) -> Millis:
    if span > LONGEST:
        raise ValueError("must be ten years at most; leave the key out for no such time")
    return span


def _in_any_case(pattern: str) -> str:
    """A pattern that matches the words in upper and lower case, for engines that cannot ignore case."""
    return re.sub(r"\b[a-z]{3,}", lambda it: "".join(f"[{char}{char.upper()}]" for char in it[0]), pattern)


Duration = Annotated[
    Millis,
    _from_text(duration_of),
    AfterValidator(_bounded),
    WithJsonSchema(
        {"type": "string", "pattern": f"^(?=.*[1-9]){_DURATION.pattern}$", "examples": ["30m", "1d 12h"]}
    ),
]
SPAN_SCHEMA: Final = {
    "type": "string",
    "pattern": f"^(?:{_in_any_case(f'{_DAYS}(?:, ?{_DAYS})*|daily')}) "
    rf"(?!(\d\d:\d\d)-\1$){_OF_A_DAY}-(?:{_OF_A_DAY}|24:00)$",
    "examples": ["mon-fri 09:00-17:30", "fri 22:00-06:00"],
}
WeeklySpan = Annotated[Span, _from_text(span_of), WithJsonSchema(SPAN_SCHEMA)]
Zone = Annotated[
    ZoneInfo, BeforeValidator(_zone), WithJsonSchema({"type": "string", "examples": ["Europe/Berlin", "UTC"]})
]
