"""From a message of staff's in Discord to the requester's socket."""

import asyncio
import tempfile
from collections.abc import Callable, Sequence
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
from demo.processes import Program, free_port

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
        return median((heard - told) * 1000 for told, heard in await self.ways(count))

    async def ways(self, count: int) -> list[tuple[float, float]]:
        """When each message became an event, and when its requester heard it."""
        since = (await seen_requests(self.session, self.world, 10**9))["total"]
        words = await at_pace(self._write, count, PACE)
        for number, word in enumerate(words):
            await asyncio.wait_for(self._listener(number).until_heard(word), 30)
        seen = (await seen_requests(self.session, self.world, since))["requests"]
        told = self._told(seen)
        return [
            (told[self._channel(number)].pop(0), self._listener(number).heard[word])
            for number, word in enumerate(words)
        ]

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
    """One floor's handler emits at once and keeps nothing; Guildesk emits what it has stored durably, as the
    other floor does.

    The time begins when the sandbox has acted on the message and its event is on its way."""
    users = [f"user{number}" for number in range(CHANNELS)]
    count = options.count(50, small=20, tiny=3)
    with tempfile.TemporaryDirectory(prefix="guildesk-bench-") as scratch:
        async with AsyncExitStack() as stack:
            session = await stack.enter_async_context(aiohttp.ClientSession())
            folder = Path(scratch)
            sides = (
                await ours(stack, session, folder / "guildesk", users),
                await _floor(stack, session, folder / "floor", users, keeps=False),
                await _floor(stack, session, folder / "keeping", users, keeps=True),
            )
            for side in sides:
                await side.round(CHANNELS)
            rounds = await in_turn(*(partial(side.round, count) for side in sides), rounds=options.rounds(7))
    found, floor, keeping = (
        tell(name, values, "ms")
        for name, values in zip(("Guildesk", "floor", "floor that keeps"), rounds, strict=True)
    )
    return [
        Figure(
            name="to the requester: gateway event to socket", value=found, floor=floor, unit="ms", target=1.5
        ),
        Figure(name="the same, beside a floor that keeps it", value=found, floor=keeping, unit="ms"),
    ]


async def ours(
    stack: AsyncExitStack,
    session: aiohttp.ClientSession,
    folder: Path,
    users: list[str],
    program: Callable[[Path, Discord, int], Program] = guildesk,
) -> Side:
    """A Guildesk with a ticket, its channel and a socket for each user."""
    world = await stack.enter_async_context(discord(folder))
    port = free_port()
    await stack.enter_async_context(process(program(folder, world, port), measured=True))
    channels = await open_tickets(session, world, port, users)
    listeners = await stack.enter_async_context(listening(port, [token_of(user) for user in users]))
    return Side(session, world, channels, listeners)


async def _floor(
    stack: AsyncExitStack, session: aiohttp.ClientSession, folder: Path, users: list[str], *, keeps: bool
) -> Side:
    world = await stack.enter_async_context(discord(folder))
    channels = await Bot(session, world).channels(CHANNELS)
    configuration = {
        **{name: world[name] for name in ("api_base", "gateway_url", "bot_token")},
        "channels": dict(zip(channels, users, strict=True)),
        "keeps": keeps,
    }
    port = free_port()
    await stack.enter_async_context(process(floor("announce", folder, port, configuration), measured=True))
    listeners = await stack.enter_async_context(listening(port, [token_of(user) for user in users]))
    return Side(session, world, channels, listeners)
