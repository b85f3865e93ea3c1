"""Two set-ups of one settings file at once: the second is told of the first; a killed one holds nobody up."""

import subprocess
import sys
from pathlib import Path

import pytest

from bot.setting_up.alone import alone
from bot.setting_up.arriving import CannotSetUp

HOLDING = """
import os, signal, sys
from pathlib import Path
from bot.setting_up.alone import alone
with alone(Path(sys.argv[1])):
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_second_one_is_refused_in_words_until_the_first_has_ended(tmp_path: Path) -> None:
    file, other = tmp_path / ".env", tmp_path / "other.env"
    (tmp_path / "link").symlink_to(file)

    with alone(file), alone(other):
        for same in (file, tmp_path / "link"):
            going_on = r"another set-up of .* is under way \(process \d+\); wait"
            with pytest.raises(CannotSetUp, match=going_on), alone(same):
                pass

    with alone(file):
        pass
    assert sorted(it.name for it in tmp_path.iterdir()) == ["link"]


def test_one_that_was_killed_holds_nobody_up(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    killed = subprocess.run([sys.executable, "-c", HOLDING, str(file)], check=False)
    assert killed.returncode == -9
    assert (tmp_path / ".env.setup").exists()

    with alone(file):
        pass

    assert not list(tmp_path.iterdir())


def test_one_that_fails_holds_nobody_up(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    with pytest.raises(ZeroDivisionError), alone(file):
        raise ZeroDivisionError

    with alone(file):
        pass
