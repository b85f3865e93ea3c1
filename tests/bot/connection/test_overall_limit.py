"""Never more requests in a second than Discord takes, however long they are on their way."""

import asyncio
import random

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from discord.http import Route
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.connection.discord_http import trace
from bot.connection.overall_limit import OverallLimit
from tests.hurried import HurriedLoop, in_a_hurry

COUNTED = {"X-RateLimit-Limit": "5"}


def most_within(seconds: float, times: list[float]) -> int:
    """The most of the times that lie in any span of so many seconds."""
    times = sorted(times)
    return max(sum(first <= it < first + seconds for it in times) for first in times)


@given(seed=st.integers(0, 2**32), most=st.integers(1, 8), fails=st.booleans())
@settings(max_examples=12)
def test_no_second_holds_more_however_late_requests_and_answers_come(
    seed: int, most: int, fails: bool
) -> None:
    """They arrive up to three seconds after they were sent, and are answered up to three seconds later."""
    chance, counted = random.Random(seed), list[float]()  # noqa: S311  a test's chance

    async def ask(loop: HurriedLoop, limit: OverallLimit) -> None:
        await asyncio.sleep(chance.choice((0.0, 0.0, chance.uniform(0, 4))))
        await limit.begin()
        await asyncio.sleep(chance.choice((0.001, chance.uniform(0, 3))))
        counted.append(loop.time())
        await asyncio.sleep(chance.choice((0.001, chance.uniform(0, 3))))
        limit.end({} if fails and chance.random() < 0.3 else COUNTED)

    async def act(loop: HurriedLoop) -> None:
        limit = OverallLimit(most, 1.0)
        await limit.begin()
        limit.end(COUNTED)
        asks = asyncio.gather(*(ask(loop, limit) for _ in range(24)))
        while not asks.done():
            await loop.let_pass(10)
        await asks

    in_a_hurry(act)

    assert len(counted) == 24
    assert most_within(1.0, counted) <= most


def test_whoever_does_not_count_keeps_nobody_waiting() -> None:
    async def act(loop: HurriedLoop) -> float:
        limit, began = OverallLimit(2, 1.0), loop.time()
        for _ in range(50):
            await limit.begin()
            limit.end({})
        return loop.time() - began

    assert in_a_hurry(act) < 0.5


@pytest.mark.parametrize(
    ("path", "signed", "waits"),
    [
        ("/channels/1/messages", True, True),
        ("/interactions/1/token/callback", True, False),
        ("/webhooks/1/token", False, False),
    ],
    ids=["a request of the bot", "an answer to a button", "a webhook's post"],
)
async def test_the_bot_waits_but_no_answer_to_a_button_and_no_webhook(
    monkeypatch: pytest.MonkeyPatch, path: str, signed: bool, waits: bool
) -> None:
    """A faked Discord counts what arrives; a third of the requests ends in an answer that is none."""
    arrived: list[float] = []

    async def answer(request: web.Request) -> web.Response:
        arrived.append(asyncio.get_running_loop().time())
        return web.json_response({}, status=502 if len(arrived) % 3 == 0 else 200, headers=COUNTED)

    app = web.Application()
    app.router.add_route("*", "/api/{path:.*}", answer)
    traced = trace(overall=OverallLimit(4, 0.1))
    async with TestServer(app) as server, aiohttp.ClientSession(trace_configs=[traced]) as session:
        base = str(server.make_url("/api"))
        monkeypatch.setattr(Route, "BASE", base)
        headers = {"Authorization": "Bot token"} if signed else {}

        async def ask() -> None:
            async with session.post(base + path, json={}, headers=headers):
                pass

        await asyncio.gather(*(ask() for _ in range(20)), return_exceptions=True)

    assert len(arrived) == 20
    assert (most_within(0.1, arrived) <= 4) == waits
