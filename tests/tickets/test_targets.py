"""The clock of a target: when it warns, and when it is missed."""

import pytest

from tests.clocks import NOON
from tickets.targets import Countdown, Target, Terms

MINUTE = 60_000


@pytest.mark.parametrize(
    ("allowed", "before", "warned_after"),
    [(60, 10, 50), (60, 30, 30), (60, 45, 30), (10, 60, 5)],
    ids=["before the end", "at half", "no sooner than at half", "however short it is"],
)
def test_a_target_warns_in_its_second_half(allowed: int, before: int, warned_after: int) -> None:
    terms = Terms(Target(resolution=allowed * MINUTE), warn_before=before * MINUTE)

    clock = Countdown(allowed=allowed * MINUTE).started(NOON, terms)

    assert clock.warn_at == NOON + warned_after * MINUTE
    assert clock.due_at == NOON + allowed * MINUTE


def test_what_was_used_before_counts_for_the_warning_too() -> None:
    terms = Terms(Target(resolution=60 * MINUTE), warn_before=10 * MINUTE)
    used = Countdown(allowed=60 * MINUTE).started(NOON, terms).stopped(NOON + 20 * MINUTE, terms)

    clock = used.started(NOON + 500 * MINUTE, terms)

    assert (clock.warn_at, clock.due_at) == (NOON + 530 * MINUTE, NOON + 540 * MINUTE)
