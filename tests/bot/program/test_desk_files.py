"""Processes that work with different desk files are found out."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.program.desk_files import GONE_AFTER, GRACE, SAY_EVERY, DeskFiles
from config.current_desk import CurrentDesk
from tickets.ports.signals import DeskFileInUse, Signals


@dataclass
class Seconds:
    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Two:
    """Processes that hear each other."""

    files: tuple[Path, Path]
    clock: Seconds = field(default_factory=Seconds)
    said: list[DeskFileInUse] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.signals = (Signals(), Signals())
        self.desks = tuple(CurrentDesk(it) for it in self.files)
        self.both = [
            DeskFiles(name, desk, signals, self.clock)
            for name, desk, signals in zip(("one", "two"), self.desks, self.signals, strict=True)
        ]

    def live(self, seconds: float, which: tuple[int, ...] = (0, 1)) -> None:
        for _ in range(int(seconds)):
            self.clock.now += 1
            for it in which:
                self.desks[it].look()
                self.both[it].compare()
                for told in self.signals[it].take_unsent():
                    assert isinstance(told, DeskFileInUse)
                    self.said.append(told)
                    self.signals[1 - it].overhear(told)

    @property
    def faults(self) -> list[list[str]]:
        return [[fault.code for fault in it.faults] for it in self.both]


@pytest.fixture
def two(tmp_path: Path) -> Two:
    files = tmp_path / "one.toml", tmp_path / "two.toml"
    for file in files:
        file.write_text("[pings]\nnew = true\n")
    return Two(files)


DIFFER = ["desk_files_differ"]


def test_equal_files_are_no_fault_and_each_process_says_little(two: Two) -> None:
    two.live(60)

    assert two.faults == [[], []]
    assert len(two.said) <= 2 * (60 / SAY_EVERY + 1)


def test_both_find_out_and_both_see_when_it_is_put_right(two: Two) -> None:
    two.live(10)
    two.files[0].write_text("[pings]\nnew = false\n")
    two.live(GRACE + 3)
    found, names = two.faults, [it.faults[0].what for it in two.both]

    two.files[1].write_text("[pings]\nnew = false # the same\n")
    two.live(2)

    assert found == [DIFFER, DIFFER]
    assert ["two" in names[0], "one" in names[1]] == [True, True]
    assert two.faults == [[], []]


def test_a_change_that_reaches_both_within_seconds_is_no_fault(two: Two) -> None:
    two.live(10)
    seen = []
    two.files[0].write_text("[pings]\nnew = false\n")
    two.live(GRACE - 2)
    seen.append(two.faults)
    two.files[1].write_text("[pings]\nnew = false\n")
    two.live(1)
    seen.append(two.faults)
    two.live(30)

    assert [*seen, two.faults] == [[[], []]] * 3


def test_one_that_is_gone_differs_no_more(two: Two) -> None:
    two.files[0].write_text("[pings]\nnew = false\n")
    two.live(GRACE + 3)
    found = two.faults

    two.live(GONE_AFTER, which=(0,))

    assert (found[0], two.faults[0]) == (DIFFER, [])


def test_a_wrong_file_is_a_fault_of_its_own_process_alone(two: Two) -> None:
    two.files[0].write_text("pings = 3")
    two.live(30)

    assert two.faults == [["desk_file_wrong"], []]
