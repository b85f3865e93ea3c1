"""Working time, against a slow count of minutes, over nights, holidays and clocks that are changed."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets.hours import Hours, Span
from tickets.model import Millis
from tickets.working_time import SOON, after_working, changes_at, worked

BERLIN = ZoneInfo("Europe/Berlin")
MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
ALL_WEEK = frozenset(range(7))
WORKDAYS = frozenset(range(5))
OFFICE = Hours(BERLIN, (Span(WORKDAYS, 9 * 60, 17 * 60),))


def at(text: str, zone: ZoneInfo = BERLIN, *, fold: int = 0) -> Millis:
    return int(datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold).timestamp()) * 1000


def test_nights_and_weekends_do_not_count() -> None:
    assert worked(OFFICE, at("2026-11-27 16:00"), at("2026-11-30 10:00")) == 2 * HOUR
    assert after_working(OFFICE, at("2026-11-27 16:00"), 2 * HOUR) == at("2026-11-30 10:00")
    assert after_working(OFFICE, at("2026-11-28 12:00"), MINUTE) == at("2026-11-30 09:01")


def test_a_target_is_reached_at_the_end_of_a_day_and_not_on_the_next_one() -> None:
    assert after_working(OFFICE, at("2026-11-26 09:00"), 8 * HOUR) == at("2026-11-26 17:00")
    assert after_working(OFFICE, at("2026-11-26 20:00"), 0) == at("2026-11-26 20:00")


def test_on_a_holiday_nothing_begins() -> None:
    hours = Hours(BERLIN, (Span(WORKDAYS, 22 * 60, 30 * 60),), frozenset({date(2026, 12, 24)}))

    night_before = worked(hours, at("2026-12-23 12:00"), at("2026-12-24 12:00"))
    holiday = worked(hours, at("2026-12-24 12:00"), at("2026-12-25 12:00"))

    assert (night_before, holiday) == (8 * HOUR, 0)


@pytest.mark.parametrize(
    ("evening", "length"),
    [("2026-03-28 22:00", 7 * HOUR), ("2026-10-24 22:00", 9 * HOUR), ("2026-11-26 22:00", 8 * HOUR)],
    ids=["clocks go forward", "clocks go back", "nothing changes"],
)
def test_a_night_shift_is_as_long_as_it_really_is(evening: str, length: Millis) -> None:
    hours = Hours(BERLIN, (Span(ALL_WEEK, 22 * 60, 30 * 60),))
    begin = at(evening)

    assert worked(hours, begin, begin + 12 * HOUR) == length
    assert after_working(hours, begin, length) == begin + length
    assert after_working(hours, begin, length + 1) == begin + DAY + (length - 8 * HOUR) + 1


def test_shifts_that_overlap_count_once() -> None:
    hours = Hours(BERLIN, (Span(ALL_WEEK, 8 * 60, 16 * 60), Span(ALL_WEEK, 14 * 60, 26 * 60)))

    assert worked(hours, at("2026-11-25 08:00"), at("2026-11-26 08:00")) == 18 * HOUR


@pytest.mark.parametrize(
    "hours",
    [
        Hours(BERLIN, ()),
        Hours(BERLIN, (Span(frozenset(), 0, 60),)),
        Hours(BERLIN, (Span(frozenset({0}), 0, 60),), frozenset()),
    ],
    ids=["no span", "no day", "an hour a week"],
)
def test_an_almost_empty_calendar_takes_its_time(hours: Hours) -> None:
    since = at("2026-11-26 12:00")
    never = not any(it.weekdays for it in hours.spans)

    assert (after_working(hours, since, HOUR) is None) is never
    assert (worked(hours, since, since + 30 * DAY) == 0) is never
    assert after_working(hours, since, 9000 * HOUR) is None


def test_without_hours_everything_counts() -> None:
    assert worked(None, 5, 12) == 7
    assert worked(None, 12, 5) == 0
    assert after_working(None, 5, 7) == 12


ZONES = st.sampled_from(
    [
        ZoneInfo(it)
        for it in ("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu")
    ]
)
SPANS = st.builds(
    lambda days, begin, length: Span(days, begin, begin + length),
    st.frozensets(st.integers(0, 6)),
    st.integers(0, 1439),
    st.integers(1, 1440),
)
YEAR = (int(datetime(2026, 1, 1, tzinfo=UTC).timestamp()), int(datetime(2027, 1, 1, tzinfo=UTC).timestamp()))
MOMENTS = st.integers(*YEAR).map(lambda it: it * 1000)
CALENDARS = st.builds(
    Hours,
    ZONES,
    st.lists(SPANS, max_size=3).map(tuple),
    st.frozensets(st.dates(date(2026, 1, 1), date(2027, 1, 3)), max_size=6),
)


@given(CALENDARS, MOMENTS, st.integers(0, 4 * 24 * 60))
def test_it_is_what_counting_minutes_gives(hours: Hours, since: Millis, minutes: int) -> None:
    since -= since % MINUTE

    counted = sum(hours.is_open(since + n * MINUTE) for n in range(minutes))

    assert worked(hours, since, since + minutes * MINUTE) == counted * MINUTE


@given(CALENDARS, MOMENTS, MOMENTS, MOMENTS)
def test_parts_add_up_and_time_never_runs_backwards(hours: Hours, a: Millis, b: Millis, c: Millis) -> None:
    a, b, c = sorted((a, b, c))

    assert worked(hours, a, b) + worked(hours, b, c) == worked(hours, a, c)
    assert 0 <= worked(hours, a, b) <= b - a
    assert worked(hours, c, a) == 0


@given(CALENDARS, MOMENTS, st.integers(1, 30 * HOUR))
def test_when_so_much_has_passed_is_the_inverse(hours: Hours, since: Millis, span: Millis) -> None:
    then = after_working(hours, since, span)

    if then is None:
        assert worked(hours, since, since + 60 * DAY) < span
    else:
        assert worked(hours, since, then) == span
        assert worked(hours, since, then - 1) == span - 1


@given(CALENDARS, MOMENTS, st.integers(0, 20 * HOUR), st.integers(0, 20 * HOUR))
def test_more_work_is_never_done_sooner(hours: Hours, since: Millis, less: Millis, more: Millis) -> None:
    first, then = (after_working(hours, since, it) for it in sorted((less, more)))

    assert then is None or (first is not None and since <= first <= then)
    if first is not None and then is not None:
        assert after_working(hours, first, abs(more - less)) == then or more == less


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ("2026-11-26 12:00", "2026-11-26 17:00"),
        ("2026-11-26 17:00", "2026-11-27 09:00"),
        ("2026-11-27 18:00", "2026-11-30 09:00"),
    ],
)
def test_a_desk_opens_and_closes_next(now: str, then: str) -> None:
    assert changes_at(OFFICE, at(now)) == at(then)


def test_shifts_that_follow_each_other_are_one_and_some_desks_never_change() -> None:
    shifts = Hours(BERLIN, (Span(WORKDAYS, 6 * 60, 14 * 60), Span(WORKDAYS, 14 * 60, 22 * 60)))

    assert changes_at(shifts, at("2026-11-26 12:00")) == at("2026-11-26 22:00")
    assert changes_at(Hours(BERLIN, (Span(ALL_WEEK, 0, 24 * 60),)), at("2026-11-26 12:00")) is None
    assert changes_at(Hours(BERLIN, ()), at("2026-11-26 12:00")) is None


@given(st.lists(SPANS, max_size=4).map(tuple), st.integers(0, 3 * 366 * DAY))
def test_until_a_desk_changes_it_stays_as_it_is(spans: tuple[Span, ...], since: int) -> None:
    hours, now = Hours(BERLIN, spans), at("2026-01-01 00:00") + since
    then = changes_at(hours, now)

    is_open = hours.is_open(now)
    looks = range(now, now + SOON if then is None else then, 7 * HOUR)
    assert all(hours.is_open(it) is is_open for it in looks)
    assert then is None or hours.is_open(then) is not is_open
