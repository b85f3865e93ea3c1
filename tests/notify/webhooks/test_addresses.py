"""No webhook goes to an address that is not of the Internet, whatever its name says."""

import asyncio
import socket
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from email.utils import formatdate
from typing import Any

import pytest
from aiohttp import web

from notify.webhooks.posting import Posting, webhook_session
from tests.notify.webhooks.backend import Backend, backend, endpoint, now
from tests.waiting import until

REFUSED = "is a private address; WEBHOOK_PRIVATE=on allows those"


def look(*addresses: str) -> Any:
    """What a name server says, another thing each time."""
    left = [*addresses]

    def getaddrinfo(host: str, port: int, **_: Any) -> list[Any]:
        address = left.pop(0) if len(left) > 1 else left[0]
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        return [(family, socket.SOCK_STREAM, 6, "", (address, port))]

    return getaddrinfo


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "localhost", "2130706433", "0x7f.1", "127.1", "0.0.0.0"],  # noqa: S104
)
async def test_this_machine_is_not_reached_by_any_spelling(host: str) -> None:
    async with backend() as inside, webhook_session(private=False) as session:
        url = f"http://{host}:{inside.port}/"
        answer, _ = await Posting(session, now).post(endpoint(url), "id", "{}")

        assert answer.status is None
        assert answer.fault
        assert inside.heard == []


@pytest.mark.parametrize("address", ["127.0.0.1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::"])
async def test_a_name_that_leads_inside_is_refused_when_connecting(address: str) -> None:
    async with backend() as inside, webhook_session(private=False, look=look(address)) as session:
        url = f"http://shop.example.com:{inside.port}/"
        answer, _ = await Posting(session, now).post(endpoint(url), "id", "{}")

        assert REFUSED in (answer.fault or "")
        assert inside.heard == []


async def test_a_name_that_changes_its_address_is_looked_at_again_at_each_connection() -> None:
    async with backend() as inside, webhook_session(private=False, look=look("192.0.2.1", "127.0.0.1")) as it:
        url = f"http://shop.example.com:{inside.port}/"
        answers = [await Posting(it, now).post(endpoint(url), "id", "{}") for _ in range(3)]

        assert all(REFUSED in (answer.fault or "") for answer, _ in answers)
        assert inside.heard == []


async def test_a_name_that_nobody_answers_for_does_not_keep_the_program_from_ending() -> None:
    before, asked, answers = {*threading.enumerate()}, threading.Event(), threading.Event()

    def hanging(*_: Any, **__: Any) -> list[Any]:
        asked.set()
        answers.wait()
        return []

    async with webhook_session(private=False, look=hanging) as session:
        posting = asyncio.create_task(Posting(session, now).post(endpoint("http://x.example/"), "id", "{}"))
        await until(asked.is_set)
        waits_for = {it for it in threading.enumerate() if not it.daemon} - before
        posting.cancel()
    answers.set()

    assert waits_for == set()


async def test_where_it_is_allowed_the_own_network_is_reached() -> None:
    async with backend() as inside, webhook_session(private=True, look=look("127.0.0.1")) as session:
        url = f"http://erp.example.com:{inside.port}/in"
        answer, _ = await Posting(session, now).post(endpoint(url), "id", "{}")

        assert answer.status == 204
        assert [it.path for it in inside.heard] == ["/in"]


async def test_redirects_are_not_followed() -> None:
    async with backend() as inside, webhook_session(private=True) as session:

        async def elsewhere(_: web.Request, __: Any) -> web.Response:
            return web.Response(status=307, headers={"Location": inside.url("/secret")})

        inside.replies["/hook"] = elsewhere
        answer, _ = await Posting(session, now).post(endpoint(inside.url()), "id", "{}")

        assert answer.status == 307
        assert not answer.is_taken
        assert inside.at("/secret") == []


@asynccontextmanager
async def _raw(reply: bytes, *, then_hang: bool = False) -> AsyncIterator[str]:
    """The URL of a server that says this and nothing else."""
    writers = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        await reader.readuntil(b"\r\n\r\n")
        writer.write(reply)
        await writer.drain()
        if then_hang:
            await reader.read()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        for writer in writers:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()


@pytest.mark.parametrize(
    ("reply", "then_hang", "status", "body"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9000000\r\n\r\nso far", True, 200, "so far"),
        (b"HTTP/1.1 200 OK\r\n\r\n" + b"a" * 100_000, False, 200, "a" * 1024),
        (b"HTTP/1.1 500 No\r\nContent-Length: 3\r\n\r\n\xff\x00a", False, 500, "\ufffd\ufffda"),
        (b"HTTP/1.1 204 No Content\r\n\r\n", False, 204, ""),
    ],
)
async def test_of_an_answer_the_first_kilobyte_counts(
    reply: bytes, then_hang: bool, status: int, body: str
) -> None:
    async with _raw(reply, then_hang=then_hang) as url, webhook_session(private=True) as session:
        answer, _ = await Posting(session, now).post(endpoint(url), "id", "{}")

        assert (answer.status, answer.body) == (status, body)


@pytest.mark.parametrize("reply", [b"SSH-2.0-OpenSSH\r\n", b"", b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000])
async def test_what_is_no_answer_is_a_fault(reply: bytes) -> None:
    async with _raw(reply) as url, webhook_session(private=True) as session:
        answer, _ = await Posting(session, now).post(endpoint(url), "id", "{}")

        assert answer.status is None
        assert 0 < len(answer.fault or "") <= 300


async def test_an_endpoint_says_how_long_it_wants_to_be_left_alone() -> None:
    at = now() // 1000 * 1000
    wishes = ["120", "soon", formatdate(at / 1000 + 60, usegmt=True), formatdate(0, usegmt=True)]
    async with backend() as shop, webhook_session(private=True) as session:

        async def later(_: web.Request, __: Any) -> web.Response:
            return web.Response(status=429, headers={"Retry-After": wishes.pop(0)})

        shop.replies["/hook"] = later
        posting = Posting(session, lambda: at)
        told = [(await posting.post(endpoint(shop.url()), "id", "{}"))[1] for _ in range(4)]

        assert told == [120.0, None, 60.0, 0.0]
        assert isinstance(shop, Backend)
