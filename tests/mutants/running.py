"""A copy of everything, in which mutmut changes one area and runs the tests."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import chdir, contextmanager
from pathlib import Path

from tests.mutants.areas import Area
from tests.mutants.report import Mutant

LEFT_OUT = shutil.ignore_patterns(
    ".*_cache", ".git", ".hypothesis", ".venv", "__pycache__", "dist", "mutants", "node_modules", "var"
)
STOPS_WITHIN = 20


@contextmanager
def working_copy(root: Path, area: Area, tests: Sequence[str]) -> Iterator[Path]:
    """A folder with all of the root's files and mutmut's settings; it is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="guildesk-mutants-") as name:
        folder = Path(name) / "copy"
        shutil.copytree(root, folder, ignore=LEFT_OUT)
        with (folder / "pyproject.toml").open("a") as settings:
            settings.write(_settings(folder, area, tests))
        yield folder


def _settings(folder: Path, area: Area, tests: Sequence[str]) -> str:
    others = sorted(it.name for it in folder.iterdir() if it.name not in (area.package, "pyproject.toml"))
    values = {
        "source_paths": [area.package],
        "only_mutate": area.patterns(folder),
        "also_copy": others,
        "pytest_add_cli_args": ["-p", "no:xdist", "-p", "no:cacheprovider"],
        "pytest_add_cli_args_test_selection": list(tests),
    }
    return "\n\n[tool.mutmut]\n" + "".join(f"{key} = {json.dumps(it)}\n" for key, it in values.items())


class Run:
    """mutmut in a working copy, as a process of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def wait(self, only: Sequence[str], minutes: float) -> int:
        """Until all mutants had their turn, or the minutes are over, or somebody presses Ctrl-C: then 130."""
        print(f"a copy is in {self._folder}", flush=True)
        command = self._command("run", "--max-children", "1", *only)
        with subprocess.Popen(command, cwd=self._folder, start_new_session=True) as process:
            try:
                return process.wait(60 * minutes)
            except subprocess.TimeoutExpired:
                print(f"\n{minutes:g} minutes are over; what had no turn is not checked", flush=True)
                _stop(process)
                return 0
            except KeyboardInterrupt:
                _stop(process)
                return 130

    def results(self) -> list[Mutant]:
        told = self._ask("results", "--all", "true")
        return [Mutant(name, status) for name, status in re.findall(r"^ +(\S+): (.+)$", told, re.MULTILINE)]

    def difference(self, mutant: Mutant) -> str:
        """The lines that were changed, as in a diff."""
        with chdir(self._folder):  # mutmut reads its settings there, and wants them when it is imported
            from mutmut.mutation.diff_apply import get_diff_for_mutant

            lines = get_diff_for_mutant(mutant.name).splitlines()[2:]
        return "\n".join(it for it in lines if it.startswith(("-", "+")))

    def _ask(self, *arguments: str) -> str:
        return subprocess.run(
            self._command(*arguments), cwd=self._folder, capture_output=True, text=True
        ).stdout

    def _command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "mutmut", *arguments]


def _stop(process: "subprocess.Popen[bytes]") -> None:
    """As Ctrl-C would, so that what has been found out is kept; the tests it runs end with it."""
    process.send_signal(signal.SIGINT)
    try:
        process.wait(STOPS_WITHIN)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
