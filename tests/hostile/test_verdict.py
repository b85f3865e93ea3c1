"""A campaign is honest about what it has not done."""

from collections import Counter

import pytest

from chaos.hostile.load import Load
from chaos.hostile.times import Asked, Times
from chaos.hostile.verdict import Phase, Verdict


def phase(name: str, seconds: float = 0.005, others: float = 0.0) -> Phase:
    times = Times([Asked("a ticket is read", float(it), seconds, 0.0) for it in range(100)])
    return Phase(name, 100.0, 30, 0.01, times, Load(0.5, others))


def verdict(attacked: list[Phase], attacks: dict[str, int]) -> Verdict:
    quiet = [phase("before"), phase("after")]
    return Verdict(quiet, attacked, Counter(attacks), acknowledged=100, lost=(), broken=0)


def test_all_is_well_where_nobody_else_noticed() -> None:
    them = verdict([phase(f"minute {it}", 0.014) for it in range(3)], {"bad tokens": 9, "floods": 3})

    assert them.faults == []
    assert "Nobody else noticed." in str(them)


@pytest.mark.parametrize(
    ("seconds", "attacks", "fault"),
    [
        (0.016, {"floods": 3}, "ordinary requests are more than 3 times as slow (p99)"),
        (0.005, {"floods": 3, "bad tokens": 0}, "this attack never came: bad tokens"),
    ],
)
def test_a_target_that_is_missed_is_a_fault(seconds: float, attacks: dict[str, int], fault: str) -> None:
    them = verdict([phase(f"minute {it}", seconds) for it in range(3)], attacks)

    assert them.faults == [fault]
    assert f"FAULT: {fault}" in str(them)


def test_a_short_campaign_without_any_attack_is_a_fault() -> None:
    assert verdict([phase("minute 1")], {"floods": 0}).faults == ["this attack never came: floods"]


def test_other_work_on_the_machine_is_told() -> None:
    assert "NOTE: minute 1 was measured beside other work" in str(
        verdict([phase("minute 1", others=1.2)], {"floods": 1})
    )
