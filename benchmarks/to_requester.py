"""From a message of staff's in Discord to the requester's socket."""

import asyncio
import tempfile
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

import aiohttp

from benchmarks.figures import Figure
from benchmarks.house import open_tickets
from benchmarks.options import Options
from benchmarks.pace import at_pace
from benchmarks.programs import Bot, Discord, discord, floor, guildesk, process, seen_requests, token_of
from benchmarks.rounds import in_turn, tell
from benchmarks.sockets import Listener, listening
from demo.people import Somebody
from demo.processes import free_port

CHANNELS = 25
PACE = 10
"""Messages a second."""


@dataclass
class Side:
    """A program, its own Discord, a channel for each ticket, and a socket for each requester."""

    session: aiohttp.ClientSession
    world: Discord
    channels: list[str]
    listeners: list[Listener]
    said: int = 0

    async def round(self, count: int) -> float:
        """The median of the milliseconds from the gateway's event to the socket."""
        since = (await seen_requests(self.session, self.world, 10**9))["total"]
        words = await at_pace(self._write, count, PACE)
        for number, word in enumerate(words):
            await asyncio.wait_for(self._listener(number).until_heard(word), 30)
        seen = (await seen_requests(self.session, self.world, since))["requests"]
        told = self._told(seen)
        gone = [
            (self._listener(number).heard[word] - told[self._channel(number)].pop(0)) * 1000
            for number, word in enumerate(words)
        ]
        return median(gone)

    def _told(self, seen: Sequence[dict[str, str]]) -> dict[str, list[float]]:
        """When the messages of each channel became events."""
        told: dict[str, list[float]] = {channel: [] for channel in self.channels}
        ada = self.world["people"]["ada"]["id"]
        for it in seen:
            if it["method"] == "POST" and it["actor"] == ada:
                told[it["path"].split("/")[2]].append(float(it["at"]))
        return told

    async def _write(self, number: int) -> str:
        self.said += 1
        word = f"Message {self.said}: please press the button on the left for five seconds."
        ada = Somebody(self.session, self.world["discord_url"], self.world["people"]["ada"])
        await ada.write(self._channel(number), word)
        return word

    def _channel(self, number: int) -> str:
        return self.channels[number % CHANNELS]

    def _listener(self, number: int) -> Listener:
        return self.listeners[number % CHANNELS]


async def run(options: Options) -> list[Figure]:
    """The floor's handler emits at once and keeps nothing; Guildesk emits what it has stored durably.

    The time begins when the sandbox has acted on the message and its event is on its way."""
    users = [f"user{number}" for number in range(CHANNELS)]
    count = 20 if options.small else 50
    with tempfile.TemporaryDirectory(prefix="guildesk-bench-") as scratch:
        async with AsyncExitStack() as stack:
            session = await stack.enter_async_context(aiohttp.ClientSession())
            ours = await _ours(stack, session, Path(scratch) / "guildesk", users)
            least = await _floor(stack, session, Path(scratch) / "floor", users)
            for side in (ours, least):
                await side.round(CHANNELS)
            found, floors = await in_turn(
                partial(ours.round, count), partial(least.round, count), options.rounds(7)
            )
    return [
        Figure(
            name="to the requester: gateway event to socket",
            value=tell("Guildesk", found, "ms"),
            floor=tell("floor", floors, "ms"),
            unit="ms",
            target=1.5,
        )
    ]


async def _ours(
    stack: AsyncExitStack, session: aiohttp.ClientSession, folder: Path, users: list[str]
) -> Side:
    world = await stack.enter_async_context(discord(folder))
    port = free_port()
    await stack.enter_async_context(process(guildesk(folder, world, port), measured=True))
    channels = await open_tickets(session, world, port, users)
    listeners = await stack.enter_async_context(listening(port, [token_of(user) for user in users]))
    return Side(session, world, channels, listeners)


async def _floor(
    stack: AsyncExitStack, session: aiohttp.ClientSession, folder: Path, users: list[str]
) -> Side:
    world = await stack.enter_async_context(discord(folder))
    channels = await Bot(session, world).channels(CHANNELS)
    configuration = {
        **{name: world[name] for name in ("api_base", "gateway_url", "bot_token")},
        "channels": dict(zip(channels, users, strict=True)),
    }
    port = free_port()
    await stack.enter_async_context(process(floor("announce", folder, port, configuration), measured=True))
    listeners = await stack.enter_async_context(listening(port, [token_of(user) for user in users]))
    return Side(session, world, channels, listeners)
