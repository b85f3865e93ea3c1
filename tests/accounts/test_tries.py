"""How often somebody may try: arithmetic alone."""

from hypothesis import given
from hypothesis import strategies as st

from accounts.tries import (
    FIRST_PAUSE,
    LONGEST_PAUSE,
    MINUTE,
    OF_ACCOUNT,
    WINDOW,
    one_more,
    pause_after,
)
from tickets.ports.accounts import Tried

DAY = 24 * 60 * MINUTE
NOON = 1_800_000_000_000


def test_five_tries_are_free_then_pauses_double_up_to_a_quarter_of_an_hour() -> None:
    pauses = [pause_after(count, OF_ACCOUNT) for count in range(12)]

    assert pauses[:5] == [0] * 5
    assert [it / 1000 for it in pauses[5:]] == [30, 60, 120, 240, 480, 900, 900]


def test_a_try_within_a_pause_changes_nothing() -> None:
    tried = Tried(OF_ACCOUNT, NOON, NOON)

    assert one_more(tried, NOON + 1, OF_ACCOUNT) == (tried, FIRST_PAUSE - 1)
    assert one_more(tried, NOON + FIRST_PAUSE, OF_ACCOUNT) == (Tried(6, NOON, NOON + FIRST_PAUSE), 0)


def test_tries_that_are_few_are_forgotten_after_a_quarter_of_an_hour() -> None:
    assert one_more(Tried(4, NOON, NOON + 5), NOON + WINDOW, OF_ACCOUNT) == (
        Tried(1, NOON + WINDOW, NOON + WINDOW),
        0,
    )


def test_the_last_free_try_is_counted_on_and_on() -> None:
    """Once all free tries are spent, a quarter of an hour does not bring them back."""
    later = NOON + WINDOW

    assert one_more(Tried(OF_ACCOUNT, NOON, NOON), later, OF_ACCOUNT) == (Tried(6, NOON, later), 0)


def test_who_tries_at_once_with_another_or_by_a_slower_clock_does_not_wait() -> None:
    assert one_more(Tried(1, NOON, NOON + 900), NOON, OF_ACCOUNT) == (Tried(2, NOON, NOON), 0)


def test_a_pause_is_over_to_the_millisecond() -> None:
    tried = Tried(OF_ACCOUNT, NOON, NOON)

    assert one_more(tried, NOON + FIRST_PAUSE - 1, OF_ACCOUNT) == (tried, 1)


def test_whoever_stays_away_long_enough_begins_anew() -> None:
    """Half an hour after the last try nothing is held against anybody."""
    later = NOON + WINDOW + LONGEST_PAUSE

    assert one_more(Tried(40, NOON, NOON), later, OF_ACCOUNT) == (Tried(1, later, later), 0)
    assert one_more(Tried(40, NOON, NOON), later - 1, OF_ACCOUNT) == (Tried(41, NOON, later - 1), 0)


@given(gaps=st.lists(st.integers(0, 20 * MINUTE), min_size=1, max_size=200))
def test_whoever_tries_all_day_gets_few_tries_and_nobody_waits_longer_than_a_quarter_of_an_hour(
    gaps: list[int],
) -> None:
    tried, now, times = None, NOON, []
    for gap in gaps:
        now += gap
        tried, wait = one_more(tried, now, OF_ACCOUNT)
        assert 0 <= wait <= LONGEST_PAUSE
        if not wait:
            times.append(now)

    for begin in times:
        within = [it for it in times if begin <= it < begin + WINDOW]
        assert len(within) <= 2 * OF_ACCOUNT - 1


def test_the_greediest_gets_a_hundred_a_day() -> None:
    tried, now, count = None, NOON, 0
    while now < NOON + DAY:
        tried, wait = one_more(tried, now, OF_ACCOUNT)
        count += not wait
        now += wait or 1

    assert count <= 105
