"""The transcript of 10,000 messages, filed when staff closes the ticket."""

import asyncio
import gc
import re
import tempfile
import time
from contextlib import AsyncExitStack
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

import aiohttp

from benchmarks import bulk
from benchmarks.cores import rss_mb
from benchmarks.figures import Figure
from benchmarks.histories import LAST_WORD
from benchmarks.house import channels
from benchmarks.http_load import Connection, connect, request
from benchmarks.options import Options
from benchmarks.programs import Bot, Discord, discord, guildesk, process, seen_requests, until_quiet
from benchmarks.rounds import percentile, undisturbed
from bot.showing.transcript_files import TranscriptFiles
from demo.people import Somebody, until
from demo.processes import free_port
from storage.sqlite.store import open_sqlite
from tickets.file_urls import FileUrls
from tickets.model import SupportRole, TicketId
from transcripts.reader import Reader

MESSAGES = 10_000
EVERY = 0.002
"""Seconds between two looks at whether the event loop answers."""


async def run(options: Options) -> list[Figure]:
    """From the command that closes the ticket to the file in Discord. Meanwhile another process asks for
    /healthz all the time: the longest wait for an answer bounds how long the event loop was held up.
    Both are longer where the program has to wait for a processor; so the page is made once more here, where
    processor time is measured instead."""
    taken, held_up, more, used, held = [], [], [], [], []
    messages = options.count(MESSAGES, small=MESSAGES, tiny=500)
    for number in range(options.rounds(3)):
        with tempfile.TemporaryDirectory(prefix="guildesk-bench-") as scratch:
            (ticket_id,) = bulk.fill(Path(scratch), 1, messages, still_open=1, channel_wanted=True)
            seconds, waits, megabytes = await _filed(Path(scratch), messages)
            processor, longest = await _made_here(Path(scratch), ticket_id)
        print(
            f"  round {number + 1}: {seconds:.2f} s; "
            f"/healthz: half within {median(waits):.1f} ms, "
            f"99 % within {percentile(waits, 99):.1f} ms, the longest {max(waits):.1f} ms; "
            f"{megabytes:.1f} MB more; "
            f"from the log to the page {processor:.2f} s of processor, at most {longest * 1000:.1f} ms "
            "of it at once",
            flush=True,
        )
        taken.append(seconds)
        held_up.append(max(waits))
        more.append(megabytes)
        used.append(processor)
        held.append(longest * 1000)
    return [
        Figure(name=f"transcript: {messages:,} messages, filed", value=median(taken), unit="s", target=2.0),
        Figure(
            name="transcript: the event loop held up for at most", value=median(held_up), unit="ms", target=50
        ),
        Figure(name="transcript: more memory meanwhile", value=median(more), unit="MB", target=64),
        Figure(
            name="transcript: from the log to the page, of processor",
            value=median(used),
            unit="s",
            target=2.0,
        ),
        Figure(
            name="transcript: between two turns of the event loop, of processor",
            value=median(held),
            unit="ms",
            target=50,
        ),
    ]


async def _filed(folder: Path, messages: int) -> tuple[float, list[float], float]:
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession())
        world = await stack.enter_async_context(discord(folder))
        port = free_port()
        program = guildesk(folder, world, port)
        running = await stack.enter_async_context(process(program, measured=True))
        channel = await _channel(session, world)
        await until_quiet(session, world)
        connection = await connect(port)
        waits: list[float] = []
        memory = [rss_mb(running.pid)]
        with undisturbed():
            looking = asyncio.create_task(_look(connection, waits, running.pid, memory))
            began = time.time()
            ada = Somebody(session, world["discord_url"], world["people"]["ada"])
            await ada.command(world["guild_id"], channel, "close", anyway=True)
            filed_at = await _until_filed(session, world)
            looking.cancel()
        assert await _messages_in_file(session, world) == messages
        connection.close()
    return filed_at - began, waits, max(memory) - memory[0]


async def _made_here(folder: Path, ticket_id: TicketId) -> tuple[float, float]:
    """The processor time of the whole page, and the most of it between two turns of the event loop."""
    turns: list[float] = []

    async def turn() -> None:
        while True:
            turns.append(time.process_time())
            await asyncio.sleep(EVERY)

    async with open_sqlite(folder, lambda: time.time_ns() // 1_000_000) as store:
        files = TranscriptFiles(store, "https://desk.example", _urls(), Reader)
        gc.collect()
        gc.freeze()  # as the program does once it is built
        turning = asyncio.create_task(turn())
        began = time.process_time()
        events = await store.log.events(ticket_id)
        await files.page(await files.transcript(events, SupportRole.GENERAL))
        used = time.process_time() - began
        turning.cancel()
        gc.unfreeze()
    return used, max(after - before for before, after in pairwise(turns))


def _urls() -> FileUrls:
    return FileUrls("https://desk.example", b"benchmark" * 4)


async def _look(connection: Connection, waits: list[float], pid: int, memory: list[float]) -> None:
    while True:
        memory.append(rss_mb(pid))
        waits.append((await connection.ask(request("GET", "/healthz", ""))).seconds * 1000)
        await asyncio.sleep(EVERY)


async def _channel(session: aiohttp.ClientSession, world: Discord) -> str:
    """The ticket's channel, as soon as it is there."""

    async def look() -> list[dict[str, Any]]:
        return await channels(session, world)

    return str((await until(look))[0]["id"])


async def _messages_in_file(session: aiohttp.ClientSession, world: Discord) -> int:
    """Of how many messages the last word is in what was filed."""
    bot = Bot(session, world)
    posts = [
        post
        for channel in _places(world)
        for post in await bot.ask("GET", f"/channels/{channel}/messages?limit=1")
    ]
    (filed,) = [it for it in posts if it["attachments"]]
    async with session.get(filed["attachments"][0]["url"], raise_for_status=True) as answer:
        return len(re.findall(LAST_WORD, await answer.text()))


async def _until_filed(session: aiohttp.ClientSession, world: Discord) -> float:
    paths = {f"/channels/{channel}/messages" for channel in _places(world)}

    async def look() -> list[float]:
        seen = (await seen_requests(session, world))["requests"]
        return [float(it["at"]) for it in seen if it["method"] == "POST" and it["path"] in paths]

    return float((await until(look, 60))[0])


def _places(world: Discord) -> tuple[str, ...]:
    """Where transcripts are filed, by support role."""
    return (world["transcript_channel_id"], *world["transcript_channels"].values())
