"""Spans and moments as people type them, in English and German."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cogs.replies import Declined
from cogs.spans import moment_of

MINUTE = 60_000
UNITS = {"m": MINUTE, "h": 60 * MINUTE, "d": 24 * 60 * MINUTE, "w": 7 * 24 * 60 * MINUTE}
PARTS = st.lists(st.tuples(st.integers(0, 999_999), st.sampled_from("mhdwMHDW")), min_size=1, max_size=5)
BERLIN = ZoneInfo("Europe/Berlin")
FRIDAY = datetime(2026, 11, 27, 15, 0, tzinfo=BERLIN)


def span_of(text: str) -> int:
    return moment_of(text, 0, BERLIN)


def millis(moment: datetime) -> int:
    return int(moment.timestamp()) * 1000


@given(PARTS, st.sampled_from(["", " ", "  ", ", "]))
def test_a_span_is_the_sum_of_its_parts(parts: list[tuple[int, str]], gap: str) -> None:
    text = gap.join(f"{count}{gap.strip(',')}{unit}" for count, unit in parts)

    assert span_of(text) == sum(count * UNITS[unit.lower()] for count, unit in parts)


@pytest.mark.parametrize(
    ("text", "span"),
    [("2 hours", "2h"), ("1,5 Stunden", "90m"), ("in 3 Tagen und 1 Std.", "3d1h"), ("for 1 week", "7d")],
)
def test_a_span_may_be_said_in_words(text: str, span: str) -> None:
    assert span_of(text) == span_of(span)


@pytest.mark.parametrize("text", ["", " ", "2", "h", "-2h", "1e3d", "1 month", "2h!", "٣h", "½h", "2h 30"])
def test_what_is_no_span_is_declined(text: str) -> None:
    with pytest.raises(Declined, match="give-span"):
        span_of(text)


@pytest.mark.parametrize(
    ("text", "there"),
    [
        ("17:30", "2026-11-27 17:30"),
        ("9 Uhr", "2026-11-28 09:00"),
        ("9pm", "2026-11-27 21:00"),
        ("12 am", "2026-11-28 00:00"),
        ("morgen", "2026-11-28 09:00"),
        ("bis Freitag", "2026-12-04 09:00"),
        ("fri 16:00", "2026-11-27 16:00"),
        ("until monday at 10:15", "2026-11-30 10:15"),
        ("24.12. 8:30", "2026-12-24 08:30"),
        ("am 1. 2. um 7 Uhr", "2027-02-01 07:00"),
        ("2027-03-28 02:30", "2027-03-28 03:30"),  # which clocks skip that night
        ("2026-10-01", "2026-10-01 09:00"),
        ("heute", "2026-11-27 09:00"),
    ],
)
def test_a_moment_is_the_next_such_time_where_the_desk_is(text: str, there: str) -> None:
    """A date that is past stays so: the policy refuses it."""
    at = moment_of(text, millis(FRIDAY), BERLIN)

    assert datetime.fromtimestamp(at / 1000, BERLIN) == datetime.fromisoformat(there).replace(tzinfo=BERLIN)


@given(st.text(max_size=30) | st.from_regex(r"[0-9. :-]{0,12}(am|pm|Uhr|morgen|fri)?", fullmatch=True))
@example("0001-01-01")
@example("0001-01-01 00:30")
def test_anything_else_is_declined_in_words(text: str) -> None:
    try:
        moment_of(text, millis(FRIDAY), BERLIN)
    except Declined as problem:
        assert "give-span" in str(problem)  # noqa: PT017  a text may be right
