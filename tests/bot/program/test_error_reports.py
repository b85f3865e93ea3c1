"""Errors reach people, gathered, without secrets, and never in a loop."""

import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from bot.program.error_reports import reporting
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
        return web.Response(status=self.status)


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


async def test_a_webhook_that_refuses_is_not_reported(
    webhooks: Webhooks, caplog: pytest.LogCaptureFixture
) -> None:
    webhooks.status = 400

    async with reporting(None, f"{webhooks.url}/bot", list, pause=0.1):
        bot_log.error("stuck")
        await until(lambda: "refused with 400" in caplog.text)

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
