"""The API while 10,000 messages wait for Discord, beside the API while none does."""

import asyncio
import sqlite3
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

import aiohttp

from benchmarks.figures import Figure
from benchmarks.house import open_ticket, open_tickets
from benchmarks.http_load import Connection, Load, connect, keep_busy, request
from benchmarks.options import Options
from benchmarks.pace import at_pace
from benchmarks.programs import Discord, discord, guildesk, no_discord, process, set_limits, token_of
from benchmarks.rounds import in_turn, percentile, tell
from demo.processes import free_port

T = TypeVar("T")
WAITING = 10_000
NOISY = 25
"""Tickets whose messages wait."""
QUIET = 10
"""Tickets of those who are measured, each with a connection of its own."""
SAID = 5
"""Messages on a quiet ticket at the beginning."""
LEAST_READS, MOST_P99 = 0.7, 2.0
"""The bounds that accepting messages has, beside its floor."""
READS, POSTS = 150, 40
"""In a second, where it is measured how long one takes. Of the posts, which wait as well, there are few."""
NONE = "none waits"
WORDS = "It still does not start, and the lamp on the left goes on and off every second or so."


@dataclass
class Side:
    """A Guildesk, and quiet tickets on it, by user."""

    name: str
    folder: Path
    connections: list[Connection]
    tickets: dict[str, str]

    async def most(self, seconds: float) -> float:
        """Reads a second, of own tickets and messages in turn, as fast as they are answered."""
        requests = [[self._read(user, turn) for turn in range(2)] for user in self.tickets]
        load: Load = await keep_busy(self.connections, requests, seconds, 200)
        return load.per_second

    async def reads(self, seconds: float) -> list[float]:
        """Milliseconds of each, at an even pace."""

        async def read(connection: Connection, user: str, turn: int) -> float:
            answer = await connection.ask(self._read(user, turn))
            assert answer.status == 200, answer
            return answer.seconds * 1000

        return await self._at_pace(read, READS, seconds)

    async def posts(self, seconds: float) -> list[float]:
        """The same of posts."""

        async def post(connection: Connection, user: str, _: int) -> float:
            return await _posted(connection, user, self.tickets[user])

        return await self._at_pace(post, POSTS, seconds)

    async def _at_pace(
        self, ask: Callable[[Connection, str, int], Awaitable[float]], per_second: int, seconds: float
    ) -> list[float]:
        turns = [(asyncio.Lock(), *each) for each in zip(self.connections, self.tickets, strict=True)]

        async def one(number: int) -> float:
            lock, connection, user = turns[number % QUIET]
            async with lock:
                return await ask(connection, user, number // QUIET)

        return await at_pace(one, int(per_second * seconds), per_second)

    def _read(self, user: str, turn: int) -> bytes:
        path = _messages(self.tickets[user]) if turn % 2 else "/api/v1/tickets"
        return request("GET", path, token_of(user))

    def waiting(self) -> int:
        """Events that Discord is to be shown yet."""
        with closing(sqlite3.connect(self.folder / "guildesk.sqlite3")) as connection:
            return int(connection.execute("SELECT count(*) FROM todo").fetchone()[0])


async def run(options: Options) -> list[Figure]:
    """Three of them: Discord is away for one, and takes what its limits allow of the other; for the third
    nothing waits, in a Discord with the same limits."""
    waiting = options.count(WAITING, small=WAITING, tiny=600)
    async with AsyncExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="guildesk-bench-")))
        session = await stack.enter_async_context(aiohttp.ClientSession())
        calm = await _side(stack, session, scratch / "none", 0)
        away = await _side(stack, None, scratch / "away", waiting)
        slow = await _side(stack, session, scratch / "slow", waiting)
        sides = (calm, away, slow)
        for side in sides:
            print(f"  {side.name}: {side.waiting():,} events wait", flush=True)
            await side.most(1)
        seconds, rounds = options.seconds(2), options.rounds(5)
        most = await in_turn(*(partial(side.most, seconds) for side in sides), rounds=rounds)
        reads = await in_turn(*(partial(side.reads, seconds) for side in sides), rounds=rounds)
        posts = await in_turn(*(partial(side.posts, seconds) for side in sides), rounds=rounds)
        for side in sides:
            print(f"  {side.name}: {side.waiting():,} events wait at the end", flush=True)
        assert slow.waiting() > waiting // 10, "most of the backlog was gone before the end"
        assert away.waiting() > waiting
        for side in sides:
            for connection in side.connections:
                connection.close()
    figures = []
    for which, side in enumerate((away, slow), start=1):
        its_most, its_reads, its_posts = most[which], reads[which], posts[which]
        figures += _beside(side.name, (its_most, most[0]), (its_reads, reads[0]), (its_posts, posts[0]))
    return figures


async def _side(
    stack: AsyncExitStack, session: aiohttp.ClientSession | None, folder: Path, waiting: int
) -> Side:
    """Without a session, Discord is away."""
    port = free_port()
    noisy, quiet = ([f"{kind}{n}" for n in range(many)] for kind, many in (("noisy", NOISY), ("user", QUIET)))
    world: Discord = no_discord()
    if session is not None:
        world = await stack.enter_async_context(discord(folder))
    program = guildesk(folder, world, port, connected=session is not None)
    await stack.enter_async_context(process(program, measured=True))
    if session is not None:
        await open_tickets(session, world, port, [*noisy, *quiet])
        await set_limits(session, world, on=True)
    connections = [await connect(port) for _ in range(max(QUIET, NOISY))]
    tickets = {user: await _ticket_of(connections[0], port, user) for user in (*noisy, *quiet)}
    for user in quiet:
        for _ in range(SAID):
            await _posted(connections[0], user, tickets[user])
    async with asyncio.TaskGroup() as tasks:
        for connection, user in zip(connections, noisy, strict=True):
            tasks.create_task(_chatter(connection, user, tickets[user], waiting // NOISY))
    for connection in connections[QUIET:]:
        connection.close()
    name = NONE if not waiting else "Discord is away" if session is None else "Discord is slow"
    return Side(name, folder, connections[:QUIET], {user: tickets[user] for user in quiet})


async def _ticket_of(connection: Connection, port: int, user: str) -> str:
    found = (await connection.ask(request("GET", "/api/v1/tickets", token_of(user)))).json()
    return str((found or [await open_ticket(port, user)])[0]["id"])


async def _chatter(connection: Connection, user: str, ticket: str, count: int) -> None:
    for _ in range(count):
        await _posted(connection, user, ticket)


async def _posted(connection: Connection, user: str, ticket: str) -> float:
    answer = await connection.ask(request("POST", _messages(ticket), token_of(user), {"content": WORDS}))
    assert answer.status == 201, answer
    return answer.seconds * 1000


def _messages(ticket: str) -> str:
    return f"/api/v1/tickets/{ticket}/messages"


Rounds = tuple[Sequence[T], Sequence[T]]
"""Of one with a backlog, and of the one without."""


def _beside(
    name: str, most: Rounds[float], reads: Rounds[list[float]], posts: Rounds[list[float]]
) -> list[Figure]:
    return [
        Figure(
            name=f"backlog: reads a second, {name} against {NONE}",
            value=tell(f"reads, {name}", most[0], "1/s"),
            floor=tell(f"reads, {NONE}", most[1], "1/s"),
            unit="1/s",
            target=LEAST_READS,
            at_least=True,
        ),
        _p99("a read", name, reads),
        _p99("a post", name, posts),
    ]


def _p99(what: str, name: str, rounds: Rounds[list[float]]) -> Figure:
    value, floor = ([percentile(taken, 99) for taken in side] for side in rounds)
    return Figure(
        name=f"backlog: p99 of {what}, {name} against {NONE}",
        value=tell(f"p99 of {what}, {name}", value, "ms"),
        floor=tell(f"p99 of {what}, {NONE}", floor, "ms"),
        unit="ms",
        target=MOST_P99,
    )
