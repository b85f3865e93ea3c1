"""Changing, closing, reopening and assigning tickets over REST."""

from typing import Any

import pytest

from tests.api.stage import STAFF, TICKETS, Answer, Clock, Stage
from tickets.events import TicketChanged
from tickets.model import TicketId
from tickets.ports.store import Store


async def patch(stage: Stage, body: Any, user: str = "ann", address: str = "1", **claims: Any) -> Answer:
    return await stage.ask("PATCH", f"{TICKETS}/{address}", user, json=body, claims=claims)


@pytest.fixture
async def ticket(stage: Stage) -> TicketId:
    """A ticket of Ann's."""
    return TicketId(await stage.opened())


async def test_one_request_is_one_event(stage: Stage, store: Store, ticket: TicketId) -> None:
    body = {"topic": " Other ", "description": "words", "issue_level": "CRITICAL", "status": "PENDING"}

    answer = await patch(stage, body, "sam", **STAFF)

    assert answer.status == 200
    assert answer.json["topic"] == "Other"
    assert {name: answer.json[name] for name in body} == {**body, "topic": "Other"}
    changed = (await store.log.events(ticket))[1:]
    assert [type(it.data) for it in changed] == [TicketChanged]


async def test_requesters_change_words_and_no_more(stage: Stage, ticket: TicketId) -> None:
    answer = await patch(stage, {"topic": "Other", "description": "Words"})
    refused = [
        await patch(stage, body)
        for body in (
            {"issue_level": "URGENT"},
            {"support_role": "ADMIN"},
            {"assignee": "77"},
            {"assignee": None},
        )
    ]

    assert (answer.json["topic"], answer.json["description"]) == ("Other", "Words")
    assert [it.status for it in refused] == [403] * 4


async def test_what_is_so_already_is_no_event(stage: Stage, store: Store, ticket: TicketId) -> None:
    for body in (
        {},
        {"topic": "It is broken"},
        {"status": "OPEN"},
        {"status": "OPEN", "topic": "It is broken"},
    ):
        assert (await patch(stage, body)).status == 200

    assert len(await store.log.events(ticket)) == 1


async def test_agents_are_assigned_by_id_and_released(stage: Stage, ticket: TicketId) -> None:
    await stage.answered(ticket)

    by_discord_id = await patch(stage, {"assignee": "77"}, "sam", **STAFF)
    released = await patch(stage, {"assignee": None}, "sam", **STAFF)
    to_oneself = await patch(stage, {"assignee": "sam"}, "sam", **STAFF)

    assert by_discord_id.json["assignee"] == {"id": "77", "name": "Sam of Support"}
    assert released.json["assignee"] is None
    assert to_oneself.json["assignee"] == {"id": "sam", "name": "Sam"}


@pytest.mark.parametrize("agent", ["ann", "nobody", "78"])
async def test_only_staff_can_be_assigned(stage: Stage, ticket: TicketId, agent: str) -> None:
    answer = await patch(stage, {"assignee": agent}, "sam", **STAFF)

    assert answer.status == 400
    assert [fault["location"] for fault in answer.json["errors"]] == ["assignee"]


async def test_closing_tells_who_and_why(stage: Stage, ticket: TicketId) -> None:
    answer = await patch(stage, {"status": "RESOLVED", "reason": "It works."})

    assert (answer.status, answer.json["status"], answer.json["close_reason"]) == (
        200,
        "RESOLVED",
        "It works.",
    )
    assert answer.json["closed_by"] == {"type": "REQUESTER", "id": "ann", "name": "Ann"}


@pytest.mark.parametrize(
    ("status", "requester", "staff", "staff_after_posting"),
    [
        ("RESOLVED", 200, 403, 200),
        ("CANCELED", 200, 403, 403),
        ("UNRESOLVED", 403, 200, 200),
        ("PENDING", 403, 200, 200),
    ],
)
async def test_who_may_set_which_status(
    stage: Stage, status: str, requester: int, staff: int, staff_after_posting: int
) -> None:
    for _ in range(3):
        await stage.opened()
    await stage.answered("3")

    assert (await patch(stage, {"status": status}, address="1")).status == requester
    assert (await patch(stage, {"status": status}, "sam", "2", **STAFF)).status == staff
    assert (await patch(stage, {"status": status}, "sam", "3", **STAFF)).status == staff_after_posting


async def test_a_closed_ticket_is_reopened_and_nothing_else(
    stage: Stage, clock: Clock, ticket: TicketId
) -> None:
    await patch(stage, {"status": "CANCELED"})

    others = [
        await patch(stage, body)
        for body in (
            {"topic": "Other"},
            {"status": "RESOLVED"},
            {"status": "PENDING"},
            {"status": "OPEN", "topic": "Other"},
        )
    ]
    reopened = await patch(stage, {"status": "OPEN"})
    await patch(stage, {"status": "CANCELED"})
    clock.ahead += 8 * 24 * 3600
    late = await patch(stage, {"status": "OPEN"})
    by_staff = await patch(stage, {"status": "OPEN"}, "sam", **STAFF)

    assert [it.status for it in others] == [403] * 4
    assert (reopened.json["status"], reopened.json["closed_at"]) == ("OPEN", None)
    assert late.status == 403
    assert by_staff.json["status"] == "OPEN"


@pytest.mark.parametrize(
    ("body", "location"),
    [
        ({"status": "RESOLVED", "topic": "Other"}, "body"),
        ({"status": "RESOLVED", "assignee": None}, "body"),
        ({"reason": "Because"}, "body"),
        ({"status": "OPEN", "reason": "Because"}, "body"),
        ({"status": "CLOSED"}, "status"),
        ({"status": None}, "body"),
        ({"topic": None}, "body"),
        ({"topic": ""}, "topic"),
        ({"description": " "}, "description"),
        ({"status": "RESOLVED", "reason": ""}, "reason"),
        ({"status": "RESOLVED", "reason": "x" * 1001}, "reason"),
        ({"issue_level": "HIGH"}, "issue_level"),
        ({"assignee": 7}, "assignee"),
        ({"number": 7}, "number"),
        ([], "body"),
    ],
)
async def test_what_makes_no_sense_is_400_and_changes_nothing(
    stage: Stage, store: Store, ticket: TicketId, body: Any, location: str
) -> None:
    await stage.answered(ticket)

    answer = await patch(stage, body, "sam", **STAFF)

    assert answer.status == 400
    assert [fault["location"] for fault in answer.json["errors"]] == [location]
    assert len(await store.log.events(ticket)) == 2


async def test_anothers_ticket_is_not_there(stage: Stage, ticket: TicketId) -> None:
    for body in ({"topic": "Mine"}, {"status": "CANCELED"}, {"status": "OPEN"}):
        assert (await patch(stage, body, "eve")).status == 404
