"""Means for tests: people who act in a sandbox, and an unmodified discord.py client that listens."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import aiohttp
import discord
import pytest
import yarl
from discord.gateway import DiscordWebSocket

SOON = 30.0


@dataclass
class Reply:
    """What the API answered."""

    status: int
    body: Any
    headers: Any


class Place:
    """A sandbox on the air and the means to act in it."""

    def __init__(self, info: dict[str, Any], http: aiohttp.ClientSession) -> None:
        self.info = info
        self.http = http

    async def ask(self, who: str | None, method: str, path: str, **more: Any) -> Reply:
        """Send an API request as a person, as "bot", as "nobody", or without a token."""
        people = self.info["people"]
        headers = {} if who is None else {"Authorization": people.get(who, {"token": "wrong"})["token"]}
        if who == "bot":
            headers["Authorization"] = f"Bot {self.info['bot_token']}"
        return await self._send(method, self.info["api_base"] + path, headers=headers, **more)

    async def tell(self, method: str, path: str, **more: Any) -> Reply:
        """Send a request to the controls below /sandbox."""
        return await self._send(method, f"{self.info['discord_url']}/sandbox{path}", **more)

    async def _send(self, method: str, url: str, **more: Any) -> Reply:
        async with self.http.request(method, yarl.URL(url, encoded=True), **more) as response:
            raw = await response.read()
            is_json = response.headers.get("Content-Type", "").startswith("application/json")
            return Reply(response.status, json.loads(raw) if is_json else raw, response.headers)

    async def say(self, who: str, channel: Any, content: str, **more: Any) -> dict[str, Any]:
        """Post a message as a person."""
        reply = await self.ask(
            who, "POST", f"/channels/{channel}/messages", json={"content": content, **more}
        )
        assert reply.status == 200, reply.body
        body: dict[str, Any] = reply.body
        return body

    async def interact(self, who: str, kind: int, channel: Any, data: dict[str, Any], **more: Any) -> Any:
        """Use a command, component or form and give what was shown."""
        body = {"type": kind, "application_id": self.info["application_id"], "channel_id": str(channel)}
        body |= {"guild_id": self.info["guild_id"], "data": data, **more}
        reply = await self.ask(who, "POST", f"/interactions?wait={SOON}", json=body)
        assert reply.status == 200, reply.body
        return reply.body


class Bot(discord.Client):
    """A client that writes down every event it receives."""

    def __init__(self, intents: discord.Intents | None = None) -> None:
        chosen = intents or discord.Intents(guilds=True, messages=True, message_content=True, reactions=True)
        super().__init__(intents=chosen, guild_ready_timeout=0.01, enable_debug_events=True)
        self.tree = discord.app_commands.CommandTree(self)
        self.heard: list[tuple[str, dict[str, Any]]] = []
        self._more = asyncio.Event()

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Identify again without the usual wait."""

    async def on_socket_raw_receive(self, text: str) -> None:
        message = json.loads(text)
        self.heard.append((message["t"] or f"op {message['op']}", message["d"]))
        self._more.set()
        self._more = asyncio.Event()

    async def hears(self, event: str, fits: Callable[[dict[str, Any]], bool] = lambda _: True) -> Any:
        """The first event of a kind that fits, waiting for it if need be."""
        async with asyncio.timeout(SOON):
            while True:
                more = self._more
                for name, data in self.heard:
                    if name == event and fits(data):
                        return data
                await more.wait()

    def count(self, event: str) -> int:
        """How often an event was received."""
        return sum(name == event for name, _ in self.heard)

    @property
    def guild(self) -> discord.Guild:
        """The only guild there is."""
        return self.guilds[0]


@contextmanager
def pointing_at(info: dict[str, Any]) -> Iterator[None]:
    """Tell discord.py where to find Discord, which is all that it needs to be told."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(discord.http.Route, "BASE", info["api_base"])
        patch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(info["gateway_url"]))
        yield


@asynccontextmanager
async def connected(bot: Bot, token: str) -> AsyncIterator[Bot]:
    """Run a client until it is ready, and close it in the end."""
    running = asyncio.create_task(bot.start(token))
    ready = asyncio.create_task(bot.hears("GUILD_CREATE"))
    try:
        await asyncio.wait({running, ready}, return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            await running
        await asyncio.wait_for(bot.wait_until_ready(), SOON)
        yield bot
    finally:
        ready.cancel()
        await bot.close()
        with suppress(asyncio.CancelledError, discord.ConnectionClosed):
            await running


async def open_ticket(bot: Bot, place: Place, name: str = "ticket-1") -> discord.TextChannel:
    guild = bot.guild
    category = guild.get_channel(int(place.info["categories"]["general"]))
    team = guild.get_role(int(place.info["roles"]["support_team"]))
    assert isinstance(category, discord.CategoryChannel)
    assert team is not None
    seen = discord.PermissionOverwrite(view_channel=True, send_messages=True, read_message_history=True)
    hidden = discord.PermissionOverwrite(view_channel=False)
    overwrites: dict[Any, discord.PermissionOverwrite] = {
        guild.default_role: hidden,
        guild.me: seen,
        team: seen,
    }
    return await guild.create_text_channel(name, category=category, topic="g:1", overwrites=overwrites)
