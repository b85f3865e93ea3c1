"""Sockets: who hears what."""

import asyncio
from typing import Any

import pytest

from tests.api.stage import AGENT, STAFF, TICKETS, Stage, listening, place, token
from tickets.desks.ticket_desk import Said
from tickets.model import Status


async def test_a_token_in_the_query_authorizes(stage: Stage) -> None:
    await stage.opened()

    async with listening(stage, query=token()) as ear:
        newest = await stage.newest()
        assert await ear.until("authorized") == {"user_id": "ann", "event_id": newest, "blocked": False}
        await stage.answered("1", "Look here")
        message = await ear.until("message")

    (listed,) = await stage.messages("1")
    assert place(message.pop("event_id")) == 2
    assert message == listed


async def test_a_token_in_the_handshake_authorizes(stage: Stage) -> None:
    await stage.opened()

    async with listening(stage, auth={"token": token()}) as ear:
        await ear.until("authorized")
        await stage.answered("1")
        await ear.until("message")


async def test_the_authorize_event_authorizes_and_is_acknowledged(stage: Stage) -> None:
    await stage.opened()

    async with listening(stage) as ear:
        answer = await ear.authorize(token=token())
        newest = await stage.newest()
        assert answer == {"ok": True, "user_id": "ann", "missed": 0, "event_id": newest, "blocked": False}
        assert ear.names == ["authorized"]
        await stage.answered("1")
        await ear.until("message")


async def test_long_polling_does_too(stage: Stage) -> None:
    await stage.opened()

    async with listening(stage, query=token(), transports=("polling",)) as ear:
        await ear.until("authorized")
        await stage.answered("1")
        await ear.until("message")


async def test_polling_that_is_upgraded_does_too(stage: Stage) -> None:
    await stage.opened()

    async with listening(stage, query=token(), transports=("polling", "websocket")) as ear:
        await ear.until("authorized")
        await stage.answered("1")
        await ear.until("message")
        assert ear.client.transport() == "websocket"


async def test_authorizing_again_changes_nothing(stage: Stage) -> None:
    await stage.opened()

    async with listening(stage, query=token()) as ear:
        for _ in range(3):
            assert (await ear.authorize(token=token()))["ok"]
        await stage.answered("1", "Once")
        await stage.answered("1", "Last")
        await ear.until("message", count=2)

    assert [it["content"] for it in ear.payloads("message")] == ["Once", "Last"]


@pytest.mark.parametrize(
    ("said", "code", "reason"),
    [
        ({"token": "nonsense"}, "token_malformed", "token malformed"),
        ({"token": token(exp=1)}, "token_expired", "token expired"),
        ({"token": 5}, "token_malformed", '"token" invalid'),
        ({"token": None}, "token_malformed", '"token" invalid'),
        ({"token": "\ud800"}, "token_malformed", "token malformed"),
        ({}, "token_missing", "token missing"),
        (None, "token_missing", "token missing"),
        ("token", "token_missing", "token missing"),
        ([1], "token_missing", "token missing"),
        ({"token": token(), "last_event_id": "x"}, "payload_invalid", '"last_event_id" invalid'),
        ({"token": token(), "last_event_id": -1}, "payload_invalid", '"last_event_id" invalid'),
        ({"token": token(), "last_event_id": True}, "payload_invalid", '"last_event_id" invalid'),
        ({"token": token(), "last_event_id": "9" * 40}, "payload_invalid", '"last_event_id" invalid'),
        ({"token": token(), "echo": "yes"}, "payload_invalid", '"echo" invalid'),
        ({"token": token(), "watch": "all"}, "staff_only", "Only staff may watch tickets."),
    ],
)
async def test_a_refused_token_is_an_error_and_the_socket_stays(
    stage: Stage, said: Any, code: str, reason: str
) -> None:
    await stage.opened()

    async with listening(stage) as ear:
        answer = await ear.client.call("authorize", said, timeout=30)
        await ear.until("error")
        await stage.answered("1")
        assert (await ear.authorize(token=token()))["ok"]

    assert answer == {"ok": False, "error": reason, "code": code}
    assert ear.heard[0] == ("error", {"message": reason, "code": code})
    assert ear.names == ["error", "authorized"]


async def test_a_refused_token_in_the_query_is_an_error(stage: Stage) -> None:
    async with listening(stage, query="nonsense") as ear:
        assert await ear.until("error") == {"message": "token malformed", "code": "token_malformed"}
        assert ear.client.connected


async def test_events_that_are_ours_or_nobodys_do_no_harm(stage: Stage) -> None:
    await stage.opened()

    async with listening(stage) as ear:
        for name, data in [
            ("connect", ({}, {"token": "x"})),
            ("connect", ()),
            ("disconnect", ()),
            ("message", ("hello",)),
            ("nothing", tuple(range(50))),
            ("authorize", (1, 2, 3, 4)),
            ("__proto__", ({"a": 1},)),
        ]:
            await ear.client.emit(name, data)
        await stage.answered("1")
        assert (await ear.authorize(token=token()))["ok"]
        await stage.answered("1", "Still here")
        message = await ear.until("message")

    assert message["content"] == "Still here"


async def test_nobody_else_hears(stage: Stage) -> None:
    await stage.opened("ann")
    await stage.opened("bob")

    async with (
        listening(stage) as nobody,
        listening(stage, query=token("eve")) as eve,
        listening(stage, query=token("sam", **STAFF)) as staff,
        listening(stage, query=token("bob")) as bob,
        listening(stage, query=token("ann")) as ann,
    ):
        for ear in (eve, staff, bob, ann):
            await ear.until("authorized")
        await stage.answered("1", "For Ann")
        await stage.answered("2", "For Bob")
        await ann.until("message")
        await bob.until("message")
        for ear in (eve, staff):
            await ear.authorize(token=token("eve"))

    assert [it["content"] for it in ann.payloads("message")] == ["For Ann"]
    assert [it["content"] for it in bob.payloads("message")] == ["For Bob"]
    assert nobody.heard == []
    assert set(eve.names) == set(staff.names) == {"authorized"}


async def test_every_device_hears(stage: Stage) -> None:
    await stage.opened()

    async with listening(stage, query=token()) as phone, listening(stage, query=token()) as desk:
        await phone.until("authorized")
        await desk.until("authorized")
        await stage.answered("1")

        assert await phone.until("message") == await desk.until("message")


async def test_notes_and_ones_own_doing_are_not_told(stage: Stage) -> None:
    ticket = await stage.opened()

    async with listening(stage, query=token()) as ear:
        await ear.until("authorized")
        note = await stage.desk.add_note(AGENT, ticket, Said("Sounds angry"))
        mine = await stage.posted(ticket, "Hello?")
        await stage.ask("PATCH", f"{TICKETS}/1/messages/{mine}", json={"content": "Hello!"})
        await stage.desk.edit(AGENT, ticket, note.id, Said("Is angry"))
        await stage.ask("DELETE", f"{TICKETS}/1/messages/{mine}")
        await stage.desk.delete(AGENT, ticket, note.id)
        await stage.answered(ticket, "The end")
        await ear.until("message")

    assert ear.names == ["authorized", "message"]
    assert ear.payloads("message")[0]["content"] == "The end"


async def test_with_echo_ones_own_doing_is_told_but_never_notes(stage: Stage) -> None:
    async with listening(stage, query=token()) as phone, listening(stage) as desk:
        await phone.until("authorized")
        await desk.authorize(token=token(), echo=True)
        ticket = await stage.opened()
        await stage.desk.add_note(AGENT, ticket, Said("Sounds angry"))
        mine = await stage.posted(ticket, "Hello?")
        await stage.ask("DELETE", f"{TICKETS}/1/messages/{mine}")
        await desk.until("delete_message")
        await desk.authorize(token=token(), echo=False)
        await stage.posted(ticket, "Not told")
        await stage.answered(ticket, "The end")
        await desk.until("message", count=2)
        await phone.until("message")

    assert [name for name in desk.names if name != "authorized"] == [
        "ticket_opened",
        "message",
        "delete_message",
        "message",
    ]
    assert phone.names == ["authorized", "message"]


async def test_all_that_the_other_party_does_is_told_as_it_was_then(stage: Stage) -> None:
    ticket = await stage.opened()

    async with listening(stage, query=token()) as ear:
        await ear.until("authorized")
        message = (await stage.desk.post(AGENT, ticket, Said("Frist"))).id
        await stage.desk.edit(AGENT, ticket, message, Said("First"))
        await stage.desk.change(AGENT, ticket, {"issue_level": "CRITICAL"})
        await stage.desk.close(AGENT, ticket, Status.RESOLVED, "Done")
        await stage.desk.reopen(AGENT, ticket)
        await ear.until("ticket_reopened")
        await stage.desk.delete(AGENT, ticket, message)
        await ear.until("delete_message")

    told = ear.heard[1:]
    assert [name for name, _ in told] == [
        "message",
        "edit_message",
        "ticket_updated",
        "ticket_closed",
        "ticket_reopened",
        "delete_message",
    ]
    posted, edited, updated, closed, reopened, deleted = (payload for _, payload in told)
    assert (posted["content"], posted["edited"]) == ("Frist", False)
    assert (edited["content"], edited["edited"], edited["id"]) == ("First", True, message)
    assert (updated["issue_level"], updated["status"]) == ("CRITICAL", "PENDING")
    assert (closed["status"], closed["close_reason"]) == ("RESOLVED", "Done")
    assert reopened["status"] == "OPEN"
    assert (deleted["content"], deleted["deleted"], deleted["attachments"]) == ("", True, [])
    assert [place(payload["event_id"]) for _, payload in told] == [2, 3, 4, 5, 6, 7]


async def test_a_socket_can_change_hands(stage: Stage) -> None:
    await stage.opened("ann")
    await stage.opened("bob")

    async with listening(stage, query=token("ann")) as ear:
        await ear.authorize(token=token("bob"))
        await stage.answered("1", "For Ann")
        await stage.answered("2", "For Bob")
        await ear.until("message")

    assert [it["content"] for it in ear.payloads("message")] == ["For Bob"]


async def test_a_client_that_leaves_the_namespace_hears_no_more(stage: Stage) -> None:
    await stage.opened()
    async with stage.http.ws_connect(f"/socket.io/?EIO=4&transport=websocket&token={token()}") as ws:
        await ws.receive_str()
        await ws.send_str("40")
        assert (await ws.receive_str()).startswith("40{")
        assert (await ws.receive_str()).startswith('42["authorized"')
        await ws.send_str("41")
        await ws.send_str("40")
        assert (await ws.receive_str()).startswith("40{")
        assert (await ws.receive_str()).startswith('42["authorized"')
        await stage.answered("1")
        assert (await ws.receive_str(timeout=30)).startswith('42["message"')
        await ws.send_str("41")
        await stage.answered("1")
        with pytest.raises(asyncio.TimeoutError):
            await ws.receive_str(timeout=0.2)
