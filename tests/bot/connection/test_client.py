"""The client between two sessions."""

import asyncio
import logging
from collections.abc import Sequence

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from discord.http import Route

from bot.connection.client import GuildClient
from bot.connection.discord_http import use_address
from bot.connection.faults import discord_faults
from bot.connection.guild import GuildMap
from bot.connection.staying import Staying
from config.faults import DISCORD_AWAY, Fault
from tests.waiting import until
from tickets.model import IssueLevel, SupportRole
from tickets.ports.sinks import NotNow

GUILD_MAP = GuildMap(1, dict.fromkeys(IssueLevel, 2), dict.fromkeys(SupportRole, 3), 4)


async def found(_: str, faults: Sequence[Fault]) -> None:
    assert not faults


async def test_between_two_sessions_a_request_finds_that_discord_is_away(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Anything else would count as a fault of what was to be sent, and after some of them as FAILED."""

    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=503)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    monkeypatch.setattr(Route, "BASE", Route.BASE)
    caplog.set_level(logging.WARNING)
    async with TestServer(app) as server, asyncio.timeout(30):
        use_address(str(server.make_url("/api/v10")))
        client = GuildClient(1)
        staying = asyncio.create_task(Staying(client, "token", GUILD_MAP, found, own_gateway=True).run())
        await until(lambda: "Discord is away" in caplog.text)

        with pytest.raises(NotNow), discord_faults("reading a channel"):
            await client.http.request(Route("GET", "/channels/{channel_id}/messages", channel_id=3))

        staying.cancel()
        await asyncio.gather(staying, return_exceptions=True)


async def test_an_address_at_which_no_discord_is_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where DISCORD_API_URL lacks its path: that is no outage, which ends by itself."""
    told: list[Fault] = []

    async def tell(_: str, faults: Sequence[Fault]) -> None:
        told.extend(faults)

    monkeypatch.setattr(Route, "BASE", Route.BASE)
    async with TestServer(web.Application()) as server, asyncio.timeout(30):
        url = str(server.make_url("/discord"))
        use_address(url)
        staying = asyncio.create_task(
            Staying(GuildClient(1), "token", GUILD_MAP, tell, own_gateway=True).run()
        )

        async def is_told() -> bool:
            return bool(told)

        await until(is_told)
        staying.cancel()
        await asyncio.gather(staying, return_exceptions=True)

    assert (told[0].code, url in told[0].cure) == (DISCORD_AWAY.code, True)
