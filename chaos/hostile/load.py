"""What else the machine was doing, on which the times of requests depend."""

import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_TICK: Final = os.sysconf("SC_CLK_TCK")
_PARENT, _USED = 1, slice(11, 15)
"""Fields of ``/proc/<pid>/stat`` behind the name: the parent; and the ticks of it and its ended children."""


@dataclass(frozen=True)
class Load:
    """Busy processors on average: with the program, and with all that is no part of the campaign."""

    program: float
    others: float

    def __str__(self) -> str:
        return f"processors: {self.program:.2f} for the program, {self.others:.2f} for other work"


class Meter:
    """Reads the clocks of the kernel. The campaign is this process with all that it has started."""

    def __init__(self, program: int) -> None:
        self._program = program
        self._last = self._read()

    def since(self) -> Load:
        """From the last look, or from the beginning, until now."""
        before, self._last = self._last, self._read()
        seconds, busy, campaign, program = (now - then for now, then in zip(self._last, before, strict=True))
        return Load(program / seconds, max(busy - campaign, 0.0) / seconds)

    def _read(self) -> tuple[float, float, float, float]:
        used, parents = {}, {}
        for process in Path("/proc").glob("[0-9]*"):
            try:
                fields = (process / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue  # it has just ended
            used[int(process.name)] = sum(map(int, fields[_USED])) / _TICK
            parents[int(process.name)] = int(fields[_PARENT])
        campaign = sum(seconds for pid, seconds in used.items() if _is_ours(pid, parents))
        return time.monotonic(), _busy_seconds(), campaign, used.get(self._program, 0.0)


def _is_ours(pid: int, parents: dict[int, int]) -> bool:
    while pid not in (0, os.getpid()):
        pid = parents.get(pid, 0)
    return pid != 0


def _busy_seconds() -> float:
    first = Path("/proc/stat").read_text().partition("\n")[0]
    user, nice, system, _, _, irq, softirq = map(int, first.split()[1:8])
    return (user + nice + system + irq + softirq) / _TICK
