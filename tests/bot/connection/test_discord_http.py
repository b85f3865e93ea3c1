"""Requests to Discord, as far as no library of Discord's is in between."""

import asyncio
import io
import re
from contextlib import suppress

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from discord.http import Route

from bot.connection.answers import NoAnswer
from bot.connection.client import GuildClient
from bot.connection.discord_http import trace, use_time_out, webhook_session
from bot.connection.faults import TurnedAway, discord_faults
from bot.connection.webhook_limits import WebhookLimits
from sandbox.serve import serving
from sandbox.stage import Stage
from sandbox.start import new_world
from tests.sandbox.place import pointing_at
from tickets.ports.lease import NotLeader
from tickets.ports.sinks import NotNow


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
@pytest.mark.parametrize(
    ("answered", "kept", "meaning", "seconds"),
    [
        ('application/json {"retry_after": 0.5}', "1", None, 0),
        ('application/json {"retry_after": 0}', "", None, 0),
        ('application/json {"retry_after": 0.5}', "3600", NotNow, 300),
        ('application/json {"retry_after": 3600}', "", NotNow, 300),
        ('application/json {"retry_after": -1}', "7.5", NotNow, 7.5),
        ('application/json {"retry_after": NaN}', "nan", NotNow, 30),
        ('application/json {"retry_after": Infinity}', "inf", NotNow, 30),
        ('application/json {"retry_after": "5"}', "-3", NotNow, 5),
        ('application/json {"retry_after": null}', "2", NotNow, 2),
        ("application/json {}", "", NotNow, 30),
        ("application/json []", "2", NotNow, 2),
        ("application/json {", "2", NotNow, 2),
        ("text/plain", "100", TurnedAway, 100),
        ("text/html", "3600", TurnedAway, 300),
        ("text/html", "", TurnedAway, 30),
        ("text/html", "-5", TurnedAway, 30),
    ],
)
async def test_nobody_sleeps_within_a_request_that_discord_refuses_for_long(
    kind: str,
    answered: str,
    kept: str,
    meaning: type[NotNow] | None,
    seconds: float,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """discord.py would, for an hour if it is told so, and whoever waits for its place is shown nothing."""

    async def answer(_: web.Request) -> web.Response:
        content_type, said = (*answered.split(" ", 1), "")[:2]
        later = {"Retry-After": kept} if kept else {}
        via = {"Via": "1.1 google"} if said else {}
        headers = {"Content-Type": content_type, **later, **via}
        return web.Response(status=429, body=said.encode(), headers=headers)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    async with (
        TestServer(app) as server,
        webhook_session()
        if kind == "webhooks"
        else aiohttp.ClientSession(trace_configs=[trace()]) as session,
    ):
        monkeypatch.setattr(Route, "BASE", str(server.make_url("/api/v10")))
        refused: NotNow | None = None
        try:
            with discord_faults("posting"):
                await session.post(server.make_url("/api/v10/webhooks/7/secret"))
        except NotNow as problem:
            refused = problem

    assert (type(refused) if refused else None, refused.seconds if refused else 0) == (meaning, seconds)


@pytest.mark.parametrize(("longest", "retry_after"), [(0.2, 20), (3600, 1)])
async def test_a_limit_of_all_requests_ends_though_whoever_met_it_has_gone(
    longest: float, retry_after: float
) -> None:
    """discord.py ends it after that request's pause, and never if that is cancelled meanwhile."""
    stage = Stage(new_world())
    async with serving(stage) as base:
        info = stage.world.info(base)
        with pointing_at(info):
            async with GuildClient(stage.world.guild_id) as client:
                await client.login(info["bot_token"])
                use_time_out(client, longest)
                refusal = {"path": "/typing", "status": 429, "retry_after": retry_after, "is_global": True}
                stage.faults.order(refusal)
                with suppress(TimeoutError):
                    async with asyncio.timeout(0.1):
                        await client.http.send_typing(int(info["public_channel_id"]))
                assert not stage.faults.list()

                async with asyncio.timeout(30):
                    await client.http.get_channel(int(info["public_channel_id"]))


@pytest.mark.slow
async def test_a_large_file_has_time_on_a_slow_line() -> None:
    """About 12 seconds for 24 MB."""

    async def take(request: web.Request) -> web.Response:
        size = 0
        while piece := await request.content.read(2**20):
            size += len(piece)
            await asyncio.sleep(0.5 * len(piece) / 2**20)
        return web.json_response(size)

    app = web.Application(client_max_size=2**26)
    app.router.add_post("/", take)
    file = io.BytesIO(bytes(24 * 2**20))
    async with (
        TestServer(app) as server,
        webhook_session() as session,
        session.post(server.make_url("/"), data=file) as answer,
    ):
        assert await answer.json() == 24 * 2**20


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


async def test_a_webhook_that_has_used_its_limit_up_is_known_to_wait_and_the_library_is_not_told() -> None:
    async def answer(request: web.Request) -> web.Response:
        remaining = {"first": "1", "last": "0"}[request.query["post"]]
        return web.Response(headers={"X-RateLimit-Remaining": remaining, "X-RateLimit-Reset-After": "2.5"})

    app = web.Application()
    app.router.add_route("*", "/api/v10/webhooks/{id}/{token}", answer)
    moment = 100.0
    limits = WebhookLimits(lambda: moment)
    async with TestServer(app) as server, webhook_session(limits=limits) as session:
        url = server.make_url("/api/v10/webhooks/7/secret")
        await session.post(url, params={"post": "first"})
        await session.get(url, params={"post": "last"})
        assert limits.seconds_left("7") == 0

        sent = await session.post(url, params={"post": "last"})

    assert "X-RateLimit-Remaining" not in sent.headers
    assert (limits.seconds_left("7"), limits.seconds_left("8")) == (2.5, 0)
    moment = 103.0
    assert limits.seconds_left("7") == 0


def test_the_pace_forgets_those_that_need_not_wait_any_more() -> None:
    moment = 0.0
    limits = WebhookLimits(lambda: moment)
    for number in range(5000):
        moment += 1
        limits.note(str(number), {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset-After": "2"})

    assert len(limits._until) <= 1001
    assert limits.seconds_left("4999") == 2


@pytest.mark.parametrize("kind", ["webhooks", "client"])
@pytest.mark.parametrize(
    ("request_", "answered", "is_one"),
    [
        ("POST /webhooks/7/secret?wait=true", '200 application/json {"author": {}}', True),
        ("POST /webhooks/7/secret?wait=true", "204", False),
        ("POST /webhooks/7/secret?wait=1", "200 text/html", False),
        ("POST /webhooks/7/secret", "204", True),
        ("POST /channels/1/messages", "204", False),
        ("POST /channels/1/messages", "200 text/html", False),
        ("POST /channels/1/typing", "204", True),
        ("POST /interactions/5/token/callback", "204", True),
        ("PATCH /channels/1/messages/2", "204", False),
        ("PATCH /channels/1/messages/2", '200 application/json {"author": {}}', True),
        ("DELETE /channels/1/messages/2", "204", True),
        ("DELETE /channels/1/messages/2", "200 text/html", False),
        ("PUT /channels/1/messages/pins/2", "204", True),
        ("PUT /applications/1/guilds/2/commands", "204", False),
        ("GET /channels/1/messages", "200 text/html", False),
        ("GET /channels/1/messages", "403 application/json", True),
        ("GET /channels/1/messages", "403 text/html", False),
        ("GET /channels/1", "404 text/html", False),
        ("GET /users/@me", "401 text/html", False),
        ("POST /channels/1/messages", "413 text/html", False),
        ("POST /channels/1/messages with files", "413 text/html", True),
        ("POST /channels/1/messages", "413 application/json", True),
        ("POST /channels/1/messages", "400 text/html", False),
        ("POST /channels/1/messages with files", "400 text/html", False),
        ("POST /channels/1/messages", "400 application/json", True),
        ("GET /elsewhere/picture.png", "200 image/png", True),
        ("POST /webhooks/7/secret?wait=true", "307 application/json", False),
        ("GET /channels/1", "302 application/json", False),
        ("POST /webhooks/7/secret?wait=true", "200 application/json {}", False),
        ("POST /webhooks/7/secret?wait=true", '200 application/json {"id": "5"', False),
        ("POST /channels/1/messages", "200 application/json null", False),
        ("POST /channels/1/messages", "200 application/json []", False),
        ("POST /channels/1/messages", '200 application/json {"id": "5"}', False),
        ("POST /channels/1/webhooks", '200 application/json {"id": "5", "token": "t"}', True),
        ("POST /channels/1/webhooks", '200 application/json {"id": "5"}', False),
        ("POST /guilds/1/channels", '200 application/json {"id": {}}', False),
        ("POST /channels/1/messages", '200 application/json {"message": "ok", "code": 0}', False),
        ("POST /guilds/1/channels", '200 application/json; charset=utf-8 {"id": "5"}', False),
        ("POST /guilds/1/channels", '201 application/json {"id": "5"}', True),
        ("POST /guilds/1/channels", '201 application/json [{"id": "5"}]', False),
        ("POST /channels/1/webhooks", '200 application/json ""', False),
        ("PATCH /channels/1", "200 application/json 7", False),
        ("PATCH /webhooks/7/secret/messages/2", "200 application/json {}", False),
        ("PUT /applications/1/guilds/2/commands", '200 application/json [{"id": "5"}]', True),
        ("PUT /applications/1/guilds/2/commands", "200 application/json {}", False),
        ("GET /channels/1/messages", "200 application/json []", True),
        ("GET /channels/1/messages", "200 application/json {}", False),
        ("GET /channels/1/messages", "200 application/json [{}]", False),
        ("GET /channels/1/messages", "200 application/json [null]", False),
        ("GET /guilds/1/threads/active", '200 application/json {"threads": [], "members": []}', True),
        ("GET /guilds/1/threads/active", "200 application/json []", False),
        ("GET /guilds/1/audit-logs", '200 application/json {"audit_log_entries": []}', True),
        ("GET /guilds/1/members/2", '200 application/json {"user": {"id": "2"}}', True),
        ("GET /guilds/1/members/2", "200 application/json {}", False),
        ("GET /guilds/1/members?limit=2", '200 application/json [{"user": {"id": "2"}}]', True),
        ("PATCH /guilds/1/members/@me", '200 application/json {"user": {"id": "2"}}', True),
        ("GET /channels/1/messages/pins", '200 application/json {"items": [], "has_more": false}', True),
        ("GET /channels/1/messages/pins", "200 application/json 7", False),
        ("GET /guilds/1/bans", '200 application/json [{"reason": null, "user": {"id": "2"}}]', True),
        ("GET /guilds/1", "200 application/json []", False),
        ("GET /gateway", '200 application/json {"url": "wss://gateway.example"}', True),
        ("GET /gateway/bot", "200 application/json {}", False),
        ("GET /gateway/bot", '200 application/json {"url": "wss://gateway.example"}', True),
        ("PATCH /guilds/1/roles", '200 application/json [{"id": "2"}]', True),
        ("PATCH /guilds/1/roles", "200 application/json {}", False),
        ("POST /guilds/1/roles", '200 application/json {"id": "2"}', True),
        ("GET /users/@me/guilds", "200 application/json []", True),
        ("POST /interactions/5/t/callback?with_response=1", "200 application/json {}", False),
        ("POST /interactions/5/t/callback?with_response=1", '200 application/json {"interaction": {}}', True),
        ("DELETE /channels/1", "200 application/json {}", True),
    ],
)
async def test_what_a_proxy_says_and_a_success_that_tells_nothing_is_no_answer(
    kind: str, request_: str, answered: str, is_one: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = re.fullmatch(r"(\d+) ?((?:\w+/\w+)?(?:; \S+)?) ?(.*)", answered)
    assert parts is not None
    status, content_type, said = parts.groups()

    async def answer(request: web.Request) -> web.Response:
        if request.path == "/elsewhere":
            pytest.fail("it went where something else than Discord led it")
        elsewhere = {"Location": "/elsewhere"} if status.startswith("3") else {}
        return web.Response(
            status=int(status),
            body=said.encode(),
            headers={"Content-Type": content_type, **elsewhere},
        )

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    method, path = request_.removesuffix(" with files").split(" ", 1)
    files = bytes(200_000) if request_.endswith(" with files") else None
    async with (
        TestServer(app) as server,
        webhook_session()
        if kind == "webhooks"
        else aiohttp.ClientSession(trace_configs=[trace()]) as session,
    ):
        monkeypatch.setattr(Route, "BASE", str(server.make_url("/api/v10")))
        url = server.make_url(path if path.startswith("/elsewhere") else f"/api/v10{path}")
        try:
            await session.request(method, url, data=files)
        except (NoAnswer, aiohttp.ClientOSError):  # which aiohttp makes of it in a session of its own
            assert not is_one
        else:
            assert is_one
