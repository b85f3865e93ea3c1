"""Sockets take text, of few kinds and at a bearable pace; who sends anything else is ended."""

import asyncio
from collections.abc import Mapping
from typing import Final

import pytest

from chaos.hostile.raw import Raw, connected
from chaos.hostile.websocket import HELLO, Kind, frame, websocket
from chaos.house import Customer, House
from tests.hostile.noticing import nobody_else_notices

pytestmark = pytest.mark.asyncio(loop_scope="module")

POLLING = "/socket.io/?EIO=4&transport=polling"
MB = 1024 * 1024
HEADER = '451-["x",{"_placeholder":true,"num":0}]'
NESTED = '42["authorize",' + "[" * 30_000

BINARY: Final[Mapping[str, bytes]] = {
    "binary frame": frame(bytes(100)),
    "base64": frame("b" + "AAAA" * 1000),
    "event that announces an attachment": frame(HEADER),
    "large binary frame behind an event": frame('42["authorize",1]') + frame(bytes(60_000)),
    "base64 in pieces": frame("bAAAA", last=False) + frame("AAAA", Kind.CONTINUATION),
    "event with no attachments": frame("450-[]"),
    "acknowledgement with an attachment": frame('461-7[{"_placeholder":true,"num":0}]'),
}
WRONG: Final[Mapping[str, bytes]] = {
    "nothing": frame(""),
    "ping": frame("2"),
    "upgrade": frame("5"),
    "noop": frame("6"),
    "unknown kind": frame("9"),
    "empty message": frame("4"),
    "unknown message": frame("47"),
    "event without data": frame("42"),
    "event that is an object": frame("42{}"),
    "event without a name": frame("42[]"),
    "event with a number as its name": frame("42[1]"),
    "event with a list as its name": frame("42[[]]"),
    "acknowledgement without a number": frame('43["x"]'),
    "acknowledgement": frame('431["x"]'),
    "connection error": frame('44["x"]'),
    "deep JSON": frame(NESTED),
    "huge number": frame('42["x",' + "1" * 60_000 + "]"),
    "huge number of an acknowledgement": frame("42" + "9" * 60_000 + '["typing"]'),
    "huge namespace": frame("40/" + "n" * 60_000 + ","),
    "large packet": frame("4" * 70_000),
    "large binary packet": frame(bytes(MB)),
    "message inside of a message": frame("x", last=False) + frame("y"),
    "part of a control frame": frame("", Kind.PONG, last=False) * 400,
}
POSTED: Final[Mapping[str, bytes]] = {
    "base64": b"bAAAA",
    "much base64": b"bAAAA" * 10_000,
    "event with its attachment": HEADER.encode() + b"\x1ebAAAA",
    "base64 behind a packet": b"40\x1ebAAAA",
    "very many empty packets": b"\x1e" * 60_000,
    "nothing": b"",
    "form of JSONP": b"d=4",
    "no UTF-8": b"\xff\xfe",
    "probe": b"2probe",
    "upgrade": b"5",
    "deep JSON": NESTED.encode(),
    "very many packets": b"\x1e".join([b'42["x"]'] * 300),
    "large packet": b"4" * 70_000,
    "very large packet": b"4" * MB,
}
FLOODS: Final[Mapping[str, bytes]] = {
    "attachments": frame(HEADER) + frame(bytes(60_000)) * 16,
    "events": frame('42["typing",{"ticket_id":"1"}]') * 2_000,
    "unknown events": frame('420["no such event"]') * 4_000,
    "huge names of events": frame('42["' + "x" * 60_000 + '"]') * 16,
    "namespaces": frame("40/" + "x" * 60 + ",") * 4_000,
    "coming and going": (frame("41") + frame(HELLO)) * 10_000,
    "pongs of engine.io": frame("3") * 40_000,
    "pings": frame(b"", Kind.PING) * 40_000,
    "pings with content": frame(b"x" * 100, Kind.PING) * 10_000,
    "pongs": frame(b"", Kind.PONG) * 40_000,
    "long lists": frame('42["authorize",{"token":"x","watch":[' + "1," * 30_000 + "1]}]") * 16,
    "long lists of texts": frame('42["authorize",{"token":"x","watch":[' + '"",' * 20_000 + '""]}]') * 16,
    "long tokens": frame('42["authorize",{"token":"' + "x" * 60_000 + '"}]') * 16,
    "many names": frame('42["authorize",{' + ",".join(f'"{it}":0' for it in range(6_000)) + "}]") * 16,
    "rather deep JSON": frame('42["authorize",' + '{"a":' * 900 + "1" + "}" * 900 + "]") * 200,
}


async def until_ended(raw: Raw) -> bytes:
    """Everything that the socket is told until its connection ends, if it ends in order."""
    try:
        return await raw.rest()
    except ConnectionError:
        return b""


def log_of(house: House) -> str:
    return (house.data_dir / "guildesk.log").read_text()


async def session(house: House) -> str:
    """Open a polling session that is connected to the default namespace; the path of its requests."""
    async with house.session.get(f"{house.api_url}{POLLING}") as opened:
        sid = (await opened.text()).split('"')[3]
    path = f"{POLLING}&sid={sid}"
    assert await post(house, path, HELLO.encode()) == 200
    return path


async def post(house: House, path: str, payload: bytes) -> int:
    async with house.session.post(f"{house.api_url}{path}", data=payload) as answer:
        return answer.status


async def pour(house: House, pieces: list[bytes], address: str) -> int:
    """Send as fast as the process takes it, until it ends the connection or 10 seconds are over; the bytes
    that it took."""
    took = 0
    try:
        async with websocket(house.api_port, address=address) as raw, asyncio.timeout(30):
            for piece in pieces:
                raw.writer.write(piece)
                await raw.writer.drain()
                took += len(piece)
    except (ConnectionError, TimeoutError):
        return took
    return took


@pytest.mark.parametrize("sent", [*BINARY.items(), *WRONG.items()], ids=lambda it: it[0])
async def test_a_socket_that_sends_what_it_may_not_is_ended(house: House, sent: tuple[str, bytes]) -> None:
    before = log_of(house)
    async with websocket(house.api_port) as raw:
        raw.writer.write(sent[1])
        await until_ended(raw)

    assert "Traceback" not in log_of(house)[len(before) :]


@pytest.mark.parametrize("kind", BINARY)
async def test_who_sends_binary_is_told_why_it_is_ended(house: House, kind: str) -> None:
    async with websocket(house.api_port) as raw:
        raw.writer.write(BINARY[kind])
        told = await until_ended(raw)

    assert b'42["error",{"message":"no event takes binary data' in told
    assert b'"code":"binary_refused"' in told


@pytest.mark.parametrize("kind", POSTED)
async def test_a_polling_session_that_sends_what_it_may_not_is_ended(house: House, kind: str) -> None:
    path, before = await session(house), log_of(house)

    assert await post(house, path, POSTED[kind]) in (400, 413)

    assert await post(house, path, HELLO.encode()) == 400
    async with house.session.get(f"{house.api_url}{path}") as answer:
        assert answer.status == 400
    assert "Traceback" not in log_of(house)[len(before) :]


@pytest.mark.parametrize("kind", FLOODS)
async def test_a_flood_ends_the_socket_and_holds_up_nobody(house: House, kind: str) -> None:
    before = log_of(house)
    pieces = [FLOODS[kind]] * (300 * MB // len(FLOODS[kind]))
    async with nobody_else_notices(house):
        took = await asyncio.gather(*(pour(house, pieces, f"127.0.1.{it}") for it in range(8)))

    assert max(took) < 16 * MB
    assert "Traceback" not in log_of(house)[len(before) :]


@pytest.mark.slow
async def test_an_endless_message_of_empty_frames_holds_up_nobody(house: House) -> None:
    pieces = [frame("4", last=False)] + [frame(b"", Kind.CONTINUATION, last=False) * 40_000] * 100

    async with nobody_else_notices(house):
        await asyncio.gather(*(pour(house, pieces, "127.0.1.1") for _ in range(4)))


@pytest.mark.slow
async def test_polling_sessions_that_never_come_back_cost_little(house: House) -> None:
    casey = Customer(house, "casey")
    async with nobody_else_notices(house, memory_mb=60) as noticed, connected(house.api_port) as raw:
        for _ in range(2_000):
            await raw.send(f"GET {POLLING}&token={casey.token} HTTP/1.1")
            await raw.body(await raw.head())

    assert noticed.most_descriptors < 200


OF_CALLERS: Final[Mapping[str, str]] = {
    "authorizing": '42["authorize",{{"token":"{token}"}}]',
    "catching up": '42["authorize",{{"token":"{token}","last_event_id":0,"echo":true}}]',
    "typing": '421["typing",{{"ticket_id":"{ticket}"}}]',
    "typing elsewhere": '421["typing",{{"ticket_id":"another"}}]',
    "reading": '421["read",{{"ticket_id":"{ticket}","message_id":"{message}"}}]',
    "watching": '421["watch",{{"ticket_id":"{ticket}"}}]',
    "watching everything from the beginning": '421["watch",{{"ticket_id":"all","last_event_id":0}}]',
    "watching many": '42["authorize",{{"token":"{token}","watch":[{many}],"last_event_id":0}}]',
}


@pytest.mark.parametrize("kind", OF_CALLERS)
async def test_a_flood_of_a_caller_holds_up_nobody(house: House, kind: str) -> None:
    casey, sam = Customer(house, "casey"), Customer(house, "sam", "AGENT")
    ticket = await casey.open()
    message = await casey.post(ticket, "Hello")
    caller = sam if "watching" in kind else casey
    many = ",".join([f'"{ticket["id"]}"'] * 100)
    said = OF_CALLERS[kind].format(token=caller.token, ticket=ticket["id"], message=message["id"], many=many)
    begin = frame(f'42["authorize",{{"token":"{caller.token}"}}]')
    pieces = [begin] + [frame(said) * 100] * 200

    async with nobody_else_notices(house):
        took = await asyncio.gather(*(pour(house, pieces, f"127.0.1.{it}") for it in range(8)))

    assert max(took) < 8 * MB
