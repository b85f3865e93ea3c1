"""How long a client may keep the server waiting; here everybody is impatient."""

import asyncio
import errno
import logging
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest
from aiohttp import ClientSession, web

from api.door.addresses import PROXIES, Proxies
from api.door.connection import Patience
from api.door.cors import Cors
from api.door.descriptors import room_for, told_seldom
from api.door.edge import edge
from api.door.server import Bounds, serving
from chaos.hostile.raw import Raw, connected

LIMIT = 5.0
"""Seconds within which what should end has ended, on a machine that is busy too."""
IMPATIENT = Patience(for_request=0.3, idle=0.9, stalled=0.4, unread=0.2, progress=1_000, look_every=0.02)
LARGE = b"x" * 20_000_000
LONGER = 1.5
"""Seconds that are longer than anything above."""


async def _read(request: web.Request) -> web.Response:
    return web.Response(text=str(len(await request.read())))


async def _poll(_: web.Request) -> web.Response:
    await asyncio.sleep(LONGER)
    return web.Response(text="news")


async def _file(request: web.Request) -> web.StreamResponse:
    answer = web.StreamResponse()
    await answer.prepare(request)
    for at in range(0, len(LARGE), 50_000):
        await answer.write(LARGE[at : at + 50_000])
    return answer


async def _whole(_: web.Request) -> web.Response:
    return web.Response(body=LARGE)


async def _socket(request: web.Request) -> web.WebSocketResponse:
    answer = web.WebSocketResponse()
    await answer.prepare(request)
    await answer.send_str(await answer.receive_str())
    return answer


@asynccontextmanager
async def served(bounds: Bounds | None = None) -> AsyncIterator[int]:
    app = web.Application(middlewares=[edge(Cors((), "http://127.0.0.1"), None)], client_max_size=10**8)
    app[PROXIES] = Proxies()
    app.router.add_post("/", _read)
    app.router.add_get("/poll", _poll)
    app.router.add_get("/file", _file)
    app.router.add_get("/whole", _whole)
    app.router.add_get("/socket", _socket)
    async with serving(app, "127.0.0.1", 0, bounds or Bounds(patience=IMPATIENT)) as port:
        yield port


async def ends(raw: Raw) -> bytes:
    """What was sent until the connection ended; fails if it does not end."""
    sent = bytearray()
    async with asyncio.timeout(LIMIT):
        with suppress(ConnectionResetError):
            while piece := await raw.reader.read(65_536):
                sent += piece
    return bytes(sent)


async def drip(raw: Raw, pieces: list[bytes], every: float = 0.05) -> None:
    for piece in pieces:
        raw.writer.write(piece)
        await asyncio.sleep(every)


@pytest.mark.parametrize("begin", [b"", b"GET /poll HTTP/1.1\r\nHost: x\r\n"])
async def test_who_asks_nothing_is_let_go(begin: bytes) -> None:
    async with served() as port, connected(port) as raw:
        raw.writer.write(begin)

        assert await ends(raw) == b""


async def test_headers_that_come_by_drops_are_not_waited_for() -> None:
    async with served() as port, connected(port) as raw:
        dripping = asyncio.create_task(drip(raw, [b"GET / HTTP/1.1\r\n", *[b"X: x\r\n"] * 200]))

        assert await ends(raw) == b""
        dripping.cancel()


async def test_an_idle_connection_is_kept_for_a_while_and_then_let_go() -> None:
    async with served() as port, connected(port) as raw:
        for _ in range(3):
            await raw.send("POST / HTTP/1.1", "Content-Length: 1", body=b"x")
            assert await raw.body(await raw.head()) == b"1"
            await asyncio.sleep(0.4)  # longer than a request may take to come

        assert await ends(raw) == b""


@pytest.mark.parametrize("length", ["Content-Length: 100", "Transfer-Encoding: chunked"])
@pytest.mark.parametrize("piece", [b"", b"1\r\nx\r\n"])
async def test_a_body_that_does_not_come_is_not_waited_for(
    length: str, piece: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    async with served() as port, connected(port) as raw:
        await raw.send("POST / HTTP/1.1", length)
        dripping = asyncio.create_task(drip(raw, [piece] * 100))

        assert (await ends(raw)).count(b"request_timeout") == 1
        dripping.cancel()
    assert caplog.records == []


BREAKING = [b"zz\r\n", b"1\r\nxx\r\n", b"1\r\nx\r\n" + b"0" * 30 + b"\r\n", b"0\r\n" + b"X: x\r\n" * 500]


@pytest.mark.parametrize("body", BREAKING)
async def test_a_body_that_breaks_is_one_400_at_once(body: bytes, caplog: pytest.LogCaptureFixture) -> None:
    async with served(Bounds()) as port, connected(port) as raw:
        more = b"GET /poll HTTP/1.1\r\nHost: x\r\n\r\n" * 3
        await raw.send("POST / HTTP/1.1", "Transfer-Encoding: chunked")
        answering = asyncio.create_task(ends(raw))  # a reset loses what is not read yet
        await drip(raw, [b"1\r\nx\r\n", body + more])

        answer = await answering

    assert answer.startswith(b"HTTP/1.1 400 ")
    assert answer.count(b"HTTP/1.") == 1
    assert caplog.records == []


@pytest.mark.parametrize("body", [*BREAKING, b""])
async def test_a_body_that_breaks_behind_its_answer_is_no_fault_of_ours(
    body: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    async with served(Bounds()) as port, connected(port) as raw:
        await raw.send("POST /nowhere HTTP/1.1", "Transfer-Encoding: chunked")
        async with asyncio.timeout(LIMIT):
            head = await raw.reader.readuntil(b"\r\n\r\n")
        await drip(raw, [b"1\r\nx\r\n", body])
        raw.writer.write_eof()

        await ends(raw)

    assert head.startswith(b"HTTP/1.1 404 ")
    assert caplog.records == []


@pytest.mark.parametrize(
    "begins",
    [
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX: \x01\r\n\r\n",
        b"no request at all\r\n\r\n",
        b"GET / HTTP/1.1\r\nX: x",
    ],
)
@pytest.mark.parametrize("size", [20_000, 200_000])
async def test_whoever_has_more_to_send_is_told_all_the_same_what_is_wrong(begins: bytes, size: int) -> None:
    """A connection that ended at once would be reset, and the answer lost."""
    async with served(Bounds()) as port, connected(port) as raw:
        raw.writer.write(begins + b"y" * size + b"\r\n\r\n")
        await raw.writer.drain()

        answer = await ends(raw)

    assert answer.split()[1:2] in ([b"400"], [b"431"])


async def test_a_body_that_makes_progress_may_take_long() -> None:
    async with served() as port, connected(port) as raw:
        await raw.send("POST / HTTP/1.1", "Content-Length: 50000")
        await drip(raw, [b"x" * 1_000] * 50)

        assert await raw.body(await raw.head()) == b"50000"


async def test_long_polls_and_sockets_may_wait_as_long_as_they_like() -> None:
    async with (
        served() as port,
        ClientSession(f"http://127.0.0.1:{port}") as session,
        session.ws_connect("/socket") as socket,
        session.get("/poll") as answer,
    ):
        said = await answer.text()
        await socket.send_str("still there")

        assert (said, await socket.receive_str()) == ("news", "still there")


@pytest.mark.parametrize("path", ["/file", "/whole"])
async def test_an_answer_that_nobody_takes_is_thrown_away(path: str) -> None:
    async with served() as port, connected(port) as raw:
        raw.writer.transport.pause_reading()  # type: ignore[attr-defined]
        await raw.send(f"GET {path} HTTP/1.1", "Connection: close")
        await asyncio.sleep(LONGER)
        raw.writer.transport.resume_reading()  # type: ignore[attr-defined]

        assert len(await ends(raw)) < len(LARGE)


@pytest.mark.parametrize("path", ["/file", "/whole"])
async def test_an_answer_that_is_taken_slowly_arrives(path: str) -> None:
    async with served() as port, connected(port) as raw:
        await raw.send(f"GET {path} HTTP/1.1", "Connection: close")
        taken = b""
        while piece := await raw.reader.read(400_000):
            taken += piece
            await asyncio.sleep(0.05)

        assert taken.count(b"x") >= len(LARGE)


async def test_headers_have_room_for_what_is_usual() -> None:
    async with served() as port, connected(port) as raw:
        many = [f"X-{number}: {'x' * 400}" for number in range(60)]
        await raw.send(
            "POST / HTTP/1.1", f"Authorization: {'x' * 4_000}", *many, "Content-Length: 1", body=b"x"
        )

        assert (await raw.head()).status == 200


@pytest.mark.parametrize("line", [b"X-%d: " + b"x" * 4_000, b"X-%d: " + b"x" * 400])
async def test_headers_have_no_room_for_a_megabyte(line: bytes) -> None:
    async with served(Bounds()) as port, connected(port) as raw:
        raw.writer.write(b"POST / HTTP/1.1\r\n")
        for number in range(120):
            raw.writer.write(line % number + b"\r\n")

        answer = await ends(raw)

    assert answer == b"" or answer.startswith(b"HTTP/1.1 431 ")  # the end may overtake the answer


async def test_a_flood_of_connections_keeps_nobody_out() -> None:
    async with served(Bounds(connections=100, connections_per_address=20)) as port:
        flood = [await asyncio.open_connection("127.0.0.1", port) for _ in range(60)]
        async with connected(port) as raw:
            await raw.send("POST / HTTP/1.1", "Content-Length: 1", body=b"x")
            answered = await raw.body(await raw.head())
        left = [reader for reader, _ in flood if not reader.at_eof() and reader.exception() is None]
        for _, writer in flood:
            writer.close()

    assert answered == b"1"
    assert len(left) <= 20


def test_the_process_has_descriptors_for_its_connections() -> None:
    assert room_for(100) == 100
    assert 16 <= room_for(10_000_000) < 10_000_000


def test_what_cannot_be_accepted_is_told_once_in_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    loop = asyncio.new_event_loop()
    fault = {
        "message": "socket.accept() out of system resource",
        "exception": OSError(errno.EMFILE, "Too many open files"),
    }

    with caplog.at_level(logging.ERROR), told_seldom(), socket.socket() as listening:
        for _ in range(1_000):
            loop.call_exception_handler({**fault, "socket": listening})
        loop.call_exception_handler({"message": "something else"})
    loop.close()

    assert len(caplog.messages) == 2
    assert "MAX_CONNECTIONS" in caplog.messages[0]
