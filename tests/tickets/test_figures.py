"""Sums of tickets: counts are exact, and what is near each other is near enough."""

import statistics
import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.sums import in_rows, sums_from, text_of
from tests.clocks import NOON
from tests.people import EVE
from tests.tickets.logs import Logbook
from tests.tickets.sums import sums_of
from tickets.desks.report_desk import figures_of
from tickets.figures import (
    BY_STEP,
    TOOK,
    By,
    Cell,
    Figure,
    Sums,
    Tally,
    Totals,
    began,
    coarse,
    day_of,
    month_of,
    months_from,
    seconds_of,
    total,
)
from tickets.fold import ticket_of
from tickets.model import Status
from tickets.spreads import spread_of

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
    assert sums_from(text_of([*at_once.items()])) == at_once
    for group in ("", "a"):
        for figure in Figure:
            cells = [(it[2], n) for it, n in at_once.items() if it[:2] == (group, figure)]
            if figure in TOOK:
                assert [it for it, _ in cells] in ([], [BY_STEP])
                cells = [("", n) for _, row in cells for _, n in seconds_of(row)]
            there = sum(n for each in parts for it, n in each.items() if it[:2] == (group, figure))
            assert sum(n for _, n in cells) == there


@given(st.lists(st.lists(st.integers(0, 10**8), max_size=30), max_size=4))
def test_a_tally_of_pages_says_what_one_of_all_tickets_says(pages: list[list[int]]) -> None:
    opened = ticket_of(Logbook().events)
    tickets = [
        [
            replace(opened, first_response_at=opened.created_at + it * 1000, category="ab"[it % 2])
            for it in page
        ]
        for page in pages
    ]
    tally = Tally()
    for page in tickets:
        tally.add(page)

    every = sums_of([it for page in tickets for it in page])

    assert tally.sums(exact=True) == every
    assert tally.sums(exact=False) == {by: coarse(it) for by, it in every.items()}


def test_sums_are_added_again_only_where_one_of_them_is_another() -> None:
    days = {
        f"2026-{month:02}-{day:02}": Sums({("", Figure.HOUR, "8"): day}) for month in (1, 2) for day in (1, 2)
    }
    totals = Totals()
    first = totals.of(days)

    again = totals.of(days)
    changed = totals.of({**days, "2026-02-02": Sums({("", Figure.HOUR, "8"): 40})})

    assert [it["", Figure.HOUR, "8"] for it in first] == [3, 3]
    assert [a is b for a, b in zip(first, again, strict=True)] == [True, True]
    assert [it["", Figure.HOUR, "8"] for it in changed] == [3, 41]
    assert changed[0] is first[0]


@pytest.mark.parametrize(
    ("first", "last", "months"),
    [
        ("2026-11", "2027-02", ["2026-11", "2026-12", "2027-01", "2027-02"]),
        ("2026-12", "2026-12", ["2026-12"]),
        ("2027-01", "2026-12", []),
        ("2026-11-01", "2026-11-02", None),
        ("0000-00", "9999-99", None),
        ("1970-01", "1970-05", None),
    ],
)
def test_months_are_named_from_the_first_to_the_last(first: str, last: str, months: list[str] | None) -> None:
    assert months_from(first, last, 4) == months


@given(st.integers(0, 253_402_300_799_999))
def test_a_moment_is_in_its_day(at: int) -> None:
    assert began(day_of(at)) <= at < began(day_of(at)) + 24 * 60 * 60 * 1000


def test_near_seconds_are_one_cell_and_all_else_stays_as_it_is() -> None:
    sums = Sums(
        {
            ("", Figure.RESOLUTION, "100000"): 2,
            ("", Figure.RESOLUTION, "100001"): 3,
            ("", Figure.CLOSED, "RESOLVED"): 1,
            ("", Figure.HOUR, "13"): 4,
        }
    )

    counted = coarse(sums)

    assert counted["", Figure.CLOSED, "RESOLVED"] == 1
    assert counted["", Figure.HOUR, "13"] == 4
    ((seconds, count),) = seconds_of(counted["", Figure.RESOLUTION, BY_STEP])
    assert count == 5
    assert seconds == pytest.approx(100_000, rel=0.01)


def test_sums_of_an_older_program_are_put_in_rows_where_there_are_many() -> None:
    few = Sums({("", Figure.RESOLUTION, str(it)): 1 for it in range(300)})
    many = Sums({("a", Figure.FIRST_RESPONSE, str(it)): 2 for it in range(500)})

    assert in_rows(text_of([*few.items()]), "2026-11-21") is None
    for sums, period in ((few, "2026-11"), (many, "2026-11-21")):
        text = in_rows(text_of([*sums.items()]), period)
        assert text is not None
        assert sums_from(text) == coarse(sums)
        assert in_rows(text, period) is None
    (told,) = figures_of([many, coarse(many)], Sums()).values()
    assert told.first_response.count == 2000


def test_a_ticket_counts_by_what_happened_in_each_of_its_groups() -> None:
    answered = replace(
        ticket_of(Logbook().events), created_at=NOON, first_response_at=NOON + 61_900, assignee=EVE.key
    )
    resolved = replace(
        answered, category="billing", assignee=None, status=Status.RESOLVED, closed_at=NOON + 3_600_000
    )

    sums = sums_of([answered, resolved])

    both = {("", Figure.FIRST_RESPONSE, "61"): 2, ("", Figure.HOUR, "8"): 2}
    ended = {
        ("", Figure.CLOSED, "RESOLVED"): 1,
        ("", Figure.RESOLUTION, "3600"): 1,
        ("", Figure.ENDED, "2027-01-15"): 1,
    }
    assert sums[By.ALL] == both | ended
    assert sums[By.AGENT][str(EVE.key), Figure.FIRST_RESPONSE, "61"] == 1
    assert sums[By.AGENT]["", Figure.RESOLUTION, "3600"] == 1
    assert sums[By.FORM]["billing", Figure.CLOSED, "RESOLVED"] == 1
    assert sums[By.FORM]["", Figure.FIRST_RESPONSE, "61"] == 1
    assert month_of(day_of(NOON)) == "2027-01"
    given_up = sums_of([replace(resolved, status=Status.UNRESOLVED)])[By.ALL]
    assert [it for it in given_up if it[1] is Figure.RESOLUTION] == []


def test_days_are_those_of_utc_wherever_the_program_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    time.tzset()
    try:
        assert day_of(began("2027-01-15")) == "2027-01-15"
        assert day_of(began("2027-01-16") - 1) == "2027-01-15"
        assert began("2027-01-15") == NOON - NOON % 86_400_000
    finally:
        monkeypatch.undo()
        time.tzset()
