"""How much memory Guildesk takes: with 450 open tickets, and more for each connected socket."""

import asyncio
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp

from benchmarks.cores import rss_mb
from benchmarks.figures import Figure
from benchmarks.house import open_tickets
from benchmarks.options import Options
from benchmarks.programs import discord, guildesk, process, token_of, until_quiet
from benchmarks.sockets import listening
from demo.processes import free_port

TICKETS = 450
SOCKETS = 1_000


async def run(options: Options) -> list[Figure]:
    """Each ticket has its channel and card; each socket is authorized, and of a user of its own."""
    tickets = options.count(TICKETS, small=22, tiny=3)
    sockets = options.count(SOCKETS, small=200, tiny=10)
    with tempfile.TemporaryDirectory(prefix="guildesk-bench-") as scratch:
        async with AsyncExitStack() as stack:
            session = await stack.enter_async_context(aiohttp.ClientSession())
            world = await stack.enter_async_context(discord(Path(scratch)))
            port = free_port()
            program = guildesk(Path(scratch), world, port)
            running = await stack.enter_async_context(process(program, measured=True))
            users = [f"user{number}" for number in range(tickets)]
            await open_tickets(session, world, port, users, patience=120)
            await until_quiet(session, world, 2)
            before = rss_mb(running.pid)
            print(f"  {tickets} open tickets: {before:.1f} MB", flush=True)
            tokens = [token_of(f"listener{number}") for number in range(sockets)]
            async with listening(port, tokens):
                await asyncio.sleep(3)
                with_sockets = rss_mb(running.pid)
            print(f"  and {sockets:,} sockets: {with_sockets:.1f} MB", flush=True)
    return [
        Figure(name=f"memory: with {tickets} open tickets", value=before, unit="MB", target=150),
        Figure(
            name="memory: more for each socket",
            value=(with_sockets - before) * 1000 / sockets,
            unit="kB",
            target=30,
        ),
    ]
