"""Requests to Discord, as far as no library of Discord's is in between."""

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.discord_http import trace, webhook_session
from tickets.ports import NotLeader


async def test_every_429_is_counted() -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(status=int(request.match_info["status"]))

    app = web.Application()
    app.router.add_get("/{status}", answer)
    counted = []
    async with TestServer(app) as server, webhook_session(lambda: counted.append(1)) as session:
        for status in (200, 429, 404, 429):
            async with session.get(server.make_url(f"/{status}")):
                pass

    assert len(counted) == 2


@pytest.mark.parametrize("kind", ["webhooks", "client"])
async def test_who_leads_no_more_asks_for_nothing(kind: str) -> None:
    asked: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response()

    def may_ask() -> None:
        if asked:
            raise NotLeader("another leads")

    app = web.Application()
    app.router.add_get("/{path}", answer)
    async with (
        TestServer(app) as server,
        webhook_session(may_ask=may_ask)
        if kind == "webhooks"
        else aiohttp.ClientSession(trace_configs=[trace(may_ask=may_ask)]) as session,
    ):
        async with session.get(server.make_url("/first")):
            pass
        with pytest.raises(NotLeader):
            await session.get(server.make_url("/second"))
        with pytest.raises(NotLeader):
            await session.ws_connect(server.make_url("/gateway"))

    assert asked == ["/first"]
