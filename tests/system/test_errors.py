"""Errors of real processes reach people."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

from aiohttp import web

from chaos.house import SECRET, House, housed, until


@asynccontextmanager
async def webhooks() -> AsyncIterator[tuple[str, list[tuple[str, str]]]]:
    """An address, and what is posted below it: path and words."""
    got: list[tuple[str, str]] = []

    async def take(request: web.Request) -> web.Response:
        got.append((request.path, (await request.json())["content"]))
        return web.Response(status=204)

    app = web.Application()
    app.router.add_post("/{name}", take)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}", got
    finally:
        await runner.cleanup()


async def test_errors_of_bot_and_api_are_posted_once_for_each_kind_without_secrets(tmp_path: Path) -> None:
    async with webhooks() as (url, got):
        urls = {"ERROR_WEBHOOK_URL": f"{url}/api", "ERROR_BOT_WEBHOOK_URL": f"{url}/bot"}
        async with housed(tmp_path, RATE_LIMITS="off", **urls) as house:
            casey = house.customer()
            ticket = await casey.open()
            channel = await house.channel_of(ticket)
            await house.fault(method="POST", path=r"/webhooks/\d+/", count=5, status=400, code=50035)
            for number in range(5):
                await casey.post(ticket, f"rude {number}")
            await casey.post(ticket, "kind")
            await house.hears(channel, ["kind"])

            await casey.post(ticket, "broken on the disk")
            await house.hears(channel, ["kind", "broken on the disk"])
            _break_the_messages(house, ticket)
            for _ in range(3):
                status, _ = await casey.ask("GET", f"/tickets/{ticket['id']}/messages")
                assert status == 500

            await until(lambda: _both(got))
            token, casey_token = house.discord["bot_token"], casey.token

    assert sorted({path for path, _ in got}) == ["/api", "/bot"]
    of_bot = [words for path, words in got if path == "/bot"]
    of_api = [words for path, words in got if path == "/api"]
    assert sum(_count(words) for words in of_bot if "can never be done" in words) == 5
    assert len([words for words in of_bot if "can never be done" in words]) <= 2
    assert sum(_count(words) for words in of_api) == 3
    assert len(of_api) <= 2
    assert not any(secret in str(got) for secret in (SECRET, token, casey_token, "rude"))


async def _both(got: list[tuple[str, str]]) -> bool:
    return {"/api", "/bot"} <= {path for path, _ in got}


def _count(words: str) -> int:
    return int(words.partition("× ")[2].split()[0])


def _break_the_messages(house: House, ticket: dict[str, Any]) -> None:
    """What no program of ours writes."""
    with closing(sqlite3.connect(house.store_file, isolation_level=None, timeout=10)) as store:
        store.execute("UPDATE messages SET body = '{' WHERE ticket_id = ?", (ticket["id"],))
