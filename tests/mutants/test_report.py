"""The table of `make mutants`, and one true run."""

from pathlib import Path

import pytest

from tests.mutants.__main__ import main
from tests.mutants.areas import Area
from tests.mutants.report import Mutant, report, share_killed

LITTLE = """
def greeting(name: str, times: int) -> str:
    return ("hello " + name) * times


def unasked() -> int:
    return 1
"""
ITS_TEST = """
from little.greetings import greeting


def test_it_greets() -> None:
    assert "hello" in greeting("Ann", 1)
"""


def some(function: str, *statuses: str) -> list[Mutant]:
    return [Mutant(f"tickets.{function}__mutmut_{number}", it) for number, it in enumerate(statuses, 1)]


def test_each_file_is_a_row_and_what_no_test_noticed_is_told() -> None:
    found = [
        *some("policy.x_may_post", "survived", "killed", "timeout"),
        *some("desks.user_desk.xǁUserDeskǁblock", "killed", "no tests", "not checked"),
    ]

    told = report(found, lambda it: f"- {it.file}")

    assert told.splitlines() == [
        "| file | mutants | killed | survived | no tests | not checked | share killed |",
        "| --- | --: | --: | --: | --: | --: | --: |",
        "| tickets/desks/user_desk.py | 3 | 1 | 0 | 1 | 1 | 50.0% |",
        "| tickets/policy.py | 3 | 2 | 1 | 0 | 0 | 66.7% |",
        "| all | 6 | 3 | 1 | 1 | 1 | 60.0% |",
        "",
        "no tests: tickets.desks.user_desk.xǁUserDeskǁblock__mutmut_2",
        "- tickets/desks/user_desk.py",
        "",
        "survived: tickets.policy.x_may_post__mutmut_1",
        "- tickets/policy.py",
    ]


def test_what_had_no_turn_has_no_share() -> None:
    assert share_killed(some("policy.x_side", "not checked", "check was interrupted by user")) is None


@pytest.mark.parametrize(
    ("path", "patterns", "tests"),
    [
        ("tickets/policy.py", ["tickets/policy.py"], "tests/tickets"),
        ("storage/mongo", ["storage/mongo/*"], "not sqlite"),
        ("storage/index_*.py", ["storage/index_*.py"], "tests/storage"),
        ("demo", ["demo/*"], "tests"),
    ],
)
def test_an_area_has_the_tests_nearest_to_it(path: str, patterns: list[str], tests: str) -> None:
    area = Area(path)

    assert area.patterns(Path(__file__).parents[2]) == patterns
    assert tests in area.tests


@pytest.mark.slow
def test_a_change_that_no_test_notices_survives(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    for file, text in {
        "pyproject.toml": "[tool.pytest.ini_options]\npythonpath = ['.']\n",
        "little/greetings.py": LITTLE,
        "tests/test_greetings.py": ITS_TEST,
    }.items():
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).write_text(text, "utf-8")

    code = main(["little/greetings.py", "--tests", "tests"], tmp_path)

    told = capfd.readouterr().out
    assert code == 0
    assert "| little/greetings.py | 5 | 3 | 1 | 1 | 0 | 60.0% |" in told
    assert "no tests: little.greetings.x_unasked__mutmut_1\n-    return 1\n+    return 2" in told
    assert sorted(it.name for it in tmp_path.iterdir()) == ["little", "pyproject.toml", "tests"]
