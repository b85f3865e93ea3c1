"""Discord is away while many messages come in, then back with its rate limits on."""

from pathlib import Path

import pytest

from chaos.outage import LEVELS, Wishes, outage, p99

IN_SMALL = Wishes(minutes=0, messages=480, tickets=18, noisy=60)
"""docs/chaos.md has a run of 30 minutes and 10,000 messages."""


@pytest.mark.slow
async def test_what_waited_arrives_in_order_as_fast_as_discord_allows_and_starves_nobody(
    tmp_path: Path,
) -> None:
    course = await outage(tmp_path, IN_SMALL)

    assert course.waiting >= IN_SMALL.messages
    assert course.wrong == []

    assert course.connected < 15
    assert course.drained < 1.25 * course.least + 10

    assert max(course.opened["CRITICAL"]) <= min(course.opened["NORMAL"])
    assert max(course.done[level] for level in LEVELS) < course.done["the noisy one"]

    nobody_starves = 2 * p99(course.usual) + 0.5  # what waits for the backlog waits for many seconds
    assert p99(course.meanwhile) < nobody_starves
    assert p99(course.draining) < nobody_starves
