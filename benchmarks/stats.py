"""Statistics of a million tickets that were opened over three years."""

import asyncio
import shutil
from collections.abc import Iterator
from contextlib import AsyncExitStack
from itertools import count, islice
from pathlib import Path
from statistics import median
from typing import Final

from benchmarks import bulk
from benchmarks.cores import processor_seconds
from benchmarks.figures import Figure
from benchmarks.histories import DAY, MINUTE, opened_at
from benchmarks.http_load import Connection, connect, request
from benchmarks.options import Options
from benchmarks.pages import KEPT, PATIENCE
from benchmarks.programs import guildesk, no_discord, process, token_of
from demo.processes import free_port
from storage.sqlite.store import open_sqlite
from tickets.counting import AT_ONCE, EVER, Counting
from tickets.model import Millis

TICKETS: Final = 1_000_000
MESSAGES: Final = 2
"""A question more, and the first answer."""
STILL_OPEN: Final = 450
SPAN: Final = 3 * 365 * DAY
FILLED_BY: Final = 1
"""To be raised when a store is to be filled with something else."""
ASKED: Final = 20
"""Times in a round."""
MOST_MS: Final = 100


async def run(options: Options) -> list[Figure]:
    """Each time of a span that ends a minute earlier, so that nothing is told that was read before; its first
    and last day are parts of days, as they are for whoever names no span. Processor time, since the time on
    the clock depends on what else the machine does."""
    tickets = options.count(TICKETS, small=50_000, tiny=1_000)
    asked, apart = options.count(ASKED, small=ASKED, tiny=2), SPAN // tickets
    folder = await _kept(tickets, apart)
    first, last = opened_at(1, apart), opened_at(tickets, apart)
    spans = {"30 days": 30 * DAY, "a year": 365 * DAY, "all of it": last - first}
    figures = []
    async with AsyncExitStack() as stack:
        port = free_port()
        program = guildesk(folder, no_discord(), port, connected=False)
        program.patience = PATIENCE
        running = await stack.enter_async_context(process(program, measured=True))
        connection = await connect(port)
        for name, length in spans.items():
            asks = (request("GET", _path(last - n * MINUTE, length), _STAFF) for n in count(1))
            rounds = [await _asked(connection, running.pid, asks, asked) for _ in range(options.rounds(3))]
            used, waited = (median(it) for it in zip(*rounds, strict=True))
            print(f"  {name}: {used:.0f} ms of processor, {waited:.0f} ms on the clock", flush=True)
            title = f"stats: {name} of {tickets:,} tickets, of processor"
            figures.append(Figure(name=title, value=used, unit="ms", target=MOST_MS))
        connection.close()
    return figures


def _path(until: Millis, length: Millis) -> str:
    return f"/api/v1/stats?from={(until - length) // 1000}&to={until // 1000}"


async def _asked(connection: Connection, pid: int, asks: Iterator[bytes], times: int) -> tuple[float, float]:
    """Milliseconds of processor for one answer, and on the clock."""
    waited = []
    before = processor_seconds(pid)
    for ask in islice(asks, times):
        answer = await connection.ask(ask)
        assert answer.status == 200, answer
        waited.append(answer.seconds * 1000)
    return (processor_seconds(pid) - before) * 1000 / times, median(waited)


async def _kept(tickets: int, apart: int) -> Path:
    """The folder of the store, filled and counted once and used again."""
    folder = KEPT / f"{tickets}-counted-{FILLED_BY}"
    if not folder.exists():
        unfinished = folder.with_name(f"{folder.name}-unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        print(f"  filling {folder}, once; a million tickets take ten minutes …", flush=True)
        await asyncio.to_thread(bulk.fill, unfinished, tickets, MESSAGES, STILL_OPEN, apart=apart)
        await _count(unfinished)
        unfinished.rename(folder)
    return folder


async def _count(folder: Path) -> None:
    """As the leader does in the background."""
    async with open_sqlite(folder, lambda: opened_at(TICKETS)) as store:
        counting, days = Counting(store.views, store.reports), 0
        while stale := await store.reports.stale(*EVER, AT_ONCE):
            for it in stale:
                await counting.count(it)
            days += len(stale)
            print(f"  {days} days are counted", flush=True)


_STAFF: Final = token_of("agent", "AGENT")
