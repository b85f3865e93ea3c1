"""Requests to Discord, as far as no library of Discord's is in between."""

from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.discord_http import webhook_session


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
