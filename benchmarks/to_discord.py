"""From a requester's POST to the message in Discord."""

import asyncio
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import median

import aiohttp

from benchmarks.figures import Figure
from benchmarks.http_load import Connection, connect, request
from benchmarks.options import Options
from benchmarks.pace import at_pace
from benchmarks.programs import Bot, Discord, discord, floor, guildesk, process, seen_requests, token_of
from benchmarks.rounds import in_turn, tell
from demo.processes import Program, free_port

CHANNELS = 25
PACES = {1: 8, 20: 60}
"""Messages a second, and how many of them make a round."""
ROUNDS = 5


@dataclass
class Side:
    """A program, its own Discord, and where each of its tickets' messages arrive there."""

    session: aiohttp.ClientSession
    world: Discord
    connections: list[Connection]
    tokens: list[str]
    tickets: list[str]
    webhooks: list[str] = field(default_factory=list)
    said: int = 0

    async def round(self, count: int, per_second: float) -> float:
        """The median of the milliseconds from POST to arrival."""
        return median((arrived - sent) * 1000 for sent, arrived in await self.ways(count, per_second))

    async def ways(self, count: int, per_second: float) -> list[tuple[float, float]]:
        """When each message was posted, and when it arrived."""
        since = (await seen_requests(self.session, self.world, 10**9))["total"]
        posted = await at_pace(self._post, count, per_second)
        arrived = await self._arrivals(since, count)
        sent: dict[str, list[float]] = defaultdict(list)
        for number, at in enumerate(posted):
            sent[self.webhooks[number % CHANNELS]].append(at)
        return [way for hook, at in sent.items() for way in zip(at, arrived[hook], strict=True)]

    async def meet(self) -> None:
        """Find out by which webhook each ticket's messages come."""
        for number in range(CHANNELS):
            since = (await seen_requests(self.session, self.world, 10**9))["total"]
            await self._post(number)
            self.webhooks += await self._arrivals(since, 1)

    async def _post(self, number: int) -> float:
        which = number % CHANNELS
        self.said += 1
        body = {"content": f"Message {self.said}: it still does not start, and the lamp goes on and off."}
        path = f"/api/v1/tickets/{self.tickets[which]}/messages"
        bytes_to_send = request("POST", path, self.tokens[which], body)
        at = time.time()
        answer = await self.connections[which].ask(bytes_to_send)
        assert answer.status == 201, answer
        return at

    async def _arrivals(self, since: int, count: int) -> dict[str, list[float]]:
        """When what arrived at each webhook since that request, once so many have."""
        async with asyncio.timeout(30):
            while True:
                seen = (await seen_requests(self.session, self.world, since))["requests"]
                found = [it for it in seen if it["method"] == "POST" and it["path"].startswith("/webhooks/")]
                if len(found) >= count:
                    break
                await asyncio.sleep(0.2)
        arrived: dict[str, list[float]] = defaultdict(list)
        for it in found:
            assert it["status"] == 200, it
            arrived[it["path"].split("/")[2]].append(it["at"])
        return arrived


async def run(options: Options) -> list[Figure]:
    """The floor's POST handler sends to Discord by itself, at once; both talk to a Discord of their own."""
    tokens = [token_of(f"user{number}") for number in range(CHANNELS)]
    with tempfile.TemporaryDirectory(prefix="guildesk-bench-") as scratch:
        async with AsyncExitStack() as stack:
            session = await stack.enter_async_context(aiohttp.ClientSession())
            guildesk_side = await ours(stack, session, Path(scratch) / "guildesk", tokens)
            least = await _floor(stack, session, Path(scratch) / "floor", tokens)
            for side in (guildesk_side, least):
                await side.meet()
            figures = []
            for pace, count in PACES.items():
                asked = options.count(count, small=count // 2, tiny=2)
                ask_ours, ask_floor = (partial(side.round, asked, pace) for side in (guildesk_side, least))
                found, floors = await in_turn(ask_ours, ask_floor, rounds=options.rounds(ROUNDS))
                figures.append(_figure(pace, found, floors))
            for side in (guildesk_side, least):
                for connection in side.connections:
                    connection.close()
    return figures


async def ours(
    stack: AsyncExitStack,
    session: aiohttp.ClientSession,
    folder: Path,
    tokens: list[str],
    program: Callable[[Path, Discord, int], Program] = guildesk,
) -> Side:
    """A Guildesk with a ticket for each token."""
    world = await stack.enter_async_context(discord(folder))
    port = free_port()
    await stack.enter_async_context(process(program(folder, world, port), measured=True))
    connections = [await connect(port) for _ in tokens]
    tickets = []
    for connection, token in zip(connections, tokens, strict=True):
        body = {"topic": "It does not start", "description": "Nothing happens."}
        answer = await connection.ask(request("POST", "/api/v1/tickets", token, body))
        assert answer.status == 201, answer
        tickets.append(answer.json()["id"])
    return Side(session, world, connections, tokens, tickets)


async def _floor(
    stack: AsyncExitStack, session: aiohttp.ClientSession, folder: Path, tokens: list[str]
) -> Side:
    world = await stack.enter_async_context(discord(folder))
    bot = Bot(session, world)
    webhooks = await bot.webhooks(await bot.channels(CHANNELS))
    tickets = [f"{number:032x}" for number in range(CHANNELS)]
    configuration = {
        "api_base": world["api_base"],
        "tickets": {ticket: f"user{number}" for number, ticket in enumerate(tickets)},
        "webhooks": dict(zip(tickets, webhooks, strict=True)),
    }
    port = free_port()
    await stack.enter_async_context(process(floor("accept", folder, port, configuration), measured=True))
    return Side(session, world, [await connect(port) for _ in tokens], tokens, tickets)


def _figure(pace: int, found: Sequence[float], floors: Sequence[float]) -> Figure:
    return Figure(
        name=f"to Discord: POST to message at {pace}/s",
        value=tell(f"Guildesk at {pace}/s", found, "ms"),
        floor=tell(f"floor at {pace}/s", floors, "ms"),
        unit="ms",
        target=1.3,
    )
