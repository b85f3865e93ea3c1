"""Posting, reading, editing and deleting messages over REST."""

from typing import Any

import pytest

from tests.api.resources.test_tickets import pages
from tests.api.stage import AGENT, STAFF, TICKETS, Clock, Stage
from tickets.desks.ticket_desk import Said
from tickets.file_urls import FileUrls
from tickets.model import Attachment, FileId, Status
from wire.objects import Objects
from wire.persons import actor_body


async def test_a_posted_message_is_whole(stage: Stage, clock: Clock) -> None:
    ticket = await stage.opened()

    answer = await stage.ask("POST", f"{TICKETS}/1/messages", json={"content": "  code\n\tindented "})

    message = answer.json
    assert answer.status == 201
    assert abs(message.pop("created_at") - clock.seconds) < 5
    assert abs(message.pop("updated_at") - clock.seconds) < 5
    assert message.pop("id")
    assert message == {
        "ticket_id": ticket,
        "author_id": "ann",
        "author_name": "Ann",
        "content": "  code\n\tindented ",
        "attachments": [],
        "seq": 2,
        "author_type": "REQUESTER",
        "edited": False,
        "deleted": False,
        "delivery": "QUEUED",
        "reply_to": None,
        "attachment_details": [],
    }


async def test_a_message_names_the_one_that_it_answers(stage: Stage) -> None:
    ticket = await stage.opened()
    await stage.answered(ticket, "Which lamp?")
    (question,) = await stage.messages(ticket)

    body = {"content": "The red one", "reply_to": question["id"]}
    answer = await stage.ask("POST", f"{TICKETS}/1/messages", json=body)

    assert (answer.status, answer.json["reply_to"]) == (201, question["id"])
    assert [it["reply_to"] for it in await stage.messages(ticket)] == [None, question["id"]]


async def test_a_note_a_message_of_another_ticket_and_nothing_cannot_be_answered(stage: Stage) -> None:
    first, second = await stage.opened(), await stage.opened()
    elsewhere = await stage.posted(second)
    note = (await stage.desk.add_note(AGENT, first, Said("Psst"))).id

    for unseen in (elsewhere, note, "nothing", "\0", "x" * 100):
        body = {"content": "Why?", "reply_to": unseen}
        answer = await stage.ask("POST", f"{TICKETS}/{first}/messages", json=body)
        assert (answer.status, answer.json["code"]) == (404, "message_not_found")

    assert await stage.messages(first) == []


async def test_a_message_tells_all_about_its_files(stage: Stage) -> None:
    ticket = await stage.opened()
    await stage.desk.post(AGENT, ticket, Said("Look", (Attachment(FileId("f1"), "cat.png", "image/png", 3),)))

    (message,) = await stage.messages(ticket)

    assert message["attachment_details"] == [
        {"id": "f1", "name": "cat.png", "type": "image/png", "size": 3, "url": message["attachments"][0]}
    ]


async def test_messages_come_oldest_first_from_both_sides_and_without_notes(stage: Stage) -> None:
    ticket = await stage.opened()
    await stage.posted(ticket, "Hello?")
    await stage.desk.add_note(AGENT, ticket, Said("Sounds angry"))
    await stage.answered(ticket, "Hello!")
    await stage.ask("POST", f"{TICKETS}/1/messages", "sue", claims=STAFF, json={"content": "Me too"})

    messages = await stage.messages(ticket)

    assert [(it["author_name"], it["author_type"], it["content"]) for it in messages] == [
        ("Ann", "REQUESTER", "Hello?"),
        ("Sam of Support", "STAFF", "Hello!"),
        ("Sue", "STAFF", "Me too"),
    ]
    assert [it["seq"] for it in messages] == [2, 4, 5]


async def test_files_are_shown_by_our_own_urls(stage: Stage) -> None:
    ticket = await stage.opened()
    file = Attachment(FileId("f1"), "a cat.png", "image/png", 3)
    await stage.desk.post(AGENT, ticket, Said("Look", (file,)))

    (message,) = await stage.messages(ticket)

    (url,) = message["attachments"]
    assert url.startswith("https://desk.example.test/in/files/f1/")
    assert url.endswith("/a%20cat.png")


async def test_an_edit_shows(stage: Stage) -> None:
    ticket = await stage.opened()
    message = await stage.posted(ticket, "Helo")

    answer = await stage.ask("PATCH", f"{TICKETS}/1/messages/{message}", json={"content": "Hello"})

    assert answer.status == 200
    assert (answer.json["content"], answer.json["edited"], answer.json["id"]) == ("Hello", True, message)
    assert [it["content"] for it in await stage.messages(ticket)] == ["Hello"]


async def test_a_deletion_leaves_a_tombstone(stage: Stage) -> None:
    ticket = await stage.opened()
    message = await stage.posted(ticket)

    answer = await stage.ask("DELETE", f"{TICKETS}/1/messages/{message}")
    again = await stage.ask("DELETE", f"{TICKETS}/1/messages/{message}")

    assert answer.status == 200
    assert (answer.json["deleted"], answer.json["content"]) == (True, "")
    assert again.status == 404
    assert [(it["deleted"], it["content"]) for it in await stage.messages(ticket)] == [(True, "")]


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
async def test_only_its_author_touches_a_message(stage: Stage, method: str) -> None:
    ticket = await stage.opened()
    message = await stage.answered(ticket)
    note = (await stage.desk.add_note(AGENT, ticket, Said("Hush"))).id
    body: dict[str, Any] = {"json": {"content": "Mine"}} if method == "PATCH" else {}

    staffs = await stage.ask(method, f"{TICKETS}/1/messages/{message}", **body)
    hidden = await stage.ask(method, f"{TICKETS}/1/messages/{note}", **body)
    missing = await stage.ask(method, f"{TICKETS}/1/messages/nope", **body)

    assert (staffs.status, staffs.json["error"]) == (403, "FORBIDDEN")
    assert (hidden.status, missing.status) == (404, 404)


async def test_a_closed_ticket_takes_no_messages(stage: Stage) -> None:
    ticket = await stage.opened()
    await stage.desk.close(AGENT, ticket, Status.UNRESOLVED)

    answer = await stage.ask("POST", f"{TICKETS}/1/messages", json={"content": "One more thing"})

    assert (answer.status, answer.json["error"]) == (403, "FORBIDDEN")
    assert answer.json["message"] == "Ticket 1 is closed."


async def test_messages_come_whole_or_in_pages(stage: Stage) -> None:
    ticket = await stage.opened()
    for number in range(53):
        await stage.posted(ticket, str(number))

    whole = await stage.ask("GET", f"{TICKETS}/1/messages")
    after = await stage.ask("GET", f"{TICKETS}/1/messages?after_seq=3")

    assert len(whole.json) == 53
    assert "Link" not in whole.headers
    assert [it["content"] for it in after.json] == [str(number) for number in range(2, 52)]
    assert after.headers["Link"].startswith(
        "<https://desk.example.test/in/api/v1/tickets/1/messages?limit=50"
    )


@pytest.mark.parametrize(
    "path", ["limit=1", "limit=3", "limit=6", "limit=7", "limit=2&after_seq=3", "after_seq=0"]
)
async def test_pages_make_the_whole(stage: Stage, path: str) -> None:
    ticket = await stage.opened()
    for number in range(6):
        await stage.posted(ticket, str(number))

    seen = await pages(stage, f"{TICKETS}/1/messages?{path}")

    first = 2 if "after_seq=3" in path else 0
    assert [it["content"] for it in seen] == [str(number) for number in range(first, 6)]


async def test_somebody_whom_the_store_does_not_know_goes_by_the_id(stage: Stage) -> None:
    shown = Objects(stage.store, FileUrls("https://desk.example.test", b"secret"))
    ticket = await stage.opened()
    message = await stage.desk.post(AGENT, ticket, Said("Hi"))

    assert shown.own_message(message, AGENT.person).author_name == "Sam of Support"
    assert actor_body(message.author, {}).name == "77"
