"""``make mutants``: change the code in many small ways, and say which changes no test notices."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.mutants.areas import Area
from tests.mutants.report import report
from tests.mutants.running import Run, working_copy

ROOT = Path(__file__).parents[2]


def main(arguments: Sequence[str] | None = None, root: Path = ROOT) -> int:
    """0 however many survive; 1 if mutmut could not do its work; 130 after Ctrl-C."""
    options = _options(arguments)
    area = Area(options.area)
    with working_copy(root, area, options.tests or area.tests) as folder:
        run = Run(folder)
        code = run.wait(options.only, options.minutes)
        print(report(run.results(), run.difference if options.diffs else None), flush=True)
    return code


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument(
        "area", nargs="?", default="tickets", help="a file, a folder, or a pattern such as storage/index_*.py"
    )
    parser.add_argument("--tests", action="append", help="instead of those that reach the area; repeatable")
    parser.add_argument("--only", action="append", default=[], help="names of mutants, with *; repeatable")
    parser.add_argument("--minutes", type=float, default=30, help="begin no mutant after so many")
    parser.add_argument("--no-diffs", dest="diffs", action="store_false", help="names of survivors alone")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
