"""450 tickets opened at once under Discord's limits, 550 more for which there is no room, and who is next."""

import asyncio
import math
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from benchmarks.figures import Figure
from benchmarks.house import LEVELS, channels, open_ticket
from benchmarks.http_load import connect, request
from benchmarks.options import Options
from benchmarks.programs import (
    Bot,
    Discord,
    discord,
    guildesk,
    process,
    seen_requests,
    set_limits,
    token_of,
)
from demo.people import Somebody
from demo.processes import free_port
from wire.objects import LAST_POSITION

FIRST, MORE = 450, 550
CLOSED = 10
AT_A_TIME, SECONDS = 10, 10
"""So many channels Discord makes in so many seconds."""
GUILD_LIMIT, CATEGORY_LIMIT = 500, 50
ASKING = 3
"""So many tickets may be asking for a channel before the last CRITICAL one comes."""
AT_ONCE = 25


@dataclass
class Crowd:
    """A Guildesk, its Discord, and what was opened so far: levels by ticket number."""

    session: aiohttp.ClientSession
    world: Discord
    port: int
    levels: dict[int, str]
    ids: dict[int, str]

    async def open(self, count: int) -> None:
        turns = asyncio.Semaphore(AT_ONCE)

        async def one(number: int) -> None:
            async with turns:
                level = LEVELS[number % 3]
                ticket = await open_ticket(self.port, f"user{number}", level)
                self.levels[ticket["number"]], self.ids[ticket["number"]] = level, ticket["id"]

        first = len(self.levels)
        async with asyncio.TaskGroup() as tasks:
            for number in range(first, first + count):
                tasks.create_task(one(number))

    async def opened(self) -> list[int]:
        """The tickets that have a channel with a card, by the age of their channels."""
        there = sorted(await channels(self.session, self.world), key=lambda it: int(it["id"]))
        return [int(it["name"].rpartition("-")[2]) for it in there if it["last_message_id"]]

    async def until_opened(self, count: int, patience: float) -> list[int]:
        """Those that were opened, once there are so many and nothing is asked of Discord any more."""
        async with asyncio.timeout(patience):
            while len(opened := await self.opened()) < count:
                print(f"  {len(opened)} of {count} are open", flush=True)
                await asyncio.sleep(10 if count - len(opened) > 20 else 1)
        return opened

    async def close(self, numbers: Sequence[int]) -> None:
        """As staff does, in their channels."""
        there = {it["name"]: it["id"] for it in await channels(self.session, self.world)}
        ada = Somebody(self.session, self.world["discord_url"], self.world["people"]["ada"])
        for number in numbers:
            await ada.command(self.world["guild_id"], there[f"ticket-{number:04}"], "close", anyway=True)

    async def positions(self) -> list[int]:
        """Of the tickets that wait, as the API tells them."""
        connection = await connect(self.port)
        found = []
        for ticket_id in self.ids.values():
            path = f"/api/v1/tickets/{ticket_id}"
            answer = (await connection.ask(request("GET", path, token_of("agent", "AGENT")))).json()
            if answer["discord"]["state"] == "queued":
                found.append(answer["discord"]["queue_position"])
        connection.close()
        return sorted(found)


async def run(options: Options) -> list[Figure]:
    """The levels come in turn. What the limits allow is reckoned from the requests that are needed: a
    channel, a card and its pin for each ticket, and a category for each fifty beyond the first of a level."""
    first = options.count(FIRST, small=22, tiny=20)
    more = options.count(MORE, small=27, tiny=25)
    with tempfile.TemporaryDirectory(prefix="guildesk-bench-") as scratch:
        async with AsyncExitStack() as stack:
            session = await stack.enter_async_context(aiohttp.ClientSession())
            world = await stack.enter_async_context(discord(Path(scratch)))
            if first < FIRST:
                await Bot(session, world).fillers(GUILD_LIMIT - first - 10)
            port = free_port()
            await stack.enter_async_context(process(guildesk(Path(scratch), world, port), measured=True))
            seconds = options.count(SECONDS, small=SECONDS, tiny=1)
            limits = await set_limits(session, world, on=True, others=(AT_A_TIME, seconds))
            crowd = Crowd(session, world, port, {}, {})
            taken, least = await _first(crowd, first, limits)
            calmer = _calmer_before_the_last_critical(crowd, (await crowd.opened())[:first])
            waiting, came = await _more(crowd, more)
    return [
        Figure(
            name=f"crowd: {first} tickets at once, all open", value=taken, floor=least, unit="s", target=1.1
        ),
        Figure(
            name="crowd: calmer tickets opened before the last CRITICAL one",
            value=calmer,
            unit="tickets",
            target=ASKING,
        ),
        Figure(
            name=f"crowd: of {more} more, waiting with their position in the queue",
            value=waiting,
            unit="tickets",
            target=1,
            at_least=True,
        ),
        Figure(
            name=f"crowd: of those, opened as {CLOSED} places became free",
            value=came,
            unit="tickets",
            target=CLOSED,
            at_least=True,
        ),
    ]


async def _first(crowd: Crowd, count: int, limits: dict[str, Any]) -> tuple[float, float]:
    """Seconds until all were open, and the least that the limits allow."""
    since = (await seen_requests(crowd.session, crowd.world))["total"]
    began = time.time()
    await crowd.open(count)
    print(f"  {count} tickets are accepted after {time.time() - began:.1f} s", flush=True)
    least = _least(count, limits)
    await crowd.until_opened(count, patience=least * 2 + 60)
    seen = await _pinned(crowd, since, count)
    kinds = Counter(_kind(it) for it in seen)
    for kind, number in kinds.most_common():
        print(f"  {number:5} {kind}", flush=True)
    print(f"  {len(seen) / count:.2f} requests a ticket", flush=True)
    return max(float(it["at"]) for it in seen) - began, least


async def _pinned(crowd: Crowd, since: int, count: int) -> list[dict[str, Any]]:
    """The requests of the bot, once each ticket's card is pinned."""
    async with asyncio.timeout(30):
        while True:
            seen = (await seen_requests(crowd.session, crowd.world, since))["requests"]
            people = {person["id"] for person in crowd.world["people"].values()}
            ours = [it for it in seen if it["actor"] not in people]
            if sum(it["method"] == "PUT" and "pins" in it["path"] for it in ours) >= count:
                return ours
            await asyncio.sleep(0.5)


def _least(count: int, limits: dict[str, Any]) -> float:
    """Seconds. Creating channels is what takes longest: so many in so many seconds, in the whole guild."""
    per_level = [len(range(level, count, len(LEVELS))) for level in range(len(LEVELS))]
    categories = sum(max(0, math.ceil(number / CATEGORY_LIMIT) - 1) for number in per_level)
    at_once, seconds = limits["others"]
    creating = (math.ceil((count + categories) / at_once) - 1) * seconds
    overall, second = limits["overall"]
    return float(max(creating, (math.ceil((3 * count + categories) / overall) - 1) * second))


async def _more(crowd: Crowd, more: int) -> tuple[int, int]:
    """How many wait for a place, and how many of them came to one when others were closed."""
    await crowd.open(more)
    url = f"{crowd.world['api_base']}/guilds/{crowd.world['guild_id']}/channels"
    headers = {"Authorization": crowd.world["people"]["ada"]["token"]}
    async with asyncio.timeout(120):
        while True:
            async with crowd.session.get(url, headers=headers, raise_for_status=True) as answer:
                there = len(await answer.json())
            print(f"  the guild has {there} of {GUILD_LIMIT} channels", flush=True)
            if there >= GUILD_LIMIT:
                break
            await asyncio.sleep(5)
    await asyncio.sleep(3)
    before = await crowd.opened()
    positions = await crowd.positions()
    assert positions == [min(it, LAST_POSITION) for it in range(1, len(positions) + 1)], positions
    assert len(positions) == len(crowd.levels) - len(before)
    print(f"  {len(before)} are open, {len(positions)} wait", flush=True)
    await crowd.close(before[:CLOSED])
    began = time.time()
    came: set[int] = set()
    while len(came) < min(CLOSED, len(positions)) and time.time() - began < 120:
        await asyncio.sleep(1)
        came = set(await crowd.opened()) - set(before)
    print(f"  {len(came)} more are open {time.time() - began:.0f} s after {CLOSED} were closed", flush=True)
    return len(positions), len(came)


def _calmer_before_the_last_critical(crowd: Crowd, opened: Sequence[int]) -> int:
    levels = [crowd.levels[number] for number in opened]
    last = max(place for place, level in enumerate(levels) if level == "CRITICAL")
    return sum(level != "CRITICAL" for level in levels[:last])


def _kind(seen: dict[str, Any]) -> str:
    shape = "/".join("…" if part.isdecimal() else part for part in seen["path"].strip("/").split("/"))
    return f"{seen['status']} {seen['method']} /{shape}"
