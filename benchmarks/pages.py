"""Reading lists while a million tickets and five million messages are stored, against a thousand tickets."""

import asyncio
import os
import random
import shutil
import tempfile
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

from benchmarks import bulk
from benchmarks.cores import rss_mb
from benchmarks.figures import Figure
from benchmarks.histories import (
    AGENTS,
    EVERYWHERE,
    IN_HALF,
    IN_THE_OTHERS,
    agent,
    opened_at,
    user_of,
)
from benchmarks.http_load import Connection, connect, request
from benchmarks.options import Options
from benchmarks.programs import guildesk, no_discord, process, token_of
from benchmarks.rounds import in_turn, percentile, tell
from demo.processes import Running, free_port

MANY, FEW = 1_000_000, 1_000
MESSAGES = 5
"""In each ticket."""
STILL_OPEN = 450
USERS = 200
ASKED = 200
"""Requests in a round."""
KEPT = Path(os.environ.get("BENCH_DIR", "var/benchmarks"))
FILLED_BY = 2
"""To be raised when a store is to be filled with something else. Older tables are brought up to date by the
Guildesk that is measured, as in any other store."""
PATIENCE = 600
"""Seconds for that."""
LEAST_BYTES, SAME_SIZE = 100, 1.3
"""What is found is something, and about the same with many as with few."""
MOST_MS = 50
"""How long a page may take where nothing is found, whatever it is compared with."""


@dataclass
class Side:
    """A Guildesk with so many tickets. Every request is about a ticket, or a user, anywhere in the store;
    200 users on both sides, so that tokens are as well known to one as to the other."""

    tickets: int
    running: Running
    connection: Connection
    sizes: dict[str, list[int]] = field(default_factory=dict)
    """Bytes of each answer, by kind."""

    async def round(self, kind: str, count: int) -> list[float]:
        """Milliseconds."""
        taken = []
        for _ in range(count):
            answer = await self.connection.ask(KINDS[kind](self.tickets))
            assert answer.status == 200, answer
            taken.append(answer.seconds * 1000)
            self.sizes.setdefault(kind, []).append(len(answer.body))
        return taken


def _anywhere(tickets: int) -> int:
    """A number, with a page of tickets on both sides."""
    return random.randint(tickets // 4, tickets * 3 // 4)  # noqa: S311  a choice, not a secret


def _staff(path: str, **query: object) -> bytes:
    return request("GET", f"/api/v1/tickets{path}{'?' if query else ''}{urlencode(query)}", _AGENT)


def _behind(number: int) -> str:
    """The cursor of the page that begins with the ticket before it."""
    return f"{opened_at(number)}-{number}"


def _own(tickets: int) -> bytes:
    number = random.randrange(USERS) * (tickets // USERS) + 1  # noqa: S311
    user = user_of(number)
    return request("GET", "/api/v1/tickets", _TOKENS.setdefault(user, token_of(user)))


def _middle_of_changes(tickets: int) -> str:
    """The same with the order of changes, where all that is closed comes first."""
    return f"{opened_at(_anywhere(tickets)) + 15 * 24 * 60 * 60 * 1000}-1"


def _by_agent(tickets: int) -> bytes:
    name = agent(random.randrange(1, AGENTS, 2)).id  # noqa: S311  the others have no tickets
    return _staff("", assignee=name, limit=20, sort="created_at")


_AGENT = token_of("agent", "AGENT")
_TOKENS: dict[str, str] = {}
FRUITLESS = "of two words that no ticket has both of"
KINDS: dict[str, Callable[[int], bytes]] = {
    "own tickets": _own,
    "staff's page": lambda n: _staff("", limit=50, cursor=_behind(_anywhere(n))),
    "messages of a ticket": lambda n: _staff(f"/{_anywhere(n)}/messages"),
    "open ones, by last change": lambda _: _staff("", limit=50, status="OPEN,PENDING", sort="-updated_at"),
    "all, by last change": lambda n: _staff("", limit=50, sort="-updated_at", cursor=_middle_of_changes(n)),
    "of an agent": _by_agent,
    "of a user": lambda n: _staff("", user_id=user_of(_anywhere(n))),
    "unattended": lambda _: _staff("", unattended="true"),
    "opened within a time": lambda n: _within(_anywhere(n)),
    "of a word in every ticket": lambda n: _staff("", q=EVERYWHERE, cursor=_behind(_anywhere(n))),
    "of a word in one ticket": lambda n: _staff("", q=str(_anywhere(n))),
    "of two words in half of them": lambda n: _staff(
        "", q=f"{EVERYWHERE} {IN_HALF}", limit=25, cursor=_behind(_anywhere(n))
    ),
    FRUITLESS: lambda n: _staff("", q=f"{IN_THE_OTHERS} {IN_HALF}", cursor=_behind(_anywhere(n))),
}


def _within(number: int) -> bytes:
    at = opened_at(number) // 1000
    return _staff("", created_after=at, created_before=at + 51, sort="updated_at")


async def run(options: Options) -> list[Figure]:
    """The same requests to two Guildesks, one with much and one with little; the same for both: five
    tickets a user, five messages a ticket, 450 tickets open. Whole lists for requesters, 50 for staff."""
    many = options.count(MANY, small=50_000, tiny=2_000)
    print(f"  {many:,} tickets and {many * MESSAGES:,} messages against {FEW:,} tickets", flush=True)
    with tempfile.TemporaryDirectory(prefix="guildesk-bench-") as scratch:
        few = Path(scratch) / "few"
        await bulk.give_channels(few, bulk.fill(few, FEW, MESSAGES, STILL_OPEN))
        async with AsyncExitStack() as stack:
            sides = [await _side(stack, *it) for it in ((await kept(many), many), (few, FEW))]
            figures = [await _compared(kind, sides, options) for kind in KINDS]
            for side in sides:
                side.connection.close()
            figures += [_size("staff's page", sides), _memory(sides)]
    return figures


async def kept(tickets: int) -> Path:
    """The folder of the large store, filled once and used again."""
    folder = KEPT / f"{tickets}-tickets-{FILLED_BY}"
    if not folder.exists():
        unfinished = folder.with_name(f"{folder.name}-unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        print(f"  filling {folder}, once; a million tickets take ten minutes and 11 GB …", flush=True)
        await bulk.give_channels(unfinished, bulk.fill(unfinished, tickets, MESSAGES, STILL_OPEN))
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
    program = guildesk(folder, no_discord(), port, connected=False)
    program.patience = PATIENCE
    running = await stack.enter_async_context(process(program, measured=True))
    return Side(tickets, running, await connect(port))


async def _compared(kind: str, sides: Sequence[Side], options: Options) -> Figure:
    asked = options.count(ASKED, small=ASKED, tiny=3)
    ask_many, ask_few = (partial(side.round, kind, asked) for side in sides)
    for warm_up in (ask_many, ask_few):
        await warm_up()
    found, floors = await in_turn(ask_many, ask_few, rounds=options.rounds(7))
    sizes = [median(side.sizes[kind]) for side in sides]
    assert kind == FRUITLESS or min(sizes) > LEAST_BYTES, f"{kind}: nothing was found"
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
