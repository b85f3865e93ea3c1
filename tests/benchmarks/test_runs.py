"""The benchmarks run. What they find here says nothing of speed: other tests run beside them."""

import importlib
import inspect
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.__main__ import BENCHES

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", BENCHES)
def test_each_benchmark_can_be_asked_for(name: str) -> None:
    assert inspect.iscoroutinefunction(importlib.import_module(f"benchmarks.{name}").run)


@pytest.mark.slow
@pytest.mark.parametrize("names", ["pages,memory", "transcript"])
def test_a_tiny_run_writes_its_figures(tmp_path: Path, names: str) -> None:
    arguments = ["--tiny", "--only", names, "--json", str(tmp_path / "figures.json")]

    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", *arguments],
        cwd=ROOT,
        env={**os.environ, "BENCH_DIR": str(tmp_path / "stores")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=120,
    )

    assert done.returncode == 0, done.stdout
    figures = json.loads((tmp_path / "figures.json").read_text())
    assert figures
    for name, figure in figures.items():
        assert name in done.stdout
        assert figure["value"] > 0
        assert (figure["floor"] is None) == (figure["ratio"] is None)


def test_what_is_no_benchmark_is_named() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--only", "pages,luck"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2
    assert "there is no luck" in done.stderr
