"""``python -m chaos``: play a campaign and say whether the books balance."""

import argparse
import asyncio
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from chaos.campaign import campaigning
from chaos.kinds import OF_SERVERS, Kind
from chaos.plan import plan
from chaos.report import report
from chaos.stores import EmbeddedStore, HouseStore, MongoStore

STORES: dict[str, Callable[[Path], HouseStore]] = {"sqlite": EmbeddedStore, "mongo": MongoStore}


def main(arguments: Sequence[str] | None = None) -> int:
    """0 if the books balance, else 1."""
    options = _options(arguments)
    folder = (options.keep or Path(tempfile.mkdtemp(prefix="guildesk-chaos-"))).resolve()
    code = asyncio.run(_run(options, folder))
    if code == 0 and options.keep is None:
        shutil.rmtree(folder, ignore_errors=True)
    return code


async def _run(options: argparse.Namespace, folder: Path) -> int:
    kinds = set(options.only) - (OF_SERVERS if options.store == "sqlite" else set())
    chapters = plan(options.seed, options.kills, kinds, options.tickets)
    ends_at = time.monotonic() + 60 * options.minutes
    started = time.monotonic()
    print(
        f"seed {options.seed}, {options.kills} kills, {len(chapters)} chapters on {options.store}, "
        f"{options.processes} of Guildesk; "
        f"logs in {folder}",
        flush=True,
    )
    async with campaigning(folder, STORES[options.store], options.processes) as campaign:
        for chapter in chapters:
            if time.monotonic() > ends_at:
                break
            await campaign.play(chapter)
            print(
                f"  chapter {chapter.number} of {len(chapters)}: {len(campaign.found)} violations, "
                f"{time.monotonic() - started:.0f} s",
                flush=True,
            )
            if campaign.found and not options.go_on:
                break
    print(report(options.seed, campaign.tally, campaign.found, folder))
    return 1 if campaign.found else 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="the same seed makes the same plan")
    parser.add_argument("--kills", type=int, default=20, help="how often something is killed")
    parser.add_argument("--minutes", type=float, default=600, help="begin no chapter after so many")
    parser.add_argument("--tickets", type=int, default=5, help="in a chapter")
    parser.add_argument("--store", choices=STORES, default="sqlite", help="where the tickets are kept")
    parser.add_argument(
        "--processes", type=int, choices=(1, 2), default=1, help="of Guildesk on the store; one of two leads"
    )
    parser.add_argument("--keep", type=Path, help="keep logs, stores and journal in this directory")
    parser.add_argument("--go-on", action="store_true", help="play on after a violation")
    parser.add_argument(
        "--only",
        type=lambda text: [Kind(name) for name in text.split(",")],
        default=list(Kind),
        help=f"kinds of disturbance, by commas: {', '.join(Kind)}",
    )
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
