"""The clock of a target: when it warns, and when it is missed."""

from dataclasses import replace

import pytest

from tests.clocks import NOON
from tickets.targets import Countdown, Sla, SlaState, Target, TargetName, Terms

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


TERMS = Terms(Target(first_response=120 * MINUTE, resolution=30 * MINUTE), warn_before=10 * MINUTE)
FIRST = Countdown(allowed=120 * MINUTE).started(NOON, TERMS)
RESOLUTION = Countdown(allowed=30 * MINUTE).started(NOON, TERMS)


def test_what_is_done_in_the_last_moment_is_in_time() -> None:
    due_at = NOON + 30 * MINUTE

    in_time, late = RESOLUTION.stopped(due_at, TERMS), RESOLUTION.stopped(due_at + 1, TERMS)

    assert (in_time.is_missed, in_time.due_at) == (False, None)
    assert (late.is_missed, late.due_at) == (True, due_at)


def test_a_clock_that_stands_still_is_paused_until_the_ticket_is_closed() -> None:
    sla = Sla(TERMS, resolution=RESOLUTION.stopped(NOON + MINUTE, TERMS))

    assert sla.state is SlaState.PAUSED
    assert replace(sla, is_over=True).state is SlaState.OK


def test_after_an_absence_a_missed_target_is_told_and_no_warning_before_it() -> None:
    sla = Sla(TERMS, FIRST, RESOLUTION)

    assert sla.news(NOON + 19 * MINUTE) is None
    assert sla.news(NOON + 20 * MINUTE) == (TargetName.RESOLUTION, SlaState.AT_RISK, NOON + 30 * MINUTE)
    assert sla.news(NOON + 115 * MINUTE) == (TargetName.RESOLUTION, SlaState.BREACHED, NOON + 30 * MINUTE)
