"""What a guest may ask for, and what the ticket's history says of it."""

from typing import Any

import pytest

from tests.api.stage import STAFF, TICKETS, Clock, Stage
from tickets.desks.ticket_desk import Desk
from tickets.model import IssueLevel, SupportRole
from tickets.policy import Rules
from tickets.ports.store import Store

GUEST = {"role": "TEMP_USER"}
HIGHEST = {"issue_level": "CRITICAL", "support_role": "ADMIN"}


async def opened(stage: Stage, claims: dict[str, str], **asked: str) -> Any:
    body = {"topic": "Dark", "description": "No light.", **asked}
    answer = await stage.ask("POST", TICKETS, "gus", claims=claims, json=body)
    assert answer.status == 201
    return answer.json


async def history(stage: Stage, ticket: Any) -> list[tuple[str, str | None, str | None, str]]:
    answer = await stage.ask("GET", f"{TICKETS}/{ticket['id']}/history", "sam", claims=STAFF)
    return [(it["field"], it["old"], it["new"], it["actor"]["type"]) for it in answer.json]


async def test_a_guest_gets_the_lowest_level_and_role_and_history_tells_what_was_asked(stage: Stage) -> None:
    ticket = await opened(stage, GUEST, **HIGHEST)

    assert (ticket["issue_level"], ticket["support_role"]) == ("NORMAL", "GENERAL")
    assert await history(stage, ticket) == [
        ("issue_level", "CRITICAL", "NORMAL", "SYSTEM"),
        ("support_role", "ADMIN", "GENERAL", "SYSTEM"),
        ("status", None, "OPEN", "REQUESTER"),
        ("category", None, "support", "REQUESTER"),
    ]


async def test_a_guest_who_asks_for_what_guests_get_has_none_of_it_in_the_history(
    stage: Stage,
) -> None:
    ticket = await opened(stage, GUEST)

    assert await history(stage, ticket) == [
        ("status", None, "OPEN", "REQUESTER"),
        ("category", None, "support", "REQUESTER"),
    ]


async def test_others_get_what_they_ask_for(stage: Stage) -> None:
    ticket = await opened(stage, {}, **HIGHEST)

    assert (ticket["issue_level"], ticket["support_role"]) == ("CRITICAL", "ADMIN")


async def test_staff_opens_for_guests_at_any_level(stage: Stage) -> None:
    guest = {"id": "gus", "username": "Gus", "email": "gus@example.test", "role": "TEMP_USER"}
    body = {"topic": "Dark", "description": "No light.", "requester": guest, **HIGHEST}

    answer = await stage.ask("POST", TICKETS, "sam", claims=STAFF, json=body)

    assert (answer.json["issue_level"], answer.json["support_role"]) == ("CRITICAL", "ADMIN")


@pytest.mark.parametrize(
    ("asked", "got"),
    [
        ({"issue_level": "NORMAL", "support_role": "GENERAL"}, ("NORMAL", "GENERAL")),
        ({"issue_level": "URGENT", "support_role": "MANAGER"}, ("URGENT", "MANAGER")),
        (HIGHEST, ("URGENT", "MANAGER")),
    ],
)
async def test_the_operator_says_how_high_guests_may_go(
    store: Store, clock: Clock, asked: dict[str, str], got: tuple[str, str]
) -> None:
    stage = Stage(store, clock)
    rules = Rules(guest_max_level=IssueLevel.URGENT, guest_max_role=SupportRole.MANAGER)
    stage.desk = Desk(store, clock, rules)
    async with stage.open():
        ticket = await opened(stage, GUEST, **asked)

    assert (ticket["issue_level"], ticket["support_role"]) == got
