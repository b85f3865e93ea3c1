"""Reading lists while a million tickets and five million messages are stored."""

import os
import random
import shutil
import tempfile
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path
from statistics import median

from benchmarks import bulk
from benchmarks.figures import Figure
from benchmarks.http_load import Connection, connect, request
from benchmarks.options import Options
from benchmarks.programs import guildesk, no_discord, process, token_of
from benchmarks.rounds import in_turn, tell
from demo.processes import free_port
from storage.sqlite.schema import MIGRATIONS

MANY, FEW = 1_000_000, 1_000
MESSAGES = 5
"""In each ticket."""
STILL_OPEN = 450
USERS = 200
ASKED = 400
"""Requests in a round."""
KEPT = Path(os.environ.get("BENCH_DIR", "var/benchmarks"))


@dataclass
class Side:
    """A Guildesk with so many tickets. Every request is about a ticket, or a user, anywhere in the store;
    200 users on both sides, so that tokens are as well known to one as to the other."""

    tickets: int
    connection: Connection

    async def round(self, kind: str, count: int) -> float:
        """The median of the milliseconds."""
        taken = []
        for _ in range(count):
            answer = await self.connection.ask(self._request(kind))
            assert answer.status == 200, answer
            taken.append(answer.seconds * 1000)
        return median(taken)

    def _request(self, kind: str) -> bytes:
        number = random.randint(1, self.tickets)  # noqa: S311  a choice, not a secret
        match kind:
            case "own tickets":
                user = number % USERS * (self.tickets // 5 // USERS)
                token = _TOKENS.setdefault(user, token_of(f"user{user}"))
                return request("GET", "/api/v1/tickets", token)
            case "staff's page of tickets":
                cursor = f"{bulk.opened_at(max(number, 51))}-{max(number, 51)}"
                return request("GET", f"/api/v1/tickets?limit=50&cursor={cursor}", _AGENT)
            case _:
                return request("GET", f"/api/v1/tickets/{number}/messages", _AGENT)


_AGENT = token_of("agent", "AGENT")
_TOKENS: dict[int, str] = {}
KINDS = ("own tickets", "staff's page of tickets", "messages of a ticket")


async def run(options: Options) -> list[Figure]:
    """The same requests to two Guildesks, one with much and one with little; the same for both: five
    tickets a user, five messages a ticket, 450 tickets open. Whole lists for requesters, 50 for staff."""
    many = options.count(MANY)
    print(f"  {many:,} tickets and {many * MESSAGES:,} messages against {FEW:,} tickets", flush=True)
    with tempfile.TemporaryDirectory(prefix="guildesk-bench-") as scratch:
        few = Path(scratch) / "few"
        await bulk.give_channels(few, bulk.fill(few, FEW, MESSAGES, STILL_OPEN))
        async with AsyncExitStack() as stack:
            sides = [await _side(stack, *it) for it in ((await kept(many), many), (few, FEW))]
            figures = []
            for kind in KINDS:
                for side in sides:
                    await side.round(kind, ASKED)
                ask_many, ask_few = (partial(side.round, kind, ASKED) for side in sides)
                found, floors = await in_turn(ask_many, ask_few, rounds=options.rounds(7))
                figures.append(_figure(kind, found, floors))
            for side in sides:
                side.connection.close()
    return figures


async def kept(tickets: int) -> Path:
    """The folder of the large store, filled once and used again while the tables stay the same."""
    schema = sha256("".join(MIGRATIONS).encode()).hexdigest()[:8]
    folder = KEPT / f"{tickets}-tickets-of-schema-{schema}"
    if not folder.exists():
        unfinished = folder.with_name(f"{folder.name}-unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        print(f"  filling {folder}, once …", flush=True)
        await bulk.give_channels(unfinished, bulk.fill(unfinished, tickets, MESSAGES, STILL_OPEN))
        unfinished.rename(folder)
    return folder


async def _side(stack: AsyncExitStack, folder: Path, tickets: int) -> Side:
    port = free_port()
    program = guildesk(folder, no_discord(), port, connected=False)
    await stack.enter_async_context(process(program, measured=True))
    return Side(tickets, await connect(port))


def _figure(kind: str, found: Sequence[float], floors: Sequence[float]) -> Figure:
    return Figure(
        name=f"pages: {kind}, many stored against few",
        value=tell(f"{kind}, many", found, "ms"),
        floor=tell(f"{kind}, few", floors, "ms"),
        unit="ms",
        target=1.5,
    )
