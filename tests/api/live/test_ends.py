"""How sockets end: always by their transport, so that clients come back by themselves."""

import asyncio
import logging
import time
from contextlib import AbstractAsyncContextManager

import pytest
from aiohttp import ClientSession, ClientWebSocketResponse, TCPConnector, WSMsgType

from api.live import endings
from api.live import reader as live_reader
from tests.api.live.deaf import deaf
from tests.api.signing import ACCOUNTS, front
from tests.api.stage import Clock, Stage, listening, token
from tickets.ports.store import Store


def opened_soon(store: Store, clock: Clock) -> AbstractAsyncContextManager[Stage]:
    """The API, where a socket has 0.3 seconds to show a token."""
    return Stage(store, clock).open(rate_limits=False, unauthorized_for=0.3)


async def until_closed(ws: ClientWebSocketResponse) -> list[str]:
    """What is said until the transport closes."""
    said = []
    async with asyncio.timeout(30):
        async for message in ws:
            assert message.type is WSMsgType.TEXT
            said.append(message.data)
    return said


async def test_without_a_token_the_transport_is_closed(store: Store, clock: Clock) -> None:
    async with (
        opened_soon(store, clock) as stage,
        stage.http.ws_connect("/socket.io/?EIO=4&transport=websocket") as ws,
    ):
        start = time.monotonic()
        await ws.send_str("40")
        said = await until_closed(ws)
        lasted = time.monotonic() - start

    assert [it[:2] for it in said] == ["0{", "40"]
    assert 0.25 < lasted < 10


async def test_a_connection_that_never_says_hello_is_closed(store: Store, clock: Clock) -> None:
    async with (
        opened_soon(store, clock) as stage,
        stage.http.ws_connect(f"/socket.io/?EIO=4&transport=websocket&token={token()}") as ws,
    ):
        said = await until_closed(ws)

    assert [it[:2] for it in said] == ["0{"]


async def test_long_polling_without_a_token_is_closed(store: Store, clock: Clock) -> None:
    async with opened_soon(store, clock) as stage, listening(stage, transports=("polling",)) as ear:
        await asyncio.wait_for(ear.closed.wait(), 30)


async def test_a_client_that_leaves_the_namespace_is_closed(store: Store, clock: Clock) -> None:
    async with (
        opened_soon(store, clock) as stage,
        stage.http.ws_connect(f"/socket.io/?EIO=4&transport=websocket&token={token()}") as ws,
    ):
        await ws.send_str("40")
        await ws.send_str("41")
        said = await until_closed(ws)

    assert not [it for it in said if it.startswith("41")]


async def test_with_a_token_it_stays(store: Store, clock: Clock) -> None:
    async with opened_soon(store, clock) as stage:
        await stage.opened()
        async with listening(stage, query=token()) as ear, listening(stage) as reaped:
            await asyncio.wait_for(reaped.closed.wait(), 30)
            await stage.answered("1")
            await ear.until("message")


async def test_a_token_that_expires_ends_it_and_says_so(store: Store, clock: Clock) -> None:
    async with Stage(store, clock).open(rate_limits=False) as stage:
        expiring = token(exp=clock() / 1000 - 59.7)
        async with stage.http.ws_connect(f"/socket.io/?EIO=4&transport=websocket&token={expiring}") as ws:
            await ws.send_str("40")
            said = await until_closed(ws)

    assert [it[:14] for it in said[1:]] == [said[1][:14], '42["authorized', '42["error",{"m']
    assert "token expired" in said[-1]
    assert not [it for it in said if it.startswith("41")]


async def test_a_newer_token_keeps_it(store: Store, clock: Clock) -> None:
    async with Stage(store, clock).open(rate_limits=False) as stage:
        await stage.opened()
        async with listening(stage) as first, listening(stage) as ear:
            await first.authorize(token=token(exp=clock() / 1000 - 59.6))
            await ear.authorize(token=token(exp=clock() / 1000 - 59.6))
            await ear.authorize(token=token(exp=clock() / 1000 + 60))
            await asyncio.wait_for(first.closed.wait(), 30)
            await stage.answered("1")
            await ear.until("message")


async def test_the_server_stops_at_once_with_many_sockets(store: Store, clock: Clock) -> None:
    stage = Stage(store, clock)

    async with ClientSession(connector=TCPConnector(limit=0)) as http:

        async def join(number: int) -> ClientWebSocketResponse:
            ws = await http.ws_connect(f"{stage.url}/socket.io/?EIO=4&transport=websocket&token={token()}")
            if number % 4:
                await ws.send_str("40")
                for _ in range(3):
                    await ws.receive_str(timeout=30)
            return ws

        async def poll() -> str:
            path = f"{stage.url}/socket.io/?EIO=4&transport=polling"
            async with http.get(path) as answer:
                sid = (await answer.text()).split('"')[3]
            async with http.get(f"{path}&sid={sid}") as answer:
                return await answer.text()

        async with stage.open(rate_limits=False):
            sockets = await asyncio.gather(*(join(number) for number in range(100)))
            polling = asyncio.create_task(poll())
            await stage.ask("GET", "/healthz")
            await stage.ask("GET", "/healthz")
            start = time.monotonic()
        lasted = time.monotonic() - start
        said = await asyncio.gather(*(until_closed(ws) for ws in sockets))
        polled = await polling

    assert lasted < 4
    assert not [it for heard in said for it in heard if it.startswith("41")]
    assert polled == "1"  # engine.io's "close"


async def test_a_client_that_does_not_listen_is_dropped(
    store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(live_reader, "PATIENCE", 0.3)
    caplog.set_level(logging.INFO, "api")
    async with Stage(store, clock).open(rate_limits=False) as stage:
        await stage.opened()
        writer = await deaf(stage, token())
        async with listening(stage, query=token()) as ear:
            await ear.until("authorized")
            for _ in range(300):
                await stage.answered("1", "\U0001f98a" * 4_000)
            await ear.until("message", count=300)
            async with asyncio.timeout(30):
                while "does not listen" not in caplog.text:
                    await stage.ask("GET", "/healthz", None)
            assert ear.client.connected
        writer.close()


async def test_the_server_stops_at_once_with_a_client_that_does_not_listen(
    store: Store, clock: Clock
) -> None:
    async with Stage(store, clock).open(rate_limits=False) as stage:
        await stage.opened()
        writer = await deaf(stage, token())
        for _ in range(300):
            await stage.answered("1", "\U0001f98a" * 4_000)
        start = time.monotonic()
    lasted = time.monotonic() - start
    writer.close()

    assert lasted < 4


async def test_what_is_no_packet_does_no_harm(stage: Stage) -> None:
    await stage.opened()
    for packet in (
        "",
        "9",
        "4",
        "4x",
        "42",
        "42[",
        '42["authorize"',
        "4" + "[" * 50_000,
        "451-[]",
        '43["x"]',
    ):
        async with stage.http.ws_connect("/socket.io/?EIO=4&transport=websocket") as ws:
            await ws.send_str("40")
            await ws.send_str(packet)
            await ws.send_bytes(b"\0\1\2")
    async with stage.http.ws_connect("/socket.io/?EIO=4&transport=websocket") as ws:
        await ws.send_str("40")
        await ws.send_str("4" * 70_000)
        await until_closed(ws)
    async with listening(stage, query=token()) as ear:
        await ear.until("authorized")
        await stage.answered("1")
        await ear.until("message")


async def test_whoever_signs_out_at_another_process_hears_no_more(
    store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(endings, "LOOK_EVERY", 0.05)
    async with front(store, clock) as here, front(store, clock) as there:
        gone, stays = await here.signed_in(), (await here.login()).json
        async with (
            listening(there, auth={"token": gone["token"]}) as ended,
            listening(there, auth={"token": stays["token"]}) as other,
        ):
            await ended.until("authorized")
            await other.until("authorized")
            await here.said("POST", f"{ACCOUNTS}/logout", {"refresh_token": gone["refresh_token"]})
            clock.ahead += 3
            async with asyncio.timeout(30):
                await ended.closed.wait()
            assert (await other.authorize(token=stays["token"]))["ok"]

    assert ended.payloads("error")[-1]["code"] == "token_ended"
    assert not other.payloads("error")
