"""The transports below the sockets."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from api.live import server as live_server
from api.live import websocket as live_websocket
from api.live.waiting import Waiting
from tests.api.stage import Clock, Stage, token
from tickets.ports.store import Store

POLLING = f"/socket.io/?EIO=4&transport=polling&token={token()}"
WEBSOCKET = f"/socket.io/?EIO=4&transport=websocket&token={token()}"


@pytest.fixture
def seconds_to_answer() -> float:
    """More than any machine needs."""
    return 60


@pytest.fixture
async def brisk(
    store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch, seconds_to_answer: float
) -> AsyncIterator[Stage]:
    """The API, whose sockets are pinged every 0.1 seconds."""
    monkeypatch.setitem(live_server.OPTIONS, "ping_interval", 0.1)
    monkeypatch.setitem(live_server.OPTIONS, "ping_timeout", seconds_to_answer)
    monkeypatch.setattr(live_websocket, "GRACE", 0.1)
    async with Stage(store, clock).open(rate_limits=False) as stage:
        yield stage


async def text(stage: Stage, method: str, path: str, **options: Any) -> str:
    async with stage.http.request(method, path, **options) as answer:
        return f"{answer.status} {await answer.text()}"


async def session(stage: Stage) -> str:
    """Open a polling session; the path of its requests."""
    opened = await text(stage, "GET", POLLING)
    assert opened.startswith("200 0{")
    return f"{POLLING}&sid={json.loads(opened[5:])['sid']}"


async def test_who_answers_pings_stays(brisk: Stage) -> None:
    pings = 0
    async with brisk.http.ws_connect(WEBSOCKET) as ws:
        await ws.send_str("40")
        while pings < 6:
            if await ws.receive_str(timeout=30) == "2":
                pings += 1
                await ws.send_str("3")


@pytest.mark.parametrize("seconds_to_answer", [0.6])
async def test_who_does_not_answer_pings_is_cut(brisk: Stage) -> None:
    async with brisk.http.ws_connect(WEBSOCKET) as ws:
        await ws.send_str("40")
        async with asyncio.timeout(30):
            async for _ in ws:
                pass


async def test_a_polling_client_is_pinged_too(brisk: Stage) -> None:
    path = await session(brisk)
    assert await text(brisk, "POST", path, data="40") == "200 OK"
    heard = ""
    async with asyncio.timeout(30):
        while heard.count("\x1e2") + heard.count(" 2") < 3:
            heard += await text(brisk, "GET", path)
            if heard.endswith("2"):
                await text(brisk, "POST", path, data="3")


async def test_an_upgrade_that_breaks_off_leaves_the_polling_as_it_was(stage: Stage) -> None:
    await stage.opened()
    path = await session(stage)
    await text(stage, "POST", path, data="40")
    for said in ((), ("2probe",), ("4hello",), ("2probe", "4hello"), ("",)):
        async with stage.http.ws_connect(path.replace("polling", "websocket")) as ws:
            for packet in said:
                await ws.send_str(packet)
                if packet == "2probe":
                    assert await ws.receive_str(timeout=30) == "3probe"

    heard = await text(stage, "GET", path)
    await stage.answered("1")
    while '"message"' not in heard:
        heard += await text(stage, "GET", path)

    assert '"authorized"' in heard


async def test_an_upgrade_takes_everything_along(stage: Stage) -> None:
    await stage.opened()
    path = await session(stage)
    await text(stage, "POST", path, data="40")
    async with stage.http.ws_connect(path.replace("polling", "websocket")) as ws:
        await ws.send_str("2probe")
        assert await ws.receive_str(timeout=30) == "3probe"
        heard = await text(stage, "GET", path)
        await stage.answered("1")
        await ws.send_str("5")
        while '"message"' not in heard:
            heard += await ws.receive_str(timeout=30)

    assert heard.count('"authorized"') == heard.count('"message"') == 1


async def test_two_polls_at_once_do_no_harm(brisk: Stage) -> None:
    path = await session(brisk)
    await text(brisk, "POST", path, data="40")
    await text(brisk, "GET", path)
    first, second = await asyncio.gather(text(brisk, "GET", path), text(brisk, "GET", path))

    assert "2" in first + second


@pytest.mark.parametrize(
    "query",
    [
        "",
        "EIO=3&transport=polling",
        "EIO=4&transport=smoke",
        "EIO=4&transport=polling&sid=x",
        "EIO=4&transport=polling&sid=x&j=y",
    ],
)
async def test_what_is_no_session_is_400(stage: Stage, query: str) -> None:
    assert (await text(stage, "GET", f"/socket.io/?{query}")).startswith("400 ")
    assert (await text(stage, "POST", f"/socket.io/?{query}", data="x" * 100_000)).startswith("4")


@pytest.mark.parametrize(
    "query", ["EIO=3", "EIO=4&transport=x", "EIO=4&transport=polling&j=<x>", "EIO=4&sid=x"]
)
async def test_errors_of_transports_have_a_code_and_repeat_nothing(stage: Stage, query: str) -> None:
    answer = await stage.ask("GET", f"/socket.io/?{query}", None)

    assert (answer.status, answer.json["error"], answer.json["code"]) == (400, "BAD_REQUEST", "bad_request")
    assert "x" not in answer.json["message"]


async def test_protocols_that_a_client_asks_for_fill_no_log(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    async with stage.http.ws_connect(WEBSOCKET, protocols=["x" * 4_000]) as socket:
        await socket.receive()

    assert "xxxx" not in caplog.text


async def test_a_large_post_ends_the_session(stage: Stage) -> None:
    path = await session(stage)

    assert (await text(stage, "POST", path, data="4" * 70_000)).startswith("400 ")
    assert (await text(stage, "GET", path)).startswith("400 ")


async def test_an_outbox_gives_in_order_and_knows_when_it_is_done() -> None:
    outbox, given = Waiting(), []

    async def take() -> None:
        for _ in range(3):
            given.append(await outbox.get())
            outbox.task_done()

    taking = asyncio.create_task(take())
    await asyncio.sleep(0)
    for number in range(3):
        await outbox.put(number)
    await outbox.join()
    await taking

    assert given == [0, 1, 2]
    assert outbox.qsize() == 0
    with pytest.raises(asyncio.QueueEmpty):
        outbox.get_nowait()


async def test_an_outbox_asks_to_be_flushed_only_where_nobody_waits() -> None:
    outbox, asked = Waiting(), []
    outbox.flush = lambda: asked.append(outbox.qsize())
    getter = asyncio.create_task(outbox.get())
    await asyncio.sleep(0)

    await outbox.put("for the getter")
    assert await getter == "for the getter"
    assert asked == []
    await outbox.put("for the flush")
    assert asked == [1]
