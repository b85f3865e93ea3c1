"""Working time where clocks and calendars are unlike Berlin's, against what a clock on the wall shows minute
by minute."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tickets.hours import Hours, Span
from tickets.model import Millis
from tickets.working_time import after_working, worked

MINUTE = 60_000
ALL_WEEK, WORKDAYS = frozenset(range(7)), frozenset(range(5))
DAY_AND_NIGHT = (Span(ALL_WEEK, 8 * 60, 17 * 60 + 20), Span(WORKDAYS, 21 * 60, 30 * 60))
"""Until six in the morning, when clocks have changed: no time at the ends is missing or there twice."""


def is_on_the_wall(hours: Hours, at: Millis) -> bool:
    """Whether somebody works who looks at the clock and the calendar, and knows nothing of zones."""
    now = datetime.fromtimestamp(at / 1000, hours.zone)
    today, minute = now.date(), now.hour * 60 + now.minute
    begun = [(today, minute), (_day_before(today, hours.zone), minute + 24 * 60)]
    return any(
        day not in hours.holidays and day.weekday() in span.weekdays and span.begin <= shown < span.end
        for day, shown in begun
        for span in hours.spans
    )


def _day_before(day: date, zone: ZoneInfo) -> date:
    """The last day that the calendar there has before this one."""
    midnight = datetime.combine(day, datetime.min.time(), zone).astimezone(UTC)
    return (midnight - timedelta(minutes=1)).astimezone(zone).date()


@pytest.mark.parametrize(
    ("zone", "change"),
    [
        ("Australia/Lord_Howe", "2026-04-05"),
        ("Australia/Lord_Howe", "2026-10-04"),
        ("Pacific/Apia", "2011-12-30"),
        ("Asia/Tehran", "2021-03-22"),
        ("Asia/Tehran", "2026-03-22"),
        ("America/Sao_Paulo", "2018-11-04"),
        ("Africa/Casablanca", "2026-02-15"),
        ("Antarctica/Troll", "2026-03-29"),
        ("Asia/Kathmandu", "2026-03-29"),
        ("America/St_Johns", "2026-11-01"),
    ],
)
@pytest.mark.parametrize("off", [None, -1, 0, 1], ids=["no holiday", "eve", "on the day", "day after"])
def test_it_is_what_the_clock_on_the_wall_shows(zone: str, change: str, off: int | None) -> None:
    day = date.fromisoformat(change)
    holidays = frozenset() if off is None else frozenset({day + timedelta(days=off)})
    hours = Hours(ZoneInfo(zone), DAY_AND_NIGHT, holidays)
    begin = int(datetime.combine(day - timedelta(days=2), datetime.min.time(), UTC).timestamp()) * 1000

    shown = [is_on_the_wall(hours, begin + n * MINUTE) for n in range(0, 4 * 24 * 60, 5)]

    assert [hours.is_open(begin + n * MINUTE) for n in range(0, 4 * 24 * 60, 5)] == shown
    assert worked(hours, begin, begin + 4 * 24 * 60 * MINUTE) == sum(shown) * 5 * MINUTE
    last = max(n for n, is_open in enumerate(shown) if is_open)
    assert after_working(hours, begin, sum(shown) * 5 * MINUTE) == begin + (last + 1) * 5 * MINUTE


def test_who_works_on_fridays_works_on_none_that_the_calendar_skips() -> None:
    """In Samoa the 29th of December 2011, a Thursday, was followed by Saturday the 31st."""
    samoa = ZoneInfo("Pacific/Apia")
    fridays = Hours(samoa, (Span(frozenset({4}), 9 * 60, 17 * 60),))
    nights = Hours(samoa, (Span(frozenset({3}), 22 * 60, 30 * 60),))
    thursday = int(datetime(2011, 12, 29, 12, tzinfo=samoa).timestamp()) * 1000
    until = thursday + 2 * 24 * 60 * MINUTE

    assert worked(fridays, thursday, until) == 0
    assert worked(nights, thursday, until) == 8 * 60 * MINUTE
    assert nights.is_open(int(datetime(2011, 12, 31, 5, 59, tzinfo=samoa).timestamp()) * 1000)
