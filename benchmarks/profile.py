"""``python -m benchmarks.profile``: each step of a message's two ways through Guildesk, with its share."""

import argparse
import asyncio
import json
import tempfile
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import median

import aiohttp

from benchmarks import cores, to_discord, to_requester
from benchmarks.programs import guildesk, token_of
from benchmarks.stamping import TO_DISCORD, TO_REQUESTER, Point, key_of

PACES = {"to Discord": (1, 20), "to the requester": (10,)}
"""Messages a second."""
COUNT = 60
"""Messages of each pace."""

Way = tuple[float, float]
"""When a message began and ended its way: Unix seconds."""


@dataclass(frozen=True, slots=True)
class Step:
    """What is done from one point to the next, and the milliseconds it takes: the median."""

    what: str
    ms: float


def steps_of(
    ways: Sequence[Way], points: Sequence[Point], stamps: Mapping[str, Sequence[float]], rest: str
) -> list[Step]:
    """The steps of the way, each ending at the first stamp of its point after the step before it; ``rest`` is
    what is done behind the last point. A message without all of its stamps is left out."""
    found: dict[str, list[float]] = {what: [] for what in (*(it.done for it in points), rest)}
    for began, ended in ways:
        at, passed = began, []
        for point in points:
            times = stamps[key_of(point)]
            place = bisect_left(times, at)
            if place == len(times) or times[place] > ended:
                break
            passed.append(times[place] - at)
            at = times[place]
        else:
            for what, seconds in zip(found, [*passed, ended - at], strict=True):
                found[what].append(seconds * 1000)
    return [Step(what, median(times)) for what, times in found.items() if times]


def as_table(title: str, ways: Sequence[Way], steps: Sequence[Step]) -> str:
    """The steps in order, each with its share of them all, and the median of the whole way."""
    total = sum(it.ms for it in steps)
    lines = [f"| {title} | ms | share |", "| --- | --: | --: |"]
    lines += [f"| {it.what} | {it.ms:.2f} | {it.ms / total:.0%} |" for it in steps]
    whole = median((ended - began) * 1000 for began, ended in ways)
    return "\n".join([*lines, f"| the whole way | {whole:.2f} | |"])


async def measure(count: int) -> list[str]:
    """A table for each way and pace."""
    with tempfile.TemporaryDirectory(prefix="guildesk-profile-") as scratch:
        folder = Path(scratch)
        return [*await _to_discord(folder / "there", count), *await _to_requester(folder / "back", count)]


async def _to_discord(folder: Path, count: int) -> list[str]:
    ways: dict[int, list[Way]] = {}
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession())
        tokens = [token_of(f"user{number}") for number in range(to_discord.CHANNELS)]
        program = partial(guildesk, stamps=folder / "stamps.json")
        side = await to_discord.ours(stack, session, folder, tokens, program)
        await side.meet()
        for pace in PACES["to Discord"]:
            ways[pace] = await side.ways(max(count // 5, 2) if pace == 1 else count, pace)
        for connection in side.connections:
            connection.close()
    stamps = json.loads((folder / "stamps.json").read_text())
    rest = "discord.py, aiohttp, and the way to Discord"
    return [
        as_table(f"POST to Discord, {pace}/s", it, steps_of(it, TO_DISCORD, stamps, rest))
        for pace, it in ways.items()
    ]


async def _to_requester(folder: Path, count: int) -> list[str]:
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession())
        users = [f"user{number}" for number in range(to_requester.CHANNELS)]
        program = partial(guildesk, stamps=folder / "stamps.json")
        side = await to_requester.ours(stack, session, folder, users, program)
        await side.ways(to_requester.CHANNELS)
        ways = await side.ways(count)
    stamps = json.loads((folder / "stamps.json").read_text())
    steps = steps_of(ways, TO_REQUESTER, stamps, "the packet, and its way to the client")
    return [as_table(f"gateway to socket, {to_requester.PACE}/s", ways, steps)]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.profile", description=__doc__)
    parser.add_argument("--count", type=int, default=COUNT, help=f"messages of each pace; {COUNT}")
    arguments = parser.parse_args()
    cores.take_load_core()
    tables = asyncio.run(measure(arguments.count))
    print(f"{datetime.now(UTC):%Y-%m-%d}, {cores.machine()}\n")
    print("\n\n".join(tables))


if __name__ == "__main__":
    main()
