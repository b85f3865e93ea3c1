"""Spans of time as people type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cogs.replies import Declined
from cogs.spans import span_of

MINUTE = 60_000
UNITS = {"m": MINUTE, "h": 60 * MINUTE, "d": 24 * 60 * MINUTE, "w": 7 * 24 * 60 * MINUTE}
PARTS = st.lists(st.tuples(st.integers(0, 999_999), st.sampled_from("mhdwMHDW")), min_size=1, max_size=5)


@given(PARTS, st.sampled_from(["", " ", "  "]))
def test_a_span_is_the_sum_of_its_parts(parts: list[tuple[int, str]], gap: str) -> None:
    text = gap.join(f"{count}{gap}{unit}" for count, unit in parts)

    assert span_of(text) == sum(count * UNITS[unit.lower()] for count, unit in parts)


@pytest.mark.parametrize("text", ["", " ", "2", "h", "2 hours", "-2h", "2.5h", "1e3d", "tomorrow", "2h!"])
def test_what_is_no_span_is_declined(text: str) -> None:
    with pytest.raises(Declined, match="give-span"):
        span_of(text)
