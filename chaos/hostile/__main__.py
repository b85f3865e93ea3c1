"""``python -m chaos.hostile``: all kinds of hostile clients at once, beside ordinary people."""

import argparse
import asyncio
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import aiohttp

from chaos.hostile.attackers import attacking
from chaos.hostile.ordinary import Ordinary, Times
from chaos.hostile.target import Target
from chaos.hostile.verdict import Minute, Verdict, minute_of
from chaos.hostile.watch import watching
from chaos.house import Customer, House, housed

MINUTE = 60.0


def main(arguments: Sequence[str] | None = None) -> int:
    """0 if nobody else noticed, 1 if somebody did, 130 after Ctrl-C."""
    options = _options(arguments)
    folder = (options.keep or Path(tempfile.mkdtemp(prefix="guildesk-hostile-"))).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    try:
        verdict = asyncio.run(_run(folder, options.minutes, options.quiet))
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


async def _run(folder: Path, minutes: int, quiet: float) -> Verdict:
    print(f"{quiet:.0f} s quiet, then {minutes} minutes of attacks; logs are in {folder}", flush=True)
    async with housed(folder) as house:
        target, ordinary = await _target_of(house), Ordinary(house)
        await ordinary.arrive()
        async with ordinary.living():
            await asyncio.sleep(quiet)
            before, attacked = ordinary.times, Times()
            assert house.guildesk is not None
            async with watching(house.api_port, house.guildesk.pid) as noticed, attacking(target) as done:
                them: list[Minute] = []
                for number in range(1, minutes + 1):
                    looked, ordinary.times = len(noticed.looks), Times()
                    await asyncio.sleep(MINUTE)
                    attacked.add(ordinary.times)
                    them.append(minute_of(number, noticed.looks[looked:], ordinary.times.all))
                    print(f"  {them[-1]}", flush=True)
        print("  the attackers are gone; looking for what was acknowledged", flush=True)
        lost = await ordinary.lost()
        return Verdict(before, attacked, them, done, ordinary.acknowledged, lost, noticed.broken)


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
    parser.add_argument("--quiet", type=float, default=60, help="seconds without, to compare with")
    parser.add_argument("--keep", type=Path, help="keep logs and store in this directory")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
