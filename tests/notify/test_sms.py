"""Text messages over a real HTTP gateway: one for each parcel, refused, tried again, and with one id."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from notify.lanes import Lanes
from notify.letters import QueuedTexter
from notify.sending import Delayed, OutcomeUnknown, ServerAway
from notify.sms import LOG, MOST_CHARACTERS, Gateway, SmsSink
from tests.clocks import Hands
from tests.notify.conftest import Known
from tests.people import ANN
from tests.waiting import until
from texts.language import Language
from tickets.model import TicketId
from tickets.notifications import Notification, NotificationChannel, NotificationId, NotificationKind
from tickets.ports.bell import Bell
from tickets.ports.notifications import Reach
from tickets.ports.store import Store
from tickets.relay import Relay

SMS = NotificationChannel.SMS


class Taker:
    """A gateway, which answers what it is told to."""

    def __init__(self) -> None:
        self.answers: list[int] = []
        self.taken: list[tuple[str | None, Any]] = []

    async def take(self, request: web.Request) -> web.Response:
        self.taken.append((request.headers.get("Authorization"), await request.json()))
        status = self.answers.pop(0) if self.answers else 200
        return web.Response(status=status, text="what the gateway says")


@pytest.fixture
async def taker() -> AsyncIterator[tuple[Taker, str]]:
    taker, app = Taker(), web.Application()
    app.router.add_post("/send", taker.take)
    async with TestServer(app) as server:
        yield taker, f"http://me:word@127.0.0.1:{server.port}/send"


def told(name: str, at: int, text: str = "Sam answered ticket 1.") -> Notification:
    return Notification(
        id=NotificationId(name),
        user=ANN.key,
        kind=NotificationKind.MANUAL,
        channel=SMS,
        text=text,
        created_at=at,
        due_at=at,
        ticket_id=TicketId("t1"),
    )


@asynccontextmanager
async def sending(store: Store, known: Known, clock: Hands, url: str) -> AsyncIterator[None]:
    sink, lanes = SmsSink(store, Gateway(url), known, clock), Lanes(store.sending_queue, clock)
    relay = Relay(sink, lanes, Bell(), clock, 4, lambda _: 0.05)
    task = asyncio.create_task(relay.run())
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def nothing() -> None:
    """What is written down before something is handed over."""


async def outcome(store: Store, name: str) -> tuple[str, str | None, int]:
    async def is_over() -> bool:
        it = await store.notifications.get(NotificationId(name))
        return it is not None and it.due_at is None

    await until(is_over)
    it = await store.notifications.get(NotificationId(name))
    assert it is not None
    return it.status.value, it.error, it.tries


async def test_what_waits_goes_as_one_message(
    store: Store, known: Known, clock: Hands, taker: tuple[Taker, str]
) -> None:
    gateway, url = taker
    known.of[ANN.key] = Reach(phone="+43660")
    await store.notifications.add(
        [told("a", clock() - 2), told("b", clock() - 1), told("c", clock(), "x\ny" * 400)]
    )

    async with sending(store, known, clock, url):
        assert await outcome(store, "c") == ("sent", None, 0)

    ((auth, body),) = gateway.taken
    assert auth == "Basic bWU6d29yZA=="
    assert (body["id"], body["to"]) == ("a", "+43660")
    assert body["text"].startswith("Sam answered ticket 1. x y")
    assert len(body["text"]) == MOST_CHARACTERS


async def test_a_gateway_to_which_no_connection_comes_about_is_away_and_has_got_nothing() -> None:
    with socket.socket() as full, socket.socket() as first, socket.socket() as second:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for it in (first, second):
            it.setblocking(False)
            it.connect_ex(full.getsockname())
        gateway = Gateway(f"http://127.0.0.1:{full.getsockname()[1]}", patience=0.3)

        with pytest.raises(ServerAway):
            await gateway.send("a", "+43660", "Hello", nothing)


async def test_a_gateway_that_hangs_up_may_have_got_it_and_what_happened_is_said() -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(hang_up, "127.0.0.1", 0) as server:
        gateway = Gateway(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")

        with pytest.raises(OutcomeUnknown, match="Server disconnected"):
            await gateway.send("a", "+43660", "Hello", nothing)


@pytest.mark.parametrize("status", [401, 404, 405])
async def test_what_an_operator_has_to_put_right_costs_no_message(
    taker: tuple[Taker, str], status: int
) -> None:
    gateway, url = taker
    gateway.answers = [status]

    with pytest.raises(Delayed):
        await Gateway(url).send("a", "+43660", "Hello", nothing)


async def test_a_refusal_is_shown_and_what_is_put_off_comes_later(
    store: Store, known: Known, clock: Hands, taker: tuple[Taker, str]
) -> None:
    gateway, url = taker
    known.of[ANN.key] = Reach(phone="+43660")
    gateway.answers = [503, 400]
    await store.notifications.add([told("a", clock())])

    async with sending(store, known, clock, url):

        async def is_put_off() -> bool:
            it = await store.notifications.get(NotificationId("a"))
            return it is not None and it.tries == 1 and (it.due_at or 0) > clock()

        await until(is_put_off)
        clock.now += 5_000
        assert await outcome(store, "a") == ("failed", "400 what the gateway says", 2)

    assert [body["id"] for _, body in gateway.taken] == ["a", "a"]


async def test_the_log_takes_them_where_it_is_told_to(
    store: Store, known: Known, clock: Hands, caplog: pytest.LogCaptureFixture
) -> None:
    texter = QueuedTexter(store.notifications, clock, Language.EN)
    with caplog.at_level(logging.INFO, "notify.sms"):
        await texter.send_code("+43660", "01234567", None)
        (queued,) = (await store.notifications.left(None, 9)).items
        async with sending(store, known, clock, LOG):
            assert (await outcome(store, queued.id))[0] == "sent"

    assert "01234567" not in queued.text
    assert "text message to +43660: 01234567 is your code" in caplog.text
