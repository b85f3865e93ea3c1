"""Reading lists while a million tickets are stored, with all that belongs to them, against a thousand."""

import asyncio
import os
import shutil
import tempfile
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import median

import aiohttp

from benchmarks import bulk, rooms
from benchmarks.cores import rss_mb
from benchmarks.figures import Figure
from benchmarks.http_load import Connection, connect
from benchmarks.lists import (
    APART,
    FRUITLESS,
    NOTHING,
    OF_A_TICKET,
    OTHERS,
    PAGES,
    TICKETS,
    Asked,
    page_of_desk,
)
from benchmarks.options import Options
from benchmarks.programs import guildesk, no_discord, process, token_of
from benchmarks.rounds import in_turn, percentile, tell
from demo.processes import Running, free_port
from storage.sqlite.store import open_sqlite
from tickets.counting import AT_ONCE, EVER, Counting

MANY, FEW = 1_000_000, 1_000
MESSAGES = 2
"""In each ticket: the question once more, and an answer."""
STILL_OPEN = 450
ASKED = 40
"""Requests in a round."""
KEPT = Path(os.environ.get("BENCH_DIR", "var/benchmarks"))
FILLED_BY = 3
"""To be raised when a store is to be filled with something else. Older tables are brought up to date by the
Guildesk that is measured, as in any other store."""
PATIENCE = 600
"""Seconds for that."""
LEAST_BYTES, SAME_SIZE = 100, 2.5
"""What is found is something, and about the same with many as with few."""
MOST_MS = 50
"""How long a page may take where nothing is found, whatever it is compared with."""
SETTINGS = {"ACCOUNTS": "on", "PAGES": "desk", "INDEXED_METADATA": "plan,order", "RETENTION_LOOKS_DAYS": "0"}


@dataclass
class Side:
    """A Guildesk with so many tickets."""

    tickets: int
    running: Running
    connection: Connection
    cookie: str
    """Of an admin at ``/desk``."""
    sizes: dict[str, list[int]] = field(default_factory=dict)
    """Bytes of each answer, by what was asked."""

    async def round(self, kind: str, ask: Asked | None, count: int) -> list[float]:
        """Milliseconds. A page of ``/desk`` has no ``ask`` of its own."""
        taken = []
        for _ in range(count):
            if ask is None:
                request = page_of_desk(self.cookie, PAGES[kind.removeprefix(DESK)](self.tickets))
            else:
                request = ask(self.tickets)
            answer = await self.connection.ask(request)
            assert answer.status == 200, (kind, answer)
            taken.append(answer.seconds * 1000)
            self.sizes.setdefault(kind, []).append(len(answer.body))
        return taken


DESK = "/desk, "
KINDS: dict[str, Asked | None] = {
    **TICKETS,
    **OF_A_TICKET,
    **OTHERS,
    **{f"{DESK}{it}": None for it in PAGES},
}


async def run(options: Options) -> list[Figure]:
    """The same requests to two Guildesks, one with much and one with little; the same for both: five
    tickets a user, 450 tickets open."""
    many = options.count(MANY, small=50_000, tiny=2_000)
    print(f"  {many:,} tickets against {FEW:,}", flush=True)
    with tempfile.TemporaryDirectory(prefix="guildesk-bench-") as scratch:
        few = Path(scratch) / "few"
        await fill(few, FEW)
        async with AsyncExitStack() as stack:
            sides = [await _side(stack, *it) for it in ((await kept(many), many), (few, FEW))]
            figures = [await _compared(kind, sides, options) for kind in KINDS]
            for side in sides:
                side.connection.close()
            figures += [_size("staff's page of tickets", sides), _memory(sides)]
    return figures


async def fill(folder: Path, tickets: int) -> None:
    """Tickets with all that belongs to them, counted as the leader counts them in the background."""
    still_open = await asyncio.to_thread(bulk.fill, folder, tickets, MESSAGES, STILL_OPEN, apart=APART)
    await asyncio.to_thread(rooms.fill, folder)
    await bulk.give_channels(folder, still_open)
    async with open_sqlite(folder, lambda: time.time_ns() // 1_000_000) as store:
        counting = Counting(store.reports)
        while stale := await store.reports.stale(*EVER, AT_ONCE):
            for it in stale:
                await counting.count(it)


async def kept(tickets: int) -> Path:
    """The folder of the large store, filled once and used again."""
    folder = KEPT / f"{tickets}-tickets-{FILLED_BY}"
    if not folder.exists():
        unfinished = folder.with_name(f"{folder.name}-unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        print(f"  filling {folder}, once; a million tickets take twenty minutes and 9 GB …", flush=True)
        await fill(unfinished, tickets)
        unfinished.rename(folder)
    return folder


def _into_memory(folder: Path) -> None:
    """Read the file once, so that it is the program that is measured and not the disk."""
    with (folder / "guildesk.sqlite3").open("rb", buffering=0) as file:
        while file.read(2**20):
            pass


async def _side(stack: AsyncExitStack, folder: Path, tickets: int) -> Side:
    port = free_port()
    await asyncio.to_thread(_into_memory, folder)
    program = guildesk(folder, no_discord(), port, connected=False, stamps=None, **SETTINGS)
    program.patience = PATIENCE
    running = await stack.enter_async_context(process(program, measured=True))
    return Side(tickets, running, await connect(port), await signed_in(port))


async def signed_in(port: int) -> str:
    """The cookie of an admin at ``/desk``."""
    url = f"http://127.0.0.1:{port}"
    async with (
        aiohttp.ClientSession() as session,
        session.post(
            f"{url}/desk/login/token",
            data={"token": token_of("admin", "ADMIN")},
            headers={"Origin": url},
            allow_redirects=False,
        ) as answer,
    ):
        assert answer.status == 303, await answer.text()
        return answer.cookies["guildesk_desk"].value


async def _compared(kind: str, sides: Sequence[Side], options: Options) -> Figure:
    asked = options.count(ASKED, small=ASKED, tiny=2)
    ask_many, ask_few = (partial(side.round, kind, KINDS[kind], asked) for side in sides)
    for warm_up in (ask_many, ask_few):
        await warm_up()
    found, floors = await in_turn(ask_many, ask_few, rounds=options.rounds(7))
    sizes = [median(side.sizes[kind]) for side in sides]
    assert kind in (FRUITLESS, NOTHING) or min(sizes) > LEAST_BYTES, f"{kind}: nothing was found"
    assert max(sizes) < min(sizes) * SAME_SIZE, f"{kind}: {sizes} bytes cannot be compared"
    p99 = percentile([taken for each in found for taken in each], 99)
    print(f"  {kind}: 99 of 100 within {p99:.1f} ms with many", flush=True)
    times = [[median(each) for each in rounds] for rounds in (found, floors)]
    if kind == FRUITLESS:  # with few, there is an end to looking
        value = tell(f"{kind}, many", times[0], "ms")
        return Figure(name=f"pages: {kind}, many stored", value=value, unit="ms", target=MOST_MS)
    return Figure(
        name=f"pages: {kind}, many stored against few",
        value=tell(f"{kind}, many", times[0], "ms"),
        floor=tell(f"{kind}, few", times[1], "ms"),
        unit="ms",
        target=1.5,
    )


def _size(kind: str, sides: Sequence[Side]) -> Figure:
    many, few = (median(side.sizes[kind]) / 1000 for side in sides)
    return Figure(name=f"pages: size of {kind}", value=many, floor=few, unit="kB", target=1.1)


def _memory(sides: Sequence[Side]) -> Figure:
    many, few = (rss_mb(side.running.pid) for side in sides)
    return Figure(name="pages: memory after all of these", value=many, floor=few, unit="MB", target=1.1)
