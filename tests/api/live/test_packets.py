"""What may be sent, how fast, and what the answer is to what means nothing."""

import pytest
from engineio.packet import CLOSE, MESSAGE, PONG
from socketio.packet import CONNECT, DISCONNECT, EVENT

from api.live.packets import (
    CALLERS,
    COUNTS_AS_ONE,
    LARGEST_PACKET,
    STRANGERS,
    Message,
    Pace,
    PacketRefused,
    TooFast,
    packet_of,
    packets_of,
)
from tests.api.stage import Stage, listening, token


def test_packets_are_read_as_clients_write_them() -> None:
    read = packets_of(b"3\x1e40\x1e" + '42["typing",{"ticket_id":"Ä"}]'.encode() + b"\x1e1")

    assert [it.packet_type for it in read] == [PONG, MESSAGE, MESSAGE, CLOSE]
    assert [it.data for it in read] == ["", "0", '2["typing",{"ticket_id":"Ä"}]', ""]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("0", (CONNECT, None, None, None)),
        ('0{"token":"x"}', (CONNECT, None, None, {"token": "x"})),
        ("0/admin,", (CONNECT, "/admin", None, None)),
        ("0/admin", (CONNECT, "/admin", None, None)),
        ('0/admin,{"token":"x"}', (CONNECT, "/admin", None, {"token": "x"})),
        ("1", (DISCONNECT, None, None, None)),
        ('2["read",{"a":"1-2"}]', (EVENT, None, None, ["read", {"a": "1-2"}])),
        ('217["read"]', (EVENT, None, 17, ["read"])),
        ('2/admin,17["read","/x,"]', (EVENT, "/admin", 17, ["read", "/x,"])),
    ],
)
def test_messages_are_read_as_clients_write_them(text: str, read: object) -> None:
    message = Message(encoded_packet=text)  # type: ignore[no-untyped-call]

    assert (message.packet_type, message.namespace, message.id, message.data) == read


@pytest.mark.parametrize("text", ["", "b", "bAAAA", "0", "6", "7", "x", "4", "\ud800", "٣"])
def test_what_is_no_packet_is_refused(text: str) -> None:
    with pytest.raises(PacketRefused):
        packet_of(text)


async def test_a_slow_client_may_send_for_ever_and_a_fast_one_not() -> None:
    slow, fast = Pace(), Pace()
    for number in range(10_000):
        slow.must_allow(10, STRANGERS, number / STRANGERS.per_second)

    for _ in range(STRANGERS.at_once):
        fast.must_allow(10, STRANGERS, 1.0)
    with pytest.raises(TooFast):
        fast.must_allow(10, STRANGERS, 1.0)


async def test_a_large_packet_counts_as_several() -> None:
    pace = Pace()
    for _ in range(STRANGERS.at_once * COUNTS_AS_ONE // LARGEST_PACKET):
        pace.must_allow(LARGEST_PACKET, STRANGERS, 1.0)

    with pytest.raises(TooFast):
        pace.must_allow(LARGEST_PACKET, STRANGERS, 1.0)


async def test_a_token_does_not_begin_the_count_anew() -> None:
    pace = Pace()
    for _ in range(STRANGERS.at_once):
        pace.must_allow(10, STRANGERS, 1.0)

    for _ in range(CALLERS.at_once - STRANGERS.at_once):
        pace.must_allow(10, CALLERS, 1.0)
    with pytest.raises(TooFast):
        pace.must_allow(10, CALLERS, 1.0)


@pytest.mark.parametrize("name", ["no_such_event", "connect", "disconnect", "message", "*", ""])
async def test_an_unknown_event_is_acknowledged_with_that(stage: Stage, name: str) -> None:
    await stage.opened()

    async with listening(stage, query=token()) as ear:
        answer = await ear.client.call(name, {"token": "x"}, timeout=30)
        await ear.client.emit(name, {"token": "x"})
        await stage.answered("1")
        await ear.until("message")

    assert answer == {"ok": False, "error": "there is no such event", "code": "event_unknown"}
    assert ear.names == ["authorized", "message"]


async def test_another_namespace_is_refused_and_the_socket_stays(stage: Stage) -> None:
    async with stage.http.ws_connect(f"/socket.io/?EIO=4&transport=websocket&token={token()}") as ws:
        await ws.send_str("40/admin,")
        await ws.send_str("40")
        said = [await ws.receive_str(timeout=30) for _ in range(4)]

    assert said[1] == '44/admin,"Unable to connect"'
    assert said[3].startswith('42["authorized"')


async def test_a_polling_client_may_say_much_at_once(stage: Stage) -> None:
    ticket = await stage.opened()
    path = f"/socket.io/?EIO=4&transport=polling&token={token('sam', role='AGENT')}"
    async with stage.http.get(path) as opened:
        sid = (await opened.text()).split('"')[3]
    path = f"{path}&sid={sid}"
    said = ["40", *(f'42{number}["watch","{ticket}"]' for number in range(150))]
    async with stage.http.post(path, data="\x1e".join(said)) as answer:
        assert answer.status == 200
    heard = ""
    while heard.count('"ok":true') < 150:
        async with stage.http.get(path) as answer:
            heard += await answer.text()

    assert [f'43{number}[{{"ok":true' in heard for number in range(150)] == [True] * 150
