"""What everybody else notices: a client of its own process asks the health check again and again.

It is a process because a busy attacker in the same one would delay the watcher, and not the program."""

import asyncio
import http.client
import json
import os
import select
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

ASK_EVERY = 0.005
TELL_EVERY = 0.5
"""Seconds between two looks at memory and descriptors."""
PATIENCE = 120.0
MB = 1024 * 1024


@dataclass(frozen=True)
class Look:
    """``stall`` is the longest wait since the last look, in seconds, without what the machine itself caused:
    the time in which the program and the watcher could run and had no processor. ``waited`` has it all."""

    at: float
    stall: float
    waited: float
    memory_mb: float
    descriptors: int
    broken: int = 0
    """Connections of the watcher that the program ended."""


@dataclass
class Noticed:
    """All looks so far."""

    looks: list[Look] = field(default_factory=list)

    @property
    def longest_stall(self) -> float:
        return max((it.stall for it in self.looks), default=0.0)

    @property
    def memory_grown_mb(self) -> float:
        """How far the memory was above that of the first look, at most."""
        return max(it.memory_mb for it in self.looks) - self.looks[0].memory_mb

    @property
    def most_descriptors(self) -> int:
        return max(it.descriptors for it in self.looks)

    @property
    def broken(self) -> int:
        return sum(it.broken for it in self.looks)

    def __str__(self) -> str:
        return (
            f"longest stall {self.longest_stall * 1000:.0f} ms, memory +{self.memory_grown_mb:.1f} MB, "
            f"{self.most_descriptors} descriptors at most"
        )


def memory_mb_of(pid: int) -> float:
    resident = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return resident * os.sysconf("SC_PAGE_SIZE") / MB


def descriptors_of(pid: int) -> int:
    return len(os.listdir(f"/proc/{pid}/fd"))


@asynccontextmanager
async def watching(port: int, pid: int) -> AsyncIterator[Noticed]:
    """Watch the process that serves the port while inside; afterwards everything is noticed."""
    watcher = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "chaos.hostile.watch", str(port), str(pid)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    assert watcher.stdin is not None
    assert watcher.stdout is not None
    noticed = Noticed([Look(**json.loads(await watcher.stdout.readline()))])
    reading = asyncio.create_task(_read(watcher.stdout, noticed))
    try:
        yield noticed
    finally:
        watcher.stdin.close()
        try:
            await asyncio.wait_for(asyncio.shield(reading), PATIENCE)
        finally:
            if watcher.returncode is None:
                watcher.terminate()
            await watcher.wait()
            reading.cancel()


async def _read(lines: asyncio.StreamReader, noticed: Noticed) -> None:
    while line := await lines.readline():
        noticed.looks.append(Look(**json.loads(line)))


def main(port: int, pid: int) -> None:
    """Print a look as a line of JSON each ``TELL_EVERY`` seconds, until standard input ends."""
    for look in _looks(port, pid):
        print(json.dumps(asdict(look)), flush=True)


def _looks(port: int, pid: int) -> Iterator[Look]:
    asks = _Asking(port, pid)
    asks.once()  # so that connecting and importing are over
    stall = waited = 0.0
    broken, told_at = 0, 0.0
    while True:
        ended = bool(select.select([sys.stdin], [], [], ASK_EVERY)[0])
        took, without_machine, is_whole = asks.once()
        waited, stall, broken = max(waited, took), max(stall, without_machine), broken + (not is_whole)
        if ended or time.monotonic() >= told_at:
            yield Look(time.monotonic(), stall, waited, memory_mb_of(pid), descriptors_of(pid), broken)
            stall = waited = 0.0
            broken, told_at = 0, time.monotonic() + TELL_EVERY
        if ended:
            return


class Queues:
    """How long the main threads of a program and of this process have waited for a processor."""

    def __init__(self, pid: int) -> None:
        paths = (f"/proc/{pid}/schedstat", "/proc/self/schedstat")
        self._files = [os.open(path, os.O_RDONLY) for path in paths]

    def seconds(self) -> float:
        """So far, both together."""
        return sum(int(os.pread(it, 100, 0).split()[1]) for it in self._files) / 1e9


class _Asking:
    """One connection that asks the health check."""

    def __init__(self, port: int, pid: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        self._queues = Queues(pid)

    def once(self) -> tuple[float, float, bool]:
        """How long the answer took, the same without waits for a processor, and whether it came at all."""
        queued, began = self._queues.seconds(), time.monotonic()
        is_whole = self._ask()
        took = time.monotonic() - began
        return took, max(took - (self._queues.seconds() - queued), 0.0), is_whole

    def _ask(self) -> bool:
        try:
            self._connection.request("GET", "/healthz")
            answer = self._connection.getresponse()
            return bool(answer.read()) and answer.status == 200
        except (OSError, http.client.HTTPException):
            self._connection.close()  # the next request opens another
            return False


if __name__ == "__main__":
    main(*(int(it) for it in sys.argv[1:3]))
