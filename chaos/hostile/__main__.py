"""``python -m chaos.hostile``: all kinds of hostile clients at once, beside ordinary people."""

import argparse
import asyncio
import os
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import aiohttp

from chaos.hostile.attackers import attacking
from chaos.hostile.attacks import ATTACKS
from chaos.hostile.load import Meter
from chaos.hostile.ordinary import Ordinary
from chaos.hostile.target import Target
from chaos.hostile.verdict import Phase, Verdict, phase_of
from chaos.hostile.watch import Noticed, watching
from chaos.house import Customer, House, housed

MINUTE: Final = 60.0
SETTLING: Final = 10.0
"""Seconds after the start, and after the attackers have gone, that count for nothing."""


def main(arguments: Sequence[str] | None = None) -> int:
    """0 if nobody else noticed, 1 if somebody did, 130 after Ctrl-C."""
    options = _options(arguments)
    folder = (options.keep or Path(tempfile.mkdtemp(prefix="guildesk-hostile-"))).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    try:
        verdict = asyncio.run(_run(folder, options.minutes, options.quiet, options.only))
    except KeyboardInterrupt:
        print(f"\nstopped; logs are in {folder}")
        return 130
    print(verdict)
    if verdict.faults:
        print(f"logs are in {folder}")
        return 1
    if options.keep is None:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


async def _run(folder: Path, minutes: int, quiet: float, only: Sequence[str]) -> Verdict:
    print(f"{quiet:.0f} s quiet, {minutes} minutes of attacks, {quiet:.0f} s quiet; logs are in {folder}")
    print(f"{os.cpu_count()} processors, load average {os.getloadavg()[0]:.2f}", flush=True)
    async with housed(folder) as house:
        assert house.guildesk is not None
        target, ordinary = await _target_of(house), Ordinary(house)
        await ordinary.arrive()
        async with ordinary.living(), watching(house.api_port, house.guildesk.pid) as noticed:
            seen = _Seen(ordinary, noticed, Meter(house.guildesk.pid))
            before = await seen.phase("quiet, before", quiet)
            async with attacking(target, only) as done:
                them = [
                    await seen.phase(f"minute {it}", MINUTE, settling=0.0) for it in range(1, minutes + 1)
                ]
            after = await seen.phase("quiet, after", quiet)
        print("  looking for what was acknowledged", flush=True)
        lost = await ordinary.lost()
        attacks = Counter({it.name: done[it.name] for it in ATTACKS if not only or it.name in only})
        return Verdict([before, after], them, attacks, ordinary.acknowledged, lost, noticed.broken)


class _Seen:
    """What can be seen from outside, phase by phase."""

    def __init__(self, ordinary: Ordinary, noticed: Noticed, meter: Meter) -> None:
        self._ordinary = ordinary
        self._noticed = noticed
        self._meter = meter

    async def phase(self, name: str, seconds: float, settling: float = SETTLING) -> Phase:
        """Wait for so long, and tell what was seen meanwhile."""
        await asyncio.sleep(settling)
        began, looked = time.monotonic(), len(self._noticed.looks)
        self._meter.since()
        await asyncio.sleep(seconds)
        times = self._ordinary.times.between(began, time.monotonic())
        phase = phase_of(name, self._noticed.looks[looked:], times, self._meter.since())
        print(f"  {phase}", flush=True)
        return phase


async def _target_of(house: House) -> Target:
    mallory = Customer(house, "mallory")
    ticket = await mallory.open()
    form = aiohttp.FormData()
    (house.data_dir / "large.bin").write_bytes(b"x" * 9_000_000)
    with (house.data_dir / "large.bin").open("rb") as content:
        form.add_field("file", content, filename="large.bin")
        url, headers = f"{house.api_url}/api/v1/attachments", {"Authorization": f"Bearer {mallory.token}"}
        async with house.session.post(url, data=form, headers=headers, raise_for_status=True) as answer:
            file = "/files/" + str((await answer.json())["url"]).partition("/files/")[2]
    return Target(house.api_port, mallory.token, file, ticket["id"])


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m chaos.hostile", description=__doc__)
    parser.add_argument("--minutes", type=int, default=10, help="of attacks")
    parser.add_argument("--quiet", type=float, default=60, help="seconds before and after, to compare with")
    parser.add_argument("--keep", type=Path, help="keep logs and store in this directory")
    names = [it.name for it in ATTACKS]
    parser.add_argument("--only", choices=names, nargs="+", default=(), help="these attacks alone")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
