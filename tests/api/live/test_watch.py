"""Sockets of staff: they hear of the tickets that they watch, and nobody else does."""

from typing import Any

import pytest

from api.live import asks as live_asks
from api.live import reader as live_reader
from tests.api.stage import AGENT, AS_SAM, STAFF, TICKETS, Stage, listening, place, token
from tickets.desks.ticket_desk import Said
from tickets.model import Status

SAM = token("sam", **STAFF)
EVERYTHING = ("ticket_opened", "message", "edit_message", "delete_message", "ticket_updated", "ticket_closed")
ALL_NAMES = (*EVERYTHING, "ticket_reopened", "note", "edit_note", "delete_note")


def contents(told: list[Any]) -> list[str]:
    return [it["content"] for it in told]


@pytest.mark.parametrize("all_", ["all", {"ticket_id": "all"}])
@pytest.mark.parametrize("role", ["AGENT", "ADMIN"])
async def test_who_watches_all_hears_what_everybody_else_does(stage: Stage, role: str, all_: Any) -> None:
    async with listening(stage, query=token("sam", role=role)) as ear:
        answer = await ear.client.call("watch", all_, timeout=30)
        ticket = await stage.opened()
        await stage.posted(ticket, "Hello?")
        message = (await stage.desk.post(AGENT, ticket, Said("Yes?"))).id
        await stage.desk.edit(AGENT, ticket, message, Said("Yes!"))
        await stage.desk.delete(AGENT, ticket, message)
        await stage.desk.change(AGENT, ticket, {"issue_level": "URGENT"})
        await stage.desk.close(AGENT, ticket, Status.UNRESOLVED)
        await stage.desk.reopen(AGENT, ticket)
        await ear.until("ticket_reopened")

    assert answer == {"ok": True, "ticket_id": "all", "missed": 0, "event_id": "0"}
    told = [(name, payload) for name, payload in ear.heard if name in ALL_NAMES]
    assert [name for name, _ in told] == [
        "ticket_opened",
        "message",
        "message",
        "edit_message",
        "delete_message",
        "ticket_updated",
        "ticket_closed",
        "ticket_reopened",
    ]
    assert [place(it["event_id"]) for _, it in told] == list(range(1, 9))
    assert told[0][1]["topic"] == "It is broken"
    assert (told[1][1]["content"], told[1][1]["author_type"]) == ("Hello?", "REQUESTER")


@pytest.mark.parametrize("address", ["1", None])
async def test_one_ticket_is_watched_by_its_id_or_its_number(stage: Stage, address: str | None) -> None:
    ticket, other = await stage.opened(), await stage.opened("bob")

    async with listening(stage, query=SAM) as ear:
        answer = await ear.client.call("watch", {"ticket_id": address or ticket}, timeout=30)
        await stage.posted(other, "Elsewhere", "bob")
        await stage.posted(ticket, "Here")
        assert (await ear.until("message"))["content"] == "Here"
        assert (await ear.client.call("unwatch", {"ticket_id": address or ticket}, timeout=30))["ok"]
        await stage.posted(ticket, "Not any more")
        await ear.client.call("watch", other, timeout=30)
        await stage.posted(other, "Now here", "bob")
        await ear.until("message", count=2)

    assert place(answer.pop("event_id")) == 2
    assert answer == {"ok": True, "ticket_id": ticket, "missed": 0}
    assert contents(ear.payloads("message")) == ["Here", "Now here"]


async def test_unwatching_all_ends_every_watch_but_ones_own_tickets(stage: Stage) -> None:
    ticket = await stage.opened()
    own = await stage.opened("sam")

    async with listening(stage, query=SAM) as ear:
        await ear.client.call("watch", ticket, timeout=30)
        await ear.client.call("watch", "all", timeout=30)
        await ear.client.call("unwatch", "all", timeout=30)
        await stage.posted(ticket, "Not heard")
        await stage.answered(own, "As requester")
        await ear.until("message")

    assert contents(ear.payloads("message")) == ["As requester"]


async def test_a_watch_begins_now_or_behind_the_last_event(stage: Stage) -> None:
    ticket, other = await stage.opened(), await stage.opened("bob")
    for number in range(50):
        await stage.desk.post(AGENT, ticket, Said(str(number)))
        await stage.desk.post(AGENT, other, Said("Bob's"))

    async with listening(stage, query=SAM) as ear:
        now = await ear.client.call("watch", {"ticket_id": ticket}, timeout=30)
        back = await ear.client.call("watch", {"ticket_id": ticket, "last_event_id": "42"}, timeout=30)
        again = await ear.client.call("watch", {"ticket_id": ticket, "last_event_id": 42}, timeout=30)
        await ear.until("message", count=30)
        await stage.posted(ticket, "Live")
        await ear.until("message", count=31)

    assert (now["missed"], back["missed"], again["missed"]) == (0, 30, 0)
    assert contents(ear.payloads("message")) == [*map(str, range(20, 50)), "Live"]


async def test_authorizing_can_watch_from_the_last_event_on_in_one_order(stage: Stage) -> None:
    ticket, own = await stage.opened(), await stage.opened("sam")
    await stage.answered(own, "0")
    await stage.posted(ticket, "1")
    await stage.answered(own, "2")

    async with listening(stage) as ear:
        answer = await ear.authorize(token=SAM, last_event_id="2", watch="all")
        await stage.posted(ticket, "3")
        await ear.until("message", count=4)
    async with listening(stage, auth={"token": SAM, "last_event_id": 3, "watch": [ticket]}) as one:
        await one.until("message", count=3)

    assert place(answer.pop("event_id")) == 2
    assert answer == {"ok": True, "user_id": "sam", "blocked": False, "missed": 3}
    assert contents(ear.payloads("message")) == list("0123")
    assert contents(one.payloads("message")) == list("123")


async def test_authorizing_again_reaches_back_for_what_is_watched_too(stage: Stage) -> None:
    ticket = await stage.opened()
    await stage.posted(ticket, "Missed")

    async with listening(stage, query=SAM) as ear:
        await ear.client.call("watch", "all", timeout=30)
        answer = await ear.authorize(token=SAM, last_event_id="1")
        assert (await ear.until("message"))["content"] == "Missed"

    assert answer["missed"] == 1


async def test_ones_own_doing_is_told_with_echo_alone(stage: Stage) -> None:
    ticket = await stage.opened()

    async with listening(stage) as quiet, listening(stage) as loud:
        await quiet.authorize(token=SAM, watch="all")
        await loud.authorize(token=SAM, watch="all", echo=True)
        await stage.desk.post(AS_SAM, ticket, Said("Mine"))
        await stage.desk.add_note(AS_SAM, ticket, Said("My note"))
        await stage.posted(ticket, "Theirs")
        for ear, count in ((quiet, 1), (loud, 2)):
            await ear.until("message", count=count)

    assert contents(quiet.payloads(*ALL_NAMES)) == ["Theirs"]
    assert contents(loud.payloads(*ALL_NAMES)) == ["Mine", "My note", "Theirs"]


async def test_notes_reach_staff_that_watches_and_nobody_else(stage: Stage) -> None:
    """Every way to hear: the requester's device, with echo, replayed; staff without a watch; staff whose
    own ticket it is; a guest; nobody."""
    ticket, sams = await stage.opened(), await stage.opened("sam")

    async def notes(on: str) -> None:
        note = await stage.desk.add_note(AGENT, on, Said("Sounds angry"))
        await stage.desk.edit(AGENT, on, note.id, Said("Is angry"))
        await stage.desk.delete(AGENT, on, note.id)

    await notes(ticket)
    await notes(sams)
    async with (
        listening(stage) as watching,
        listening(stage) as requester,
        listening(stage) as sam,
        listening(stage) as idle,
        listening(stage, query=token("eve", role="TEMP_USER")) as guest,
        listening(stage) as nobody,
    ):
        await watching.authorize(token=token("kim", **STAFF), watch="all", last_event_id="0")
        await requester.authorize(token=token(), echo=True, last_event_id="0")
        await sam.authorize(token=SAM, echo=True, last_event_id="0", watch=[sams, "all"])
        await idle.authorize(token=token("joe", **STAFF), echo=True, last_event_id="0")
        for refused in (requester, guest, nobody):
            assert not (await refused.client.call("watch", ticket, timeout=30))["ok"]
        await notes(ticket)
        await notes(sams)
        await stage.answered(ticket, "The end")
        await stage.answered(sams, "The end")
        for ear in (watching, requester, sam):
            await ear.until("message", count=1 if ear is requester else 2)

    notes_told = ["note", "edit_note", "delete_note"]
    assert [it for it in watching.names if "note" in it] == notes_told * 4
    assert [it["ticket_id"] for name, it in sam.heard if "note" in name] == [ticket] * 6
    assert contents([it for name, it in watching.heard if "note" in name])[:3] == ["", "", ""]
    assert set(requester.names) == {"authorized", "ticket_opened", "message", "error"}
    assert idle.names == ["authorized"]
    assert set(guest.names) == {"authorized", "error"}
    assert nobody.names == ["error"]


async def test_a_note_is_told_as_it_was_then(stage: Stage) -> None:
    ticket = await stage.opened()

    async with listening(stage) as ear:
        await ear.authorize(token=SAM, watch=ticket)
        note = await stage.desk.add_note(AGENT, ticket, Said("Sounds angry"))
        await ear.until("note")
        await stage.desk.edit(AGENT, ticket, note.id, Said("Is angry"))
        await ear.until("edit_note")

    assert contents(ear.payloads("note", "edit_note")) == ["Sounds angry", "Is angry"]
    assert ear.payloads("note")[0]["ticket_id"] == ticket


@pytest.mark.parametrize("role", ["CUSTOMER", "TEMP_USER"])
async def test_only_staff_may_watch(stage: Stage, role: str) -> None:
    ticket, other = await stage.opened(), await stage.opened("bob")

    async with listening(stage) as ear:
        early = await ear.client.call("watch", "all", timeout=30)
        refused = await ear.authorize(token=token(role=role), watch="all")
        await ear.authorize(token=token(role=role))
        for address in ("all", ticket, other, "999"):
            for event in ("watch", "unwatch"):
                answer = await ear.client.call(event, address, timeout=30)
                assert answer == {"ok": False, "error": "Only staff may watch tickets.", "code": "staff_only"}
        await stage.posted(other, "Private", "bob")
        await stage.answered(ticket, "The end")
        await ear.until("message")

    assert early == {"ok": False, "error": "not authorized", "code": "not_authorized"}
    assert refused == {"ok": False, "error": "Only staff may watch tickets.", "code": "staff_only"}
    assert contents(ear.payloads("message")) == ["The end"]
    assert ear.names.count("error") == 10


async def test_who_is_no_longer_staff_watches_no_more(stage: Stage) -> None:
    ticket = await stage.opened()
    own = await stage.opened("sam")

    async with listening(stage, query=SAM) as ear:
        await ear.client.call("watch", "all", timeout=30)
        await ear.client.call("watch", ticket, timeout=30)
        await ear.authorize(token=token("sam"), last_event_id="0")
        await stage.desk.add_note(AGENT, ticket, Said("Hush"))
        await stage.posted(ticket, "Private")
        await stage.answered(own, "As requester")
        await ear.until("message")
        await ear.authorize(token=SAM)
        await stage.posted(ticket, "Not watched again by that")
        await stage.answered(own, "Still")
        await ear.until("message", count=2)

    assert contents(ear.payloads(*ALL_NAMES)) == ["As requester", "Still"]


async def test_another_user_on_the_same_socket_watches_nothing(stage: Stage) -> None:
    ticket = await stage.opened()

    async with listening(stage, query=SAM) as ear:
        await ear.client.call("watch", "all", timeout=30)
        await ear.authorize(token=token("kim", **STAFF))
        await stage.posted(ticket, "Not heard")
        await ear.client.call("watch", "all", timeout=30)
        await stage.posted(ticket, "Heard")
        await ear.until("message")

    assert contents(ear.payloads("message")) == ["Heard"]


@pytest.mark.parametrize(
    ("said", "code", "reason"),
    [
        (None, "payload_invalid", "ticket_id missing"),
        ([1], "payload_invalid", "ticket_id missing"),
        ({}, "payload_invalid", "ticket_id missing"),
        ("", "payload_invalid", '"ticket_id" invalid'),
        ({"ticket_id": True}, "payload_invalid", '"ticket_id" invalid'),
        ({"ticket_id": 1.5}, "payload_invalid", '"ticket_id" invalid'),
        ({"ticket_id": "x" * 65}, "payload_invalid", '"ticket_id" invalid'),
        ({"ticket_id": "all", "last_event_id": -1}, "payload_invalid", '"last_event_id" invalid'),
        ("999", "ticket_not_found", "There is no ticket 999."),
        ({"ticket_id": 999}, "ticket_not_found", "There is no ticket 999."),
        ({"ticket_id": -1}, "ticket_not_found", "There is no ticket -1."),
    ],
)
async def test_what_cannot_be_watched_is_an_error(stage: Stage, said: Any, code: str, reason: str) -> None:
    async with listening(stage, query=SAM) as ear:
        answer = await ear.client.call("watch", said, timeout=30)
        await ear.until("error")

    assert answer == {"ok": False, "error": reason, "code": code}
    assert ear.payloads("error") == [{"message": reason, "code": code}]


@pytest.mark.parametrize("said", [1, {"ticket_id": 1}, {"ticket_id": "1"}])
async def test_an_integer_is_the_number_of_the_ticket(stage: Stage, said: Any) -> None:
    ticket = await stage.opened()

    async with listening(stage, query=SAM) as ear:
        answer = await ear.client.call("watch", said, timeout=30)
        assert (await ear.client.call("typing", {"ticket_id": 1}, timeout=30))["ok"]
        ended = await ear.client.call("unwatch", said, timeout=30)

    assert (answer["ok"], answer["ticket_id"]) == (True, ticket)
    assert ended == {"ok": True, "ticket_id": ticket}


async def test_single_tickets_are_watched_up_to_a_number(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_asks, "MOST_WATCHED", 2)
    tickets = [await stage.opened() for _ in range(3)]

    async with listening(stage, query=SAM) as ear:
        answers = [await ear.client.call("watch", it, timeout=30) for it in tickets]
        assert (await ear.client.call("watch", "all", timeout=30))["ok"]
        again = await ear.client.call("watch", tickets[0], timeout=30)
        at_once = await ear.authorize(token=SAM, watch=[tickets[2]])

    assert [it["ok"] for it in answers] == [True, True, False]
    assert again["ok"]
    assert (answers[2]["code"], at_once["code"]) == ("too_many_watched", "too_many_watched")


async def test_what_was_missed_is_counted_to_a_limit_and_told_without(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_reader, "MOST_COUNTED", 7)
    ticket = await stage.opened()
    for number in range(20):
        await stage.desk.post(AGENT, ticket, Said(str(number)))

    async with listening(stage, query=SAM) as ear:
        answer = await ear.client.call("watch", {"ticket_id": "all", "last_event_id": 0}, timeout=30)
        await ear.until("message", count=20)

    assert answer["missed"] == 7


async def test_a_watch_that_is_not_to_be_acknowledged_works_too(stage: Stage) -> None:
    ticket = await stage.opened()

    async with listening(stage, query=SAM) as ear:
        await ear.client.emit("watch", ticket)
        await ear.all_heard()
        await stage.posted(ticket, "Heard")
        await ear.until("message")
        assert (await stage.ask("GET", f"{TICKETS}/1", "sam", claims=STAFF)).status == 200
