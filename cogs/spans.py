"""Parses spans and moments that people type, in English and German. Pure."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final

from cogs.replies import Declined
from texts.text import Text
from tickets.model import Millis

MORNING: Final = time(9)
"""The time of day if only a day is given."""

_WORDS: Final[Mapping[Millis, str]] = {
    60_000: "m|min|mins|minute|minutes|minuten",
    3_600_000: "h|hr|hrs|hour|hours|std|stunde|stunden",
    86_400_000: "d|day|days|t|tag|tage|tagen",
    7 * 86_400_000: "w|week|weeks|woche|wochen",
}
_UNITS: Final = {word: unit for unit, words in _WORDS.items() for word in words.split("|")}
_A_PART: Final = (
    rf"(\d{{1,6}}(?:[.,]\d{{1,2}})?)\s*({'|'.join(sorted(_UNITS, key=len, reverse=True))})\.?(?![a-z])"
)
_PART: Final = re.compile(_A_PART, re.ASCII)
_SPAN: Final = re.compile(
    rf"(?:(?:in|for|für)\s+)?{_A_PART}(?:(?:\s*,\s*|\s*(?:and|und|\+)\s*|\s*){_A_PART})*", re.ASCII
)

_WEEKDAYS: Final[Mapping[str, int]] = {
    word: number
    for number, words in enumerate(
        (
            ("mon", "monday", "mo", "montag"),
            ("tue", "tuesday", "di", "dienstag"),
            ("wed", "wednesday", "mi", "mittwoch"),
            ("thu", "thursday", "do", "donnerstag"),
            ("fri", "friday", "fr", "freitag"),
            ("sat", "saturday", "sa", "samstag", "sonnabend"),
            ("sun", "sunday", "so", "sonntag"),
        )
    )
    for word in words
}
_DAYS: Final[Mapping[str, int]] = {"today": 0, "heute": 0, "tomorrow": 1, "morgen": 1, "übermorgen": 2}
_IN_FRONT: Final = r"(?:(?:until|till|to|bis|on|next|am|zum|nächsten|kommenden)\s+)*"
_DAY: Final = (
    r"(?P<word>[a-zäöüß]+)|(?P<iso>\d{4}-\d{1,2}-\d{1,2})"
    r"|(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.\s?(?P<year>\d{4})?"
)
_AT: Final = (
    r"(?:(?:at|um|gegen)\s+)?(?P<hour>\d{1,2})(?::(?P<minute>\d{2}))?(?P<half>\s*[ap]m)?(?P<uhr>\s*uhr)?"
)
_MOMENT: Final = re.compile(rf"{_IN_FRONT}(?:{_DAY})?(?:(?:^|,?\s+){_AT})?", re.ASCII)


def moment_of(text: str, now: Millis, zone: tzinfo) -> Millis:
    """The moment that a text means in this zone. Raises Declined for any other text.

    A span (``90m``, ``1d 12h``, ``2 days and 3 hours``, ``1,5 Stunden``) counts from now on. ``tomorrow
    9:00``, ``bis Freitag``, ``17:30`` or ``24.12.`` is the next such time."""
    if (span := _span(text)) is not None:
        return now + span
    moment = _moment(" ".join(text.lower().split()), datetime.fromtimestamp(now / 1000, zone))
    try:
        at = None if moment is None else moment.astimezone(UTC)
    except OverflowError:  # the first and the last hours of the calendar are in no year elsewhere
        at = None
    if at is None:
        raise Declined(Text("give-span"))
    return int(at.timestamp()) * 1000


def _span(text: str) -> Millis | None:
    said = text.strip().lower()
    if not _SPAN.fullmatch(said):
        return None
    parts = _PART.findall(said)
    return sum(int(float(count.replace(",", ".")) * _UNITS[unit]) for count, unit in parts)


def _moment(said: str, now: datetime) -> datetime | None:
    found = _MOMENT.fullmatch(said)
    if found is None or not said:
        return None
    try:
        at, day = _time(found), _date(found, now.date())
    except ValueError:
        return None
    if day is None and at is None:
        return None
    if day is None:
        today = datetime.combine(now.date(), at or MORNING, now.tzinfo)
        return today if today > now else today + timedelta(days=1)
    if found["word"] in _WEEKDAYS and at is not None:
        today = datetime.combine(day - timedelta(days=7), at, now.tzinfo)
        if today > now:
            return today
    return datetime.combine(day, at or MORNING, now.tzinfo)


def _time(found: re.Match[str]) -> time | None:
    """The time of day. A number alone is no time. Raises ValueError."""
    if found["hour"] is None:
        return None
    hour, half = int(found["hour"]), (found["half"] or "").strip()
    if found["minute"] is None and not half and not found["uhr"]:
        raise ValueError
    if half:
        if not 1 <= hour <= 12:
            raise ValueError
        hour = hour % 12 + (12 if half == "pm" else 0)
    return time(hour, int(found["minute"] or 0))


def _date(found: re.Match[str], today: date) -> date | None:
    """The date; None if none is named. Raises ValueError."""
    if found["iso"]:
        return date(*map(int, found["iso"].split("-")))
    if found["day"]:
        year = int(found["year"] or today.year)
        named = date(year, int(found["month"]), int(found["day"]))
        return named if found["year"] or named >= today else named.replace(year=year + 1)
    if (word := found["word"]) is None:
        return None
    if word in _DAYS:
        return today + timedelta(days=_DAYS[word])
    if word not in _WEEKDAYS:
        raise ValueError
    return today + timedelta(days=(_WEEKDAYS[word] - today.weekday() - 1) % 7 + 1)
