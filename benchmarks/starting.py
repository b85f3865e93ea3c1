"""How long Guildesk takes from its start until it is ready, with 450 open tickets."""

import tempfile
import time
from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp

from benchmarks.figures import Figure
from benchmarks.house import open_tickets
from benchmarks.options import Options
from benchmarks.programs import Discord, discord, guildesk, process, seen_requests, until_quiet
from benchmarks.rounds import tell
from demo.processes import free_port

TICKETS = 450
MOST_REQUESTS = 20
"""Far fewer than channels: a quiet one costs none."""


async def _answer(session: aiohttp.ClientSession, world: Discord, channel: str) -> None:
    """Somebody of staff writes in the channel."""
    url = f"{world['api_base']}/channels/{channel}/messages"
    headers = {"Authorization": world["people"]["ada"]["token"]}
    async with session.post(url, headers=headers, json={"content": "We look."}, raise_for_status=True):
        pass


async def run(options: Options) -> list[Figure]:
    """Staff has written in every ticket. Nothing happens between the stop and the start; ready is a 200 from
    /readyz, and what is asked until nothing is asked for two seconds counts."""
    tickets = options.count(TICKETS, small=22, tiny=3)
    taken = []
    with tempfile.TemporaryDirectory(prefix="guildesk-bench-") as scratch:
        async with AsyncExitStack() as stack:
            session = await stack.enter_async_context(aiohttp.ClientSession())
            world = await stack.enter_async_context(discord(Path(scratch)))
            port = free_port()
            program = guildesk(Path(scratch), world, port)
            async with process(program, measured=True):
                users = [f"user{number}" for number in range(tickets)]
                for channel in await open_tickets(session, world, port, users, patience=120):
                    await _answer(session, world, channel)
                await until_quiet(session, world, 2)
            asked = (await seen_requests(session, world))["total"]
            for _ in range(options.rounds(5)):
                began = time.monotonic()
                async with process(program, measured=True):
                    taken.append(time.monotonic() - began)
                    await until_quiet(session, world, 2)
            requests = (await seen_requests(session, world))["total"] - asked
    return [
        Figure(
            name=f"start: requests to Discord, {tickets} channels in which nothing is new",
            value=requests / len(taken),
            unit="requests",
            target=MOST_REQUESTS,
        ),
        Figure(
            name=f"start: ready with {tickets} open tickets",
            value=tell("ready", taken, "s"),
            unit="s",
            target=5,
        ),
    ]
