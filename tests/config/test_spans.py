"""Spans of time in a desk file."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.spans import UNITS, WEEKDAYS, duration_of, span_of

PARTS = st.lists(st.tuples(st.integers(1, 999_999), st.sampled_from(sorted(UNITS))), min_size=1, max_size=4)
MINUTES = st.integers(0, 24 * 60 - 1)


def clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


@given(PARTS, st.sampled_from(["", " "]))
def test_a_duration_is_the_sum_of_its_parts(parts: list[tuple[int, str]], gap: str) -> None:
    text = gap.join(f"{count}{unit}" for count, unit in parts)

    assert duration_of(text) == sum(count * UNITS[unit] for count, unit in parts)


@given(st.text(max_size=12))
def test_any_text_is_a_duration_or_a_fault_in_plain_words(text: str) -> None:
    try:
        assert duration_of(text) > 0
    except ValueError as fault:
        assert str(fault).startswith("must be ")  # noqa: PT017  a text may be right


@pytest.mark.parametrize("text", ["", "2", "h", "2 hours", "-2h", "2.5h", "1e3d", " 2h", "0m", "2h!"])
def test_what_is_no_duration_is_a_fault(text: str) -> None:
    with pytest.raises(ValueError, match="must be"):
        duration_of(text)


@given(st.sets(st.integers(0, 6), min_size=1), MINUTES, MINUTES)
def test_a_span_has_its_days_and_times(days: set[int], begin: int, end: int) -> None:
    text = f"{','.join(WEEKDAYS[day] for day in days)} {clock(begin)}-{clock(end)}"
    if begin == end:
        with pytest.raises(ValueError, match="must end at another time"):
            span_of(text)
        return

    span = span_of(text)

    assert (span.weekdays, span.begin) == (frozenset(days), begin)
    assert span.end == (end if begin < end else end + 24 * 60)


@given(st.integers(0, 6), st.integers(0, 6))
def test_days_from_one_to_another_may_go_over_the_weekend(first: int, last: int) -> None:
    days = span_of(f"{WEEKDAYS[first]}-{WEEKDAYS[last]} 09:00-17:00").weekdays

    assert {first, last} <= days
    assert len(days) == (last - first) % 7 + 1


@pytest.mark.parametrize(
    ("text", "days", "begin", "end"),
    [
        ("mon-fri 09:00-17:30", {0, 1, 2, 3, 4}, 540, 1050),
        ("Fri 22:00-06:00", {4}, 1320, 1800),
        ("sat, sun 10:00-24:00", {5, 6}, 600, 1440),
        ("daily 00:00-24:00", {0, 1, 2, 3, 4, 5, 6}, 0, 1440),
        ("sun-mon,wed 20:00-00:00", {6, 0, 2}, 1200, 1440),
    ],
)
def test_spans_are_read_as_people_mean_them(text: str, days: set[int], begin: int, end: int) -> None:
    span = span_of(text)

    assert (span.weekdays, span.begin, span.end) == (frozenset(days), begin, end)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "mon",
        "9-17",
        "mon 9-17",
        "mon 09:00-25:00",
        "mon 24:00-06:00",
        "mon 09:60-10:00",
        "day 09:00-10:00",
    ],
)
def test_what_is_no_span_is_a_fault(text: str) -> None:
    with pytest.raises(ValueError, match="must"):
        span_of(text)
