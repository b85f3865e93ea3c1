"""Fewer than 500 sessions are begun in a day, whatever happens."""

from typing import Any

import pytest

from bot.connection.identifies import Identifies, TooManySessions

DAY = 24 * 3600


class Moving:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def limit(begun: int, seconds_left: float) -> Any:
    return {"total": 1000, "remaining": 1000 - begun, "reset_after": int(seconds_left * 1000)}


@pytest.mark.parametrize("lived", [0.0, 2.0, 61.0, 170.0])
def test_sessions_that_end_after_any_time_are_fewer_than_500_in_any_day(lived: float) -> None:
    clock = Moving()
    identifies, begun = Identifies(clock), list[float]()
    while clock.now < 3 * DAY:
        try:
            identifies.begin()
        except TooManySessions as many:
            clock.now += many.wait + 0.001
        else:
            begun.append(clock.now)
            clock.now += lived

    assert max(sum(at <= it < at + DAY for it in begun) for at in begun[::50]) < 500


def test_a_process_that_is_started_again_and_again_begins_fewer_than_500_in_a_day() -> None:
    """It knows nothing of those before it but what Discord has counted."""
    clock, begun = Moving(), 0
    while clock.now < DAY:
        clock.now += Identifies(clock).wait(limit(begun, DAY - clock.now)) + 1.5
        begun += clock.now < DAY

    assert 250 < begun < 500


def test_a_few_at_once_need_not_wait() -> None:
    identifies = Identifies(Moving())
    for _ in range(10):
        assert identifies.wait(limit(100, DAY)) == 0
        identifies.begin()
