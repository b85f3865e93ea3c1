"""Errors reach people, gathered, without secrets, and never in a loop."""

import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from bot.program.error_reports import reporting
from bot.showing.parts import length
from tests.waiting import until

bot_log, api_log = logging.getLogger("bot.sink"), logging.getLogger("api.errors")


class Webhooks:
    """Two webhooks that keep what they are sent."""

    def __init__(self) -> None:
        self.got: list[tuple[str, dict[str, Any]]] = []
        self.status = 204
        self.url = ""

    async def take(self, request: web.Request) -> web.Response:
        self.got.append((request.path, await request.json()))
        return web.Response(status=self.status, headers={"Location": "/elsewhere"})


@pytest.fixture
async def webhooks() -> AsyncIterator[Webhooks]:
    webhooks = Webhooks()
    app = web.Application()
    app.router.add_post("/{name}", webhooks.take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    webhooks.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield webhooks
    await runner.cleanup()


async def test_errors_of_one_kind_are_one_post_with_their_count(webhooks: Webhooks) -> None:
    async with reporting(None, f"{webhooks.url}/bot", list):
        for number in range(7):
            bot_log.error("ticket %d is stuck", number)
        await until(lambda: webhooks.got)

    ((path, body),) = webhooks.got
    assert path == "/bot"
    assert "× 7" in body["content"]
    assert "is stuck" in body["content"]
    assert body["allowed_mentions"] == {"parse": []}


async def test_the_next_post_of_a_kind_waits_for_its_pause(webhooks: Webhooks) -> None:
    async with reporting(None, f"{webhooks.url}/bot", list, pause=0.6):
        bot_log.error("stuck")
        await until(lambda: len(webhooks.got) == 1)
        for _ in range(3):
            bot_log.error("stuck")
        await until(lambda: len(webhooks.got) == 2)

    assert "× 3" in webhooks.got[1][1]["content"]


async def test_what_has_no_words_but_its_own_is_a_kind_of_its_own(webhooks: Webhooks) -> None:
    """As what admins are told: two different faults are two posts."""
    async with reporting(None, f"{webhooks.url}/bot", list):
        for text in ("a role is gone", "a category is gone", "a role is gone"):
            bot_log.error("%s", text)
        await until(lambda: len(webhooks.got) == 2)

    assert ["× 2" in body["content"] for _, body in webhooks.got] == [True, False]


async def test_errors_of_the_api_and_of_the_bot_go_their_own_ways(webhooks: Webhooks) -> None:
    async with reporting(f"{webhooks.url}/api", f"{webhooks.url}/bot", list):
        api_log.error("one")
        bot_log.error("two")
        await until(lambda: len(webhooks.got) == 2)

    assert {path: "one" in body["content"] for path, body in webhooks.got} == {"/api": True, "/bot": False}


async def test_no_secret_is_posted(webhooks: Webhooks) -> None:
    secrets: list[str] = []
    async with reporting(None, f"{webhooks.url}/bot", lambda: secrets):
        secrets.append("swordfish")
        try:
            raise ValueError("eyJhbGciOi.eyJpZCI6.c2lnbmF0dXJl and mongodb://root:hunter2@db/x")
        except ValueError:
            bot_log.exception("GET /?token=opensesame with swordfish")
        await until(lambda: webhooks.got)

    content = webhooks.got[0][1]["content"]
    assert not any(
        secret in content for secret in ("eyJ", "hunter2", "opensesame", "swordfish", "c2lnbmF0dXJl")
    )
    assert "ValueError" in content


SECRETS = {
    "https://discord.com/api/webhooks/123456789/aB-3_xyz?wait=1": "aB-3_xyz",
    "/webhooks/123456789/aB-3_xyz/messages/1": "aB-3_xyz",
    "https://discord.com/api/v10/interactions/1/aW50ZXJhY3Rpb246/callback": "aW50ZXJhY3Rpb246",
    "https://desk.example/files/f-1/Zm9vYmFyZm9vYmFy_-x/cat.png": "Zm9vYmFyZm9vYmFy_-x",
    "https://cdn.discordapp.com/a/1/x.png?ex=1&is=2&hm=deadbeef00": "deadbeef00",
    "Authorization: Bearer opaque.token~1": "opaque.token~1",
    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw": "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "eyJhbGciOiJIUzI1NiJ9": "hbGciOiJIUzI1NiJ9",
    "mongodb+srv://root:hunter2@db": "hunter2",
}


@pytest.mark.parametrize(("words", "secret"), SECRETS.items())
async def test_what_opens_something_is_not_posted(webhooks: Webhooks, words: str, secret: str) -> None:
    async with reporting(None, f"{webhooks.url}/bot", list):
        bot_log.error("it failed: %s", words)
        await until(lambda: webhooks.got)

    content = webhooks.got[0][1]["content"]
    assert "it failed: " in content
    assert secret not in content


async def test_clients_words_do_nothing_in_a_report(webhooks: Webhooks) -> None:
    links = "[free](https://evil.example) http://evil.example"
    words = f"```\n@everyone <@1> <@&2> {links} `x` ````\n# big\n\u202egnp"

    async with reporting(None, f"{webhooks.url}/bot", list):
        bot_log.error("cannot read %s", words)
        await until(lambda: webhooks.got)

    body = webhooks.got[0][1]
    title, _, rest = body["content"].partition("```\n")
    inside, _, after = rest.partition("\n```")
    assert title.startswith("**Bot error**")
    assert after == ""
    assert "# big" in inside
    assert "\u202c" in inside
    assert not any(it in body["content"] for it in ("://", "](", "@everyone", "<@", "`x`"))
    assert body["flags"] == 4
    assert body["allowed_mentions"] == {"parse": []}


async def test_a_long_report_fits_and_is_closed(webhooks: Webhooks) -> None:
    async with reporting(None, f"{webhooks.url}/bot", list):
        bot_log.error("%s", "😀](" * 50_000 + "eyJ" * 50_000)
        await until(lambda: webhooks.got)

    content = webhooks.got[0][1]["content"]
    assert 1_900 < length(content) <= 2_000
    assert content.endswith("…\n```")


@pytest.mark.parametrize("status", [307, 400])
async def test_a_webhook_that_refuses_or_leads_elsewhere_is_not_reported(
    webhooks: Webhooks, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    webhooks.status = status

    async with reporting(None, f"{webhooks.url}/bot", list, pause=0.1):
        bot_log.error("stuck")
        await until(lambda: f"refused with {status}" in caplog.text)

    assert len(webhooks.got) == 1


@pytest.mark.parametrize("status", [429, 503])
async def test_what_a_webhook_cannot_take_now_is_told_later_with_those_that_came_meanwhile(
    webhooks: Webhooks, status: int
) -> None:
    webhooks.status = status

    async with reporting(None, f"{webhooks.url}/bot", list, pause=0.6):
        bot_log.error("stuck")
        bot_log.error("stuck")
        await until(lambda: len(webhooks.got) == 1)
        webhooks.status = 204
        bot_log.error("stuck")
        await until(lambda: len(webhooks.got) == 2)

    assert "× 3" in webhooks.got[1][1]["content"]
    assert len(webhooks.got) == 2


async def test_the_last_error_before_the_end_is_told(webhooks: Webhooks) -> None:
    async with reporting(None, f"{webhooks.url}/bot", list):
        bot_log.error("the end")

    assert "the end" in webhooks.got[0][1]["content"]


async def test_warnings_are_not_reported(webhooks: Webhooks) -> None:
    async with reporting(None, f"{webhooks.url}/bot", list):
        bot_log.warning("hm")
        bot_log.error("oh")
        await until(lambda: webhooks.got)

    assert "hm" not in webhooks.got[0][1]["content"]
