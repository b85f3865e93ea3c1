"""Figures say whether they are held, to people and to machines."""

import json

import pytest

from benchmarks.figures import Figure, as_json, as_table
from benchmarks.rounds import in_turn

FAST = Figure(name="fast", value=1200.0, floor=1000.0, unit="1/s", target=0.7, at_least=True)
SLOW = Figure(name="slow", value=3.0, floor=1.0, unit="ms", target=1.5)
LARGE = Figure(name="large", value=151.0, unit="MB", target=150)
BESIDE = Figure(name="beside", value=2.0, floor=4.0, unit="ms")


@pytest.mark.parametrize(("figure", "held"), [(FAST, True), (SLOW, False), (LARGE, False), (BESIDE, None)])
def test_a_figure_is_judged_by_its_ratio_where_it_has_a_floor(figure: Figure, held: bool | None) -> None:
    assert figure.held is held


def test_figures_for_machines() -> None:
    written = json.loads(json.dumps(as_json([FAST, LARGE])))

    assert written == {
        "fast": {
            "value": 1200.0,
            "unit": "1/s",
            "floor": 1000.0,
            "ratio": 1.2,
            "target": 0.7,
            "held": True,
        },
        "large": {"value": 151.0, "unit": "MB", "floor": None, "ratio": None, "target": 150, "held": False},
    }


def test_figures_for_people() -> None:
    _, fast, slow, large, _ = as_table([FAST, SLOW, LARGE, BESIDE]).splitlines()

    assert fast.split() == ["fast", "1,200", "1/s", "1,000", "1/s", "1.20", "≥", "0.7", "×", "held"]
    assert slow.split() == ["slow", "3", "ms", "1", "ms", "3.00", "≤", "1.5", "×", "MISSED"]
    assert large.split() == ["large", "151", "MB", "≤", "150", "MB", "MISSED"]


async def test_none_always_has_the_better_place() -> None:
    asked: list[str] = []

    async def ask(name: str) -> None:
        asked.append(name)

    await in_turn(lambda: ask("a"), lambda: ask("b"), rounds=3)

    assert asked == ["a", "b", "b", "a", "a", "b"]
