"""The profile of a message's way: its points are there, and its steps add up."""

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from benchmarks.profile import Step, as_table, steps_of
from benchmarks.stamping import TO_DISCORD, TO_REQUESTER, Point, key_of

ROOT = Path(__file__).parents[2]
ASKED, DONE = Point("asking", "a", "A.ask"), Point("working", "a", "A.ask", is_end=True)


@pytest.mark.parametrize("point", [*TO_DISCORD, *TO_REQUESTER], ids=lambda it: it.done)
def test_every_point_is_a_method_of_the_product(point: Point) -> None:
    class_name, _, name = point.method.partition(".")

    assert callable(getattr(getattr(import_module(point.module), class_name), name))


def test_each_step_ends_at_the_first_stamp_after_the_one_before() -> None:
    ways = [(10.0, 10.010), (20.0, 20.020), (30.0, 30.001)]
    stamps = {
        key_of(ASKED): [9.0, 10.001, 10.002, 20.003],
        key_of(DONE): [10.0005, 10.004, 20.009, 40.0],
    }

    steps = steps_of(ways, [ASKED, DONE], stamps, "the way home")

    assert [(it.what, round(it.ms, 3)) for it in steps] == [
        ("asking", 2.0),
        ("working", 4.5),
        ("the way home", 8.5),
    ]


def test_the_table_has_the_share_of_each_step_and_the_whole() -> None:
    table = as_table("there", [(1.0, 1.004), (2.0, 2.006)], [Step("asking", 1.0), Step("working", 3.0)])

    assert table.splitlines()[2:] == [
        "| asking | 1.00 | 25% |",
        "| working | 3.00 | 75% |",
        "| the whole way | 5.00 | |",
    ]


@pytest.mark.slow
def test_a_short_profile_finds_every_step_of_both_ways() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.profile", "--count", "3"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
    )

    assert done.returncode == 0, done.stderr
    for point in (*TO_DISCORD, *TO_REQUESTER):
        assert f"| {point.done} |" in done.stdout
