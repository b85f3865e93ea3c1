"""Which core runs what: the measured program has one for itself, the load and the sandbox have the other."""

import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_ALL = sorted(os.sched_getaffinity(0))
PROGRAM = {_ALL[0]}
LOAD = {_ALL[-1]}
"""The same as PROGRAM on a machine with one core."""


def take_load_core() -> None:
    """This process, and what it starts from now on, runs where the load is."""
    os.sched_setaffinity(0, LOAD)


@contextmanager
def program_core() -> Iterator[None]:
    """What is started inside the block runs on the program's core."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, PROGRAM)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def rss_mb(pid: int) -> float:
    """Resident memory of a process in MB (10^6 bytes)."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024 / 1e6
    raise LookupError(f"process {pid} has no memory")


def processor_seconds(pid: int) -> float:
    """What a process, with all its threads, has used of the processors since it began."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    user, system = fields[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def machine() -> str:
    """Cores and memory, for the head of a table."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores, {memory:.0f} GiB, Python {platform.python_version()}"
