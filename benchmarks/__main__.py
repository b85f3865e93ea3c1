"""``python -m benchmarks``: measures, prints a table, and writes JSON if asked to."""

import argparse
import asyncio
import importlib
import json
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import cores
from benchmarks.figures import Figure, as_json, as_table
from benchmarks.options import Options, Size

BENCHES = (
    "accept",
    "signing_in",
    "mongo",
    "to_discord",
    "to_requester",
    "backlog",
    "crowd",
    "pages",
    "stats",
    "memory",
    "starting",
    "transcript",
    "webhooks",
)
"""Each is a module with a coroutine ``run``."""


async def measure(names: list[str], options: Options) -> list[Figure]:
    figures: list[Figure] = []
    for name in names:
        bench: Callable[[Options], Awaitable[list[Figure]]]
        bench = importlib.import_module(f"benchmarks.{name}").run
        print(f"{name} …", flush=True)
        began = time.monotonic()
        figures += await bench(options)
        print(f"{name} took {time.monotonic() - began:.0f} s\n", flush=True)
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", help=f"some of {','.join(BENCHES)}, with commas between them")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--small", action="store_const", const=Size.SMALL, help="a quick look")
    size.add_argument("--tiny", dest="small", action="store_const", const=Size.TINY, help="does it work?")
    arguments = parser.parse_args()
    names = arguments.only.split(",") if arguments.only else list(BENCHES)
    if unknown := sorted(set(names) - set(BENCHES)):
        parser.error(f"there is no {', '.join(unknown)}; there are {', '.join(BENCHES)}")
    cores.take_load_core()
    options = Options(arguments.small or Size.WHOLE)
    figures = asyncio.run(measure(names, options))
    print(f"{datetime.now(UTC):%Y-%m-%d}, {cores.machine()}{options}")
    print(as_table(figures))
    if arguments.json is not None:
        arguments.json.write_text(json.dumps(as_json(figures), indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
