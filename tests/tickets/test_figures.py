"""Sums of tickets: counts are exact, and what is near each other is near enough."""

import statistics

from hypothesis import given
from hypothesis import strategies as st

from tickets.desks.report_desk import figures_of, spread_of
from tickets.figures import TOOK, Cell, Figure, Sums, began, coarse, day_of, total

SECONDS = st.lists(st.integers(0, 10**8), min_size=1, max_size=60)


@given(SECONDS)
def test_a_spread_is_that_of_a_plain_computation(seconds: list[int]) -> None:
    spread = spread_of([(str(it), 1) for it in seconds])

    assert (spread.count, spread.median) == (len(seconds), statistics.median(seconds))


@given(SECONDS)
def test_what_is_counted_as_near_is_wrong_by_two_percent_at_most(seconds: list[int]) -> None:
    exact: Sums = Sums()
    exact.update(("", Figure.RESOLUTION, str(it)) for it in seconds)

    near = figures_of([coarse(exact)], Sums())[""].resolution

    plain = spread_of([(str(it), 1) for it in seconds])
    assert near.count == plain.count
    for told, right in ((near.median, plain.median), (near.p90, plain.p90)):
        assert told is not None
        assert right is not None
        assert abs(told - right) <= max(1, 0.02 * right)


CELLS = st.dictionaries(
    st.tuples(
        st.sampled_from(["", "a"]),
        st.sampled_from(list(Figure)),
        st.integers(0, 10**7).map(str),
    ),
    st.integers(1, 9),
    max_size=20,
)


@given(st.lists(CELLS, max_size=5))
def test_it_does_not_matter_when_what_is_near_is_put_together(parts: list[dict[Cell, int]]) -> None:
    at_once = coarse(total(parts))

    assert coarse(at_once) == at_once
    assert coarse(total([coarse(Sums(it)) for it in parts])) == at_once
    assert at_once.total() == sum(sum(it.values()) for it in parts)
    untouched = [it for it in parts for cell in it if cell[1] not in TOOK]
    assert bool(untouched) == any(cell[1] not in TOOK for cell in at_once)


@given(st.integers(0, 253_402_300_799_999))
def test_a_moment_is_in_its_day(at: int) -> None:
    assert began(day_of(at)) <= at < began(day_of(at)) + 24 * 60 * 60 * 1000
