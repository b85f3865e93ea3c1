"""Notes, history, transcripts, the queue and the feed, for every role."""

from typing import Any

import pytest

from tests.api.stage import AGENT, STAFF, TICKETS, Clock, Stage
from tickets.desks.ticket_desk import Said
from tickets.model import Status

ADMIN = {"role": "ADMIN"}
ROLES = ["TEMP_USER", "CUSTOMER", "AGENT", "ADMIN"]
API = "/api/v1"


async def noted(stage: Stage, ticket: str, content: str = "Careful with ann") -> str:
    answer = await stage.ask(
        "POST", f"{TICKETS}/{ticket}/notes", "sam", claims=STAFF, json={"content": content}
    )
    assert answer.status == 201, answer.json
    return str(answer.json["id"])


async def everything(stage: Stage) -> str:
    """A ticket to which a bit of everything has happened."""
    ticket = await stage.opened()
    await stage.posted(ticket, "Hello <b>?")
    await noted(stage, ticket)
    await stage.answered(ticket)
    await stage.desk.close(AGENT, ticket, Status.RESOLVED, "Done")
    return ticket


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("path", ["/notes", "/history"])
async def test_a_requester_has_no_part_in_what_is_staffs(stage: Stage, role: str, path: str) -> None:
    ticket = await stage.opened("ann")

    own = await stage.ask("GET", f"{TICKETS}/{ticket}{path}", "ann", claims={"role": role})
    anothers = await stage.ask("GET", f"{TICKETS}/{ticket}{path}", "eve", claims={"role": role})

    staff = role in ("AGENT", "ADMIN")
    assert own.status == (200 if staff and path == "/history" else 403)
    assert anothers.status == (200 if staff else 404)


async def test_a_note_is_read_by_staff_in_order_and_never_among_messages(stage: Stage) -> None:
    ticket = await stage.opened()
    await noted(stage, ticket, "One")
    await stage.posted(ticket, "Hello")
    await noted(stage, ticket, "Two")

    notes = await stage.ask("GET", f"{TICKETS}/{ticket}/notes", "sam", claims=ADMIN)
    page = await stage.ask("GET", f"{TICKETS}/{ticket}/notes?limit=1", "sam", claims=STAFF)

    assert [(it["content"], it["author_name"]) for it in notes.json] == [("One", "Sam"), ("Two", "Sam")]
    assert [it["content"] for it in page.json] == ["One"]
    assert "cursor=2" in page.headers["Link"]
    assert [it["content"] for it in await stage.messages(ticket)] == ["Hello"]
    assert (await stage.ask("POST", f"{TICKETS}/{ticket}/notes", json={"content": "Hm"})).status == 403
    assert (await stage.ask("POST", f"{TICKETS}/{ticket}/notes", "eve", json={"content": "Hm"})).status == 404


async def test_the_history_tells_every_change(stage: Stage, clock: Clock) -> None:
    ticket = await stage.opened()
    await stage.answered(ticket)
    await stage.desk.change(AGENT, ticket, {"issue_level": "URGENT", "assignee": str(AGENT.key)})
    await stage.desk.close(AGENT, ticket, Status.RESOLVED, "Done")

    history = (await stage.ask("GET", f"{TICKETS}/{ticket}/history", "sam", claims=STAFF)).json

    sam = {"type": "STAFF", "id": "77", "name": "Sam of Support"}
    assert [(it["actor"]["name"], it["field"], it["old"], it["new"]) for it in history] == [
        ("Ann", "status", None, "OPEN"),
        ("Ann", "category", None, "support"),
        ("Sam of Support", "status", "OPEN", "PENDING"),
        ("Sam of Support", "issue_level", "NORMAL", "URGENT"),
        ("Sam of Support", "assignee", None, "77"),
        ("Sam of Support", "status", "PENDING", "RESOLVED"),
        ("Sam of Support", "close_reason", None, "Done"),
    ]
    assert history[-1]["actor"] == sam
    assert abs(history[0]["at"] - clock.seconds) < 5


@pytest.mark.parametrize("form", ["html", "json", "txt", "md"])
async def test_a_transcript_holds_notes_for_staff_alone(stage: Stage, form: str) -> None:
    ticket = await everything(stage)

    own = await text(stage, f"{TICKETS}/{ticket}/transcript?format={form}", "ann")
    staffs = await text(stage, f"{TICKETS}/{ticket}/transcript?format={form}", "sam", STAFF)

    for record in (own, staffs):
        assert "It is broken" in record
        assert "Have you tried" in record
    assert "Careful" in staffs
    assert "Careful" not in own
    assert ("<b>" in own) is (form in ("txt", "json"))


async def text(stage: Stage, path: str, user: str, claims: Any = None) -> str:
    from tests.api.stage import headers

    async with stage.http.get(path, headers=headers(user, **(claims or {}))) as answer:
        assert answer.status == 200
        assert answer.headers["Content-Disposition"].startswith('attachment; filename="ticket-0001.')
        assert "no-store" in answer.headers["Cache-Control"]
        return await answer.text()


async def test_transcripts_of_others_and_of_other_forms(stage: Stage) -> None:
    ticket = await stage.opened("ann")

    assert (await stage.ask("GET", f"{TICKETS}/{ticket}/transcript", "eve")).status == 404
    wrong = await stage.ask("GET", f"{TICKETS}/{ticket}/transcript?format=pdf")
    assert (wrong.status, wrong.json["errors"][0]["location"]) == (400, "query.format")


async def test_the_transcript_in_json_is_a_whole_record(stage: Stage) -> None:
    ticket = await everything(stage)

    record = (await stage.ask("GET", f"{TICKETS}/1/transcript?format=json", "sam", claims=STAFF)).json

    assert record["ticket"]["id"] == ticket
    assert record["ticket"]["closed_by"]["name"] == "Sam of Support"
    assert [it["content"] for it in record["messages"]] == [
        "Hello <b>?",
        "Careful with ann",
        "Have you tried?",
    ]
    assert [it["is_note"] for it in record["messages"]] == [False, True, False]
    assert record["history"][-1] == {
        "at": record["ticket"]["closed_at"],
        "actor": {"type": "STAFF", "id": "77", "name": "Sam of Support"},
        "field": "close_reason",
        "old": None,
        "new": "Done",
    }


async def test_the_queue_has_the_most_urgent_first_then_who_waits_longest(stage: Stage, clock: Clock) -> None:
    first = await stage.opened(topic="First")
    await stage.opened(topic="Second")
    urgent = await stage.opened(topic="Urgent")
    await stage.desk.change(AGENT, urgent, {"issue_level": "URGENT"})
    await stage.answered(first)
    clock.ahead = 60
    await stage.posted(first, "And now?")
    pending = await stage.opened(topic="Pending")
    await stage.answered(pending)

    queue = await stage.ask("GET", f"{API}/queue", "sam", claims=STAFF)
    page = await stage.ask("GET", f"{API}/queue?limit=2", "sam", claims=ADMIN)
    link = page.headers["Link"].partition("/in")[2].partition(">")[0]
    rest = await stage.ask("GET", link, "sam", claims=STAFF)

    assert [it["topic"] for it in queue.json] == ["Urgent", "Second", "First"]
    assert [it["topic"] for it in page.json + rest.json] == ["Urgent", "Second", "First"]
    assert "Link" not in rest.headers
    for role in ("CUSTOMER", "TEMP_USER"):
        assert (await stage.ask("GET", f"{API}/queue", claims={"role": role})).status == 403
    assert (await stage.ask("GET", f"{API}/queue?cursor=x", "sam", claims=STAFF)).status == 400


async def test_the_feed_tells_requesters_of_their_own_and_never_of_notes(stage: Stage) -> None:
    await everything(stage)
    await stage.opened("bob")

    own = (await stage.ask("GET", f"{API}/events")).json
    every = (await stage.ask("GET", f"{API}/events", "sam", claims=STAFF)).json
    nobodys = (await stage.ask("GET", f"{API}/events", "eve")).json

    names = ["ticket_opened", "message", "message", "ticket_closed"]
    assert [it["event"] for it in own] == names
    assert [it["event"] for it in every] == [*names[:2], "note", *names[2:], "ticket_opened"]
    assert nobodys == []
    assert own[1]["payload"]["content"] == "Hello <b>?"
    assert own[1]["payload"]["event_id"] == own[1]["event_id"]
    assert own[3]["payload"]["status"] == "RESOLVED"
    assert own[3]["actor"] == {"type": "STAFF", "id": "77", "name": "Sam of Support"}


async def test_the_feed_is_followed_by_its_links(stage: Stage) -> None:
    ticket = await stage.opened()
    for number in range(5):
        await stage.posted(ticket, str(number))
        await stage.desk.add_note(AGENT, ticket, Said("Hm"))
    path: str | None = f"{API}/events?limit=2"
    seen = []

    while path is not None:
        answer = await stage.ask("GET", path)
        seen += [it["event_id"] for it in answer.json]
        path = (
            answer.headers["Link"].partition("/in")[2].partition(">")[0] if "Link" in answer.headers else None
        )

    whole = (await stage.ask("GET", f"{API}/events")).json
    assert seen == [it["event_id"] for it in whole]
    assert len(seen) == 6
    behind = await stage.ask("GET", f"{API}/events?after={seen[3]}")
    assert [it["event_id"] for it in behind.json] == seen[4:]


async def test_of_their_own_ticket_staff_hear_no_notes(stage: Stage) -> None:
    opened = await stage.ask("POST", TICKETS, "sam", claims=STAFF, json={"topic": "a", "description": "b"})
    await stage.desk.add_note(AGENT, opened.json["id"], Said("About Sam"))

    sams = await stage.ask("GET", f"{API}/events", "sam", claims=STAFF)
    record = await text(stage, f"{TICKETS}/1/transcript?format=txt", "sam", STAFF)

    assert [it["event"] for it in sams.json] == ["ticket_opened"]
    assert "About Sam" not in record
