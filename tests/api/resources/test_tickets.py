"""Opening and reading tickets over REST."""

import re
from typing import Any

import pytest

from tests.api.stage import AGENT, STAFF, TICKETS, Clock, Stage
from tickets.model import Status
from tickets.ports.channels import Channel
from tickets.ports.store import Store


async def test_a_new_ticket_is_whole(stage: Stage, clock: Clock) -> None:
    answer = await stage.ask(
        "POST",
        TICKETS,
        json={
            "topic": "  It is broken ",
            "description": " Really. ",
            "issue_level": "URGENT",
            "support_role": "TECHNICAL",
            "metadata": {"order": "17"},
            "locale": "de-AT",
        },
    )

    ticket = answer.json
    assert answer.status == 201
    assert re.fullmatch("[0-9a-f]{32}", ticket.pop("id"))
    assert abs(ticket.pop("created_at") - clock.seconds) < 5
    assert abs(ticket.pop("updated_at") - clock.seconds) < 5
    assert ticket == {
        "user_id": "ann",
        "topic": "It is broken",
        "description": " Really. ",
        "status": "OPEN",
        "user_role": "CUSTOMER",
        "support_role": "TECHNICAL",
        "issue_level": "URGENT",
        "number": 1,
        "issuer": "default",
        "username": "Ann",
        "assignee": None,
        "closed_at": None,
        "closed_by": None,
        "close_reason": None,
        "first_response_at": None,
        "last_message_at": None,
        "message_count": 0,
        "read": {"requester_seq": 0, "staff_seq": 0},
        "unread": {"requester": 0, "staff": 0},
        "close_asked_at": None,
        "closes_at": None,
        "snoozed_until": None,
        "merged_into": None,
        "labels": None,
        "subscribers": None,
        "links": None,
        "sla": None,
        "version": 1,
        "category": "support",
        "answers": [],
        "metadata": {"order": "17"},
        "locale": "de-AT",
        "discord": {"state": "queued", "channel_id": None, "queue_position": 1},
        "feedback": None,
    }


@pytest.mark.parametrize("locale", ["de", "pt-BR", "zh-Hant-TW"])
async def test_a_ticket_keeps_the_locale_of_its_requester(stage: Stage, locale: str) -> None:
    answer = await stage.ask("POST", TICKETS, json={"topic": "a", "description": "b", "locale": locale})

    assert answer.json["locale"] == locale


@pytest.mark.parametrize(
    "locale", ["", "d", "german language", "de_DE", "de-", "de\n", "ä", 7, "de-" + "a-" * 20]
)
async def test_what_is_no_locale_is_refused(stage: Stage, locale: object) -> None:
    answer = await stage.ask("POST", TICKETS, json={"topic": "a", "description": "b", "locale": locale})

    assert answer.status == 400


async def test_levels_and_roles_have_defaults(stage: Stage) -> None:
    answer = await stage.ask("POST", TICKETS, json={"topic": "a", "description": "b"})

    assert (answer.json["issue_level"], answer.json["support_role"]) == ("NORMAL", "GENERAL")


async def test_a_ticket_is_found_by_id_and_by_number(stage: Stage) -> None:
    await stage.opened()
    second = await stage.opened(topic="Another")

    by_id = await stage.ask("GET", f"{TICKETS}/{second}")
    by_number = await stage.ask("GET", f"{TICKETS}/2")

    assert by_id.json == by_number.json
    assert by_id.json["topic"] == "Another"


async def test_a_ticket_tells_its_story(stage: Stage, store: Store) -> None:
    ticket = await stage.opened()
    await store.channels.save(
        Channel(ticket_id=(await stage.desk.ticket(AGENT, ticket)).id, channel_id=2**60)
    )
    await stage.answered(ticket)
    await stage.desk.change(AGENT, ticket, {"assignee": str(AGENT.key)})
    pending = (await stage.ask("GET", f"{TICKETS}/{ticket}")).json
    await stage.desk.close(AGENT, ticket, Status.RESOLVED, "Turned it off and on")

    closed = (await stage.ask("GET", f"{TICKETS}/{ticket}")).json

    assert pending["status"] == "PENDING"
    assert pending["assignee"] == {"id": "77", "name": "Sam of Support"}
    assert pending["discord"] == {"state": "open", "channel_id": str(2**60), "queue_position": None}
    assert pending["first_response_at"] == pending["last_message_at"] > 0
    assert closed["status"] == "RESOLVED"
    assert closed["closed_by"] == {"type": "STAFF", "id": "77", "name": "Sam of Support"}
    assert closed["close_reason"] == "Turned it off and on"
    assert closed["closed_at"] >= closed["created_at"]
    assert closed["message_count"] == 1


ANOTHERS = [
    ("GET", ""),
    ("POST", "/messages"),
    ("GET", "/messages"),
    ("PATCH", "/messages/{message}"),
    ("DELETE", "/messages/{message}"),
]


@pytest.mark.parametrize(("method", "path"), ANOTHERS)
@pytest.mark.parametrize("role", ["TEMP_USER", "CUSTOMER"])
async def test_anothers_ticket_is_not_there(stage: Stage, method: str, path: str, role: str) -> None:
    ticket = await stage.opened("ann")
    message = await stage.posted(ticket)
    body = {"json": {"content": "Mine now"}} if method in ("POST", "PATCH") else {}

    for address in (ticket, "1", "2", "0" * 32):
        answer = await stage.ask(
            method, f"{TICKETS}/{address}{path.format(message=message)}", "eve", claims={"role": role}, **body
        )
        assert answer.status == 404
        assert answer.json["message"] == f"There is no ticket {address}."

    assert [it["content"] for it in await stage.messages(ticket)] == ["Hello?"]


async def test_the_same_id_of_staff_is_somebody_else_than_the_requester_only_by_issuer(stage: Stage) -> None:
    await stage.opened("ann")

    assert (await stage.ask("GET", f"{TICKETS}/1", "ann", claims={"role": "TEMP_USER"})).status == 200
    assert (await stage.ask("GET", f"{TICKETS}/1", "bob", claims=STAFF)).status == 200


async def test_requesters_list_their_own_and_staff_all(stage: Stage) -> None:
    await stage.opened("ann", "One")
    await stage.opened("bob", "Two")
    await stage.opened("ann", "Three")

    own = await stage.ask("GET", TICKETS, "ann")
    every = await stage.ask("GET", TICKETS, "sam", claims=STAFF)
    none = await stage.ask("GET", TICKETS, "eve")

    assert [it["topic"] for it in own.json] == ["Three", "One"]
    assert [it["topic"] for it in every.json] == ["Three", "Two", "One"]
    assert none.json == []


async def test_lists_come_whole_or_in_pages(stage: Stage) -> None:
    for number in range(53):
        await stage.opened("ann", f"Topic {number}")

    own = await stage.ask("GET", TICKETS, "ann")
    page = await stage.ask("GET", TICKETS, "ann", params={"limit": "2"})
    staffs = await stage.ask("GET", TICKETS, "sam", claims=STAFF)

    assert len(own.json) == 53
    assert "Link" not in own.headers
    assert [it["number"] for it in page.json] == [53, 52]
    link = rf'<https://desk\.example\.test/in{TICKETS}\?limit=2&cursor=\d+-52>; rel="next"'
    assert re.fullmatch(link, page.headers["Link"])
    assert len(staffs.json) == 50
    assert "Link" in staffs.headers


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 8, 100])
async def test_pages_make_the_whole(stage: Stage, size: int) -> None:
    for number in range(7):
        await stage.opened("ann", f"Topic {number}")

    seen = await pages(stage, f"{TICKETS}?limit={size}")

    assert [it["number"] for it in seen] == [7, 6, 5, 4, 3, 2, 1]


async def pages(stage: Stage, path: str | None) -> list[Any]:
    """Follow the links."""
    seen: list[Any] = []
    while path is not None:
        answer = await stage.ask("GET", path)
        assert answer.status == 200
        seen += answer.json
        link = re.fullmatch(
            r'<https://desk\.example\.test/in(/.*)>; rel="next"', answer.headers.get("Link", "")
        )
        path = link[1] if link else None
    return seen


@pytest.mark.parametrize(
    ("query", "location"),
    [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=ten", "limit"),
        ("limit=", "limit"),
        ("limit=5&cursor=-1", "cursor"),
        ("cursor=x%00", "cursor"),
        (f"cursor={10**30}", "cursor"),
        ("cursor=5", "cursor"),
        ("cursor=5-", "cursor"),
        ("cursor=٣-٣", "cursor"),
        ("status=OPEN,open", "status.1"),
        ("status=", "status.0"),
        ("issue_level=HIGH", "issue_level.0"),
        ("support_role=NORMAL", "support_role.0"),
        ("assignee=", "assignee"),
        ("user_id=" + "x" * 257, "user_id"),
        ("unattended=maybe", "unattended"),
        ("created_after=yesterday", "created_after"),
        ("created_before=-1", "created_before"),
        (f"created_before={2**62}", "created_before"),
        ("sort=number", "sort"),
        ("sort=created_at&sort=updated_at", "sort"),
        ("limit=1&limit=2", "limit"),
        ("colour=red", "colour"),
    ],
)
async def test_wrong_pages_are_400(stage: Stage, query: str, location: str) -> None:
    answer = await stage.ask("GET", f"{TICKETS}?{query}")

    assert answer.status == 400
    assert [fault["location"] for fault in answer.json["errors"]] == [f"query.{location}"]


@pytest.mark.parametrize(
    "address", ["9" * 15, "9" * 40, "%00", "%ff", "..%2f", "'; DROP TABLE tickets", "٣", "-1", "1.0"]
)
async def test_odd_addresses_are_404(stage: Stage, address: str) -> None:
    await stage.opened()

    answer = await stage.ask("GET", f"{TICKETS}/{address}")

    assert answer.status == 404
