"""Requests to Discord: who may not make them makes none."""

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web

from api.server import serving
from bot.discord_http import trace, webhook_session
from tickets.ports import NotLeader


class Discord:
    """Counts what it is asked."""

    def __init__(self) -> None:
        self.asked = 0
        self.url = ""

    async def answer(self, _: web.Request) -> web.Response:
        self.asked += 1
        return web.Response()


@pytest.fixture
async def discord() -> AsyncIterator[Discord]:
    there, app = Discord(), web.Application()
    app.router.add_post("/", there.answer)
    async with serving(app, "127.0.0.1", 0) as port:
        there.url = f"http://127.0.0.1:{port}/"
        yield there


class Right:
    """To ask, until it is taken away."""

    is_there = True

    def __call__(self) -> None:
        if not self.is_there:
            raise NotLeader("another leads")


@pytest.mark.parametrize("kind", ["webhooks", "client"])
async def test_who_leads_no_more_asks_for_nothing(discord: Discord, kind: str) -> None:
    right = Right()
    session = (
        webhook_session(may_ask=right)
        if kind == "webhooks"
        else aiohttp.ClientSession(trace_configs=[trace(may_ask=right)])
    )
    async with session:
        async with session.post(discord.url) as answer:
            assert answer.status == 200
        right.is_there = False
        with pytest.raises(NotLeader):
            await session.post(discord.url)
        with pytest.raises(NotLeader):
            await session.ws_connect(discord.url)

    await asyncio.sleep(0)
    assert discord.asked == 1
