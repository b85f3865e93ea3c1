"""When a desk is open."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets.hours import Hours, Span

BERLIN = ZoneInfo("Europe/Berlin")
EVERY_DAY = frozenset(range(7))


def at(text: str, zone: ZoneInfo = BERLIN) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=zone).timestamp()) * 1000


@pytest.mark.parametrize(
    ("when", "is_open"),
    [
        ("2026-11-26T08:59:59", False),
        ("2026-11-26T09:00:00", True),
        ("2026-11-26T17:29:59", True),
        ("2026-11-26T17:30:00", False),
        ("2026-11-28T12:00:00", False),  # a Saturday
        ("2026-12-25T12:00:00", False),  # a holiday
        ("2026-07-01T09:00:00", True),  # in summer, by the clock on the wall
    ],
)
def test_a_desk_is_open_on_working_days_by_the_clock_on_the_wall(when: str, is_open: bool) -> None:
    hours = Hours(BERLIN, (Span(frozenset(range(5)), 540, 1050),), frozenset({date(2026, 12, 25)}))

    assert hours.is_open(at(when)) is is_open


def test_a_night_shift_goes_on_after_midnight_and_into_a_holiday_but_begins_on_none() -> None:
    hours = Hours(BERLIN, (Span(frozenset({4}), 22 * 60, 30 * 60),), frozenset({date(2026, 11, 28)}))
    on_a_holiday = Hours(hours.zone, hours.spans, frozenset({date(2026, 11, 27)}))

    assert hours.is_open(at("2026-11-28T05:59:00"))
    assert not hours.is_open(at("2026-11-28T06:00:00"))
    assert not hours.is_open(at("2026-11-27T05:00:00"))
    assert not on_a_holiday.is_open(at("2026-11-28T05:59:00"))


@pytest.mark.parametrize(("day", "hours_open"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-10-26", 24)])
def test_a_whole_day_is_as_long_as_it_is_where_clocks_change(day: str, hours_open: int) -> None:
    ((begin, end),) = Hours(BERLIN, (Span(EVERY_DAY, 0, 1440),)).shifts(date.fromisoformat(day))

    assert end - begin == timedelta(hours=hours_open) // timedelta(milliseconds=1)


def test_where_clocks_go_back_to_the_day_before_a_shift_goes_on() -> None:
    """In St. John's they did, a minute after midnight, until 2011."""
    st_johns = ZoneInfo("America/St_Johns")
    hours = Hours(st_johns, (Span(EVERY_DAY, 0, 30),))
    begin = datetime(2010, 11, 7, tzinfo=st_johns).astimezone(UTC)

    is_open = [hours.is_open(int((begin + timedelta(minutes=it)).timestamp()) * 1000) for it in range(91)]

    assert is_open == [True] * 90 + [False]


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.sampled_from(["Europe/Berlin", "America/St_Johns", "Pacific/Apia", "Australia/Lord_Howe", "UTC"]),
)
def test_a_desk_that_works_day_and_night_is_always_open(when: datetime, zone: str) -> None:
    hours = Hours(ZoneInfo(zone), (Span(EVERY_DAY, 0, 1440),))

    assert hours.is_open(int(when.timestamp() * 1000))
