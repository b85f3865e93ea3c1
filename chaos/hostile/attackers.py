"""``python -m chaos.hostile.attackers``: a process full of hostile clients, until it is terminated.

It reads its target as JSON from standard input, and tells each second how often it did what, as JSON."""

import asyncio
import json
import os
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import Final

from chaos.hostile.attacks import ATTACKS, Attack, addresses
from chaos.hostile.bombs import bombs
from chaos.hostile.target import Target

NICENESS: Final = 19
"""Attackers have machines of their own; here they must not take ours from whom they attack."""
GROUP: Final = Path("/proc/self/autogroup")
"""Where Linux shares processors among sessions, the niceness of a process counts in its session alone."""


@asynccontextmanager
async def attacking(target: Target, only: Collection[str] = ()) -> AsyncIterator[Counter[str]]:
    """Let all of them loose while inside, or those with these names; what they did is counted."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "chaos.hostile.attackers"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        cwd=Path(__file__).parents[2],
        start_new_session=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps({"target": asdict(target), "only": list(only)}).encode() + b"\n")
    done: Counter[str] = Counter()
    reading = asyncio.create_task(_count(process.stdout, done))
    try:
        yield done
    finally:
        with suppress(ProcessLookupError):
            process.terminate()
        await process.wait()
        reading.cancel()


async def _count(lines: asyncio.StreamReader, done: Counter[str]) -> None:
    while line := await lines.readline():
        done.update(json.loads(line))


async def _attack_all(target: Target, only: Collection[str]) -> None:
    bombs()  # takes a second to make
    done: Counter[str] = Counter()
    async with asyncio.TaskGroup() as tasks:
        for attack, address in zip(ATTACKS, addresses(), strict=True):
            if only and attack.name not in only:
                continue
            for _ in range(attack.at_once):
                tasks.create_task(_attack(attack, replace(target, address=address), done))
        while True:
            await asyncio.sleep(1)
            print(json.dumps(done), flush=True)
            done.clear()


async def _attack(attack: Attack, target: Target, done: Counter[str]) -> None:
    while True:
        with suppress(OSError, EOFError, AssertionError, TimeoutError):  # the process defends itself
            await attack.run(target)
        done[attack.name] += 1
        await asyncio.sleep(attack.pause)


def _give_way() -> None:
    """Run where nobody else wants to."""
    os.nice(NICENESS)
    with suppress(OSError):
        GROUP.write_text(str(NICENESS))


def main() -> None:
    _give_way()
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    asked = json.loads(sys.stdin.readline())
    asyncio.run(_attack_all(Target(**asked["target"]), asked["only"]))


if __name__ == "__main__":
    main()
