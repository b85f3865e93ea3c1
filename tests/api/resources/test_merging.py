"""Merging a guest into a customer over the API: who may, what then is whose, and what nobody is told."""

from typing import Any

import pytest
from aiohttp import FormData

from tests.api.stage import STAFF, TICKETS, Stage, listening, token

USERS = "/api/v1/users"
EVENTS = "/api/v1/events?after=0"
ADMIN = {"role": "ADMIN"}
GUEST = {"role": "TEMP_USER"}


async def opened_by_guest(stage: Stage, user: str = "gus") -> str:
    answer = await stage.ask(
        "POST", TICKETS, user, claims=GUEST, json={"topic": "Dark", "description": "No light."}
    )
    assert answer.status == 201
    return str(answer.json["id"])


async def merged(stage: Stage, guest: str = "gus", user: str = "ann", **claims: Any) -> Any:
    return await stage.ask(
        "POST", f"{USERS}/{user}/merge", "root", claims=ADMIN | claims, json={"from": guest}
    )


async def guests_history(stage: Stage) -> tuple[str, str]:
    """A ticket of the guest's, with what both sides said; the guest's message."""
    ticket = await opened_by_guest(stage)
    said = await stage.ask(
        "POST", f"{TICKETS}/{ticket}/messages", "gus", claims=GUEST, json={"content": "Hello?"}
    )
    await stage.answered(ticket, "Hello!")
    return ticket, str(said.json["id"])


async def test_the_customer_has_what_the_guest_had(stage: Stage) -> None:
    await stage.opened("ann")
    ticket, message = await guests_history(stage)

    answer = await merged(stage)

    assert answer.status == 200
    assert (answer.json["id"], answer.json["ticket_count"]) == ("ann", 2)
    assert ticket in {it["id"] for it in answer.json["tickets"]}
    mine = await stage.ask("GET", f"{TICKETS}/{ticket}")
    assert [mine.json[it] for it in ("user_id", "username", "user_role")] == ["ann", "Ann", "CUSTOMER"]
    messages = await stage.messages(ticket)
    assert [it["author_id"] for it in messages] == ["ann", "77"]
    assert messages[0]["author_type"] == "REQUESTER"
    edit = await stage.ask("PATCH", f"{TICKETS}/{ticket}/messages/{message}", json={"content": "Hi?"})
    assert (edit.status, edit.json["author_name"]) == (200, "Ann")
    for user, count in (("ann", 2), ("gus", 0)):
        found = await stage.ask("GET", f"{TICKETS}?user_id={user}", "sam", claims=STAFF)
        assert len(found.json) == count
        known = await stage.ask("GET", f"{USERS}/{user}", "sam", claims=STAFF)
        assert known.json["ticket_count"] == count


async def test_the_guests_token_opens_nothing_of_it_any_more(stage: Stage) -> None:
    await stage.opened("ann")
    ticket, message = await guests_history(stage)
    await merged(stage)

    path = f"{TICKETS}/{ticket}"
    answers = [
        await stage.ask("GET", path, "gus", claims=GUEST),
        await stage.ask("GET", f"{TICKETS}/2", "gus", claims=GUEST),
        await stage.ask("GET", f"{path}/messages", "gus", claims=GUEST),
        await stage.ask("GET", f"{path}/transcript", "gus", claims=GUEST),
        await stage.ask("GET", f"{path}/attachments", "gus", claims=GUEST),
        await stage.ask("PATCH", path, "gus", claims=GUEST, json={"topic": "Mine"}),
        await stage.ask("POST", f"{path}/messages", "gus", claims=GUEST, json={"content": "Mine"}),
        await stage.ask("DELETE", f"{path}/messages/{message}", "gus", claims=GUEST),
    ]
    lists = [await stage.ask("GET", it, "gus", claims=GUEST) for it in (TICKETS, EVENTS)]

    assert [it.status for it in answers] == [404] * len(answers)
    assert [it.json for it in lists] == [[], []]


async def test_the_feed_tells_the_customer_what_was_before(stage: Stage) -> None:
    await stage.opened("ann")
    ticket, _ = await guests_history(stage)
    await merged(stage)

    events = (await stage.ask("GET", EVENTS)).json

    told = [it for it in events if it["ticket_id"] == ticket]
    assert [it["event"] for it in told] == ["ticket_opened", "message", "message", "ticket_updated"]
    assert [it["actor"]["id"] for it in told] == ["ann", "ann", "77", "root"]
    assert "gus" not in str(events)


async def test_sockets_of_the_customer_hear_of_it_and_replay_it_and_the_guests_hear_nothing(
    stage: Stage,
) -> None:
    await stage.opened("ann")
    ticket, _ = await guests_history(stage)

    async with listening(stage) as anns, listening(stage) as guests:
        await anns.authorize(token=token())
        await guests.authorize(token=token("gus", **GUEST))
        await merged(stage)
        assert (await anns.until("ticket_updated"))["user_id"] == "ann"
        await stage.answered(ticket, "Still there?")
        await anns.until("message")
        own = await opened_by_guest(stage)
        await stage.answered(own, "To the guest")
        assert (await guests.until("message"))["content"] == "To the guest"
        assert set(guests.names) == {"authorized", "message"}

    async with listening(stage) as back, listening(stage) as stranger:
        await back.authorize(token=token(), last_event_id="0", echo=True)
        missed = (await stranger.authorize(token=token("gus", **GUEST), last_event_id="0", echo=True))[
            "missed"
        ]
        await back.until("message", count=3)
        await stranger.until("message")
    contents = [it["content"] for it in back.payloads("message")]
    assert contents == ["Hello?", "Hello!", "Still there?"]
    assert [it["author_id"] for it in back.payloads("message")] == ["ann", "77", "77"]
    assert {it["user_id"] for it in back.payloads("ticket_opened", "ticket_updated")} == {"ann"}
    assert missed == 2
    assert {it["ticket_id"] for it in stranger.payloads("message")} == {own}


async def test_the_record_says_what_happened(stage: Stage) -> None:
    await stage.opened("ann")
    ticket, _ = await guests_history(stage)
    await merged(stage)

    history = await stage.ask("GET", f"{TICKETS}/{ticket}/history", "sam", claims=STAFF)
    page = await stage.ask("GET", f"{TICKETS}/{ticket}/transcript?format=json")

    entry = next(it for it in history.json if it["field"] == "requester")
    assert (entry["actor"]["id"], entry["old"], entry["new"]) == ("root", "gus", "ann")
    assert page.status == 200
    assert [it["author"]["name"] for it in page.json["messages"]] == ["Ann", "Sam of Support"]
    for form in ("html", "txt", "md"):
        shown = await stage.ask("GET", f"{TICKETS}/{ticket}/transcript?format={form}")
        assert shown.status == 200


async def test_files_go_along(stage: Stage) -> None:
    await stage.opened("ann")
    await opened_by_guest(stage)
    form = FormData()
    form.add_field("file", b"abc", filename="a.txt")
    sent = await stage.ask("POST", "/api/v1/attachments", "gus", claims=GUEST, data=form)
    await merged(stage)

    path = f"/api/v1/attachments/{sent.json['id']}"
    assert (await stage.ask("DELETE", path, "gus", claims=GUEST)).status == 404
    assert (await stage.ask("DELETE", path)).status == 204


@pytest.mark.parametrize("role", ["TEMP_USER", "CUSTOMER", "AGENT"])
async def test_only_admins_merge(stage: Stage, role: str) -> None:
    await stage.opened("ann")
    await opened_by_guest(stage)

    assert (await merged(stage, role=role)).status == 403
    assert (await merged(stage, "nobody", role=role)).status == 403


@pytest.mark.parametrize(
    ("guest", "user", "status"),
    [
        ("gus", "gus", 409),
        ("ann", "ann", 409),
        ("ann", "gus", 409),
        ("bob", "ann", 409),
        ("gia", "gus", 409),
        ("sam", "ann", 409),
        ("gus", "sam", 409),
        ("nobody", "ann", 404),
        ("", "ann", 400),
    ],
)
async def test_only_a_guest_is_merged_into_a_customer(
    stage: Stage, guest: str, user: str, status: int
) -> None:
    for each in ("ann", "bob"):
        await stage.opened(each)
    for each in ("gus", "gia"):
        await opened_by_guest(stage, each)
    await stage.ask(
        "POST", TICKETS, "sam", claims=STAFF, json={"topic": "Mine", "description": "Staff asks, too."}
    )

    answer = await merged(stage, guest, user)

    assert answer.status == status
    assert len((await stage.ask("GET", TICKETS, "gus", claims=GUEST)).json) == 1


async def test_somebody_who_signs_up_has_the_guests_history_before_their_first_request(stage: Stage) -> None:
    ticket, _ = await guests_history(stage)

    answer = await merged(stage, "gus", "new")

    assert answer.status == 200
    assert [answer.json[it] for it in ("id", "username", "role", "ticket_count")] == [
        "new",
        "Gus",
        "CUSTOMER",
        1,
    ]
    mine = await stage.ask("GET", f"{TICKETS}/{ticket}", "new")
    assert [mine.json[it] for it in ("user_id", "username", "user_role")] == ["new", "New", "CUSTOMER"]


async def test_who_has_only_read_so_far_is_merged_into(stage: Stage) -> None:
    ticket, _ = await guests_history(stage)
    assert (await stage.ask("GET", TICKETS, "ann")).json == []

    answer = await merged(stage)

    assert (answer.status, answer.json["username"]) == (200, "Ann")
    assert [it["id"] for it in answer.json["tickets"]] == [ticket]


async def test_what_is_refused_makes_nobody_known(stage: Stage) -> None:
    await stage.opened("ann")

    assert (await merged(stage, "ann", "new")).status == 409
    assert (await stage.ask("GET", f"{USERS}/new", "sam", claims=STAFF)).status == 404
