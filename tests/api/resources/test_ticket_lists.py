"""Filters and orders of lists of tickets over REST."""

from typing import Any

import pytest

from tests.api.resources.test_tickets import pages
from tests.api.stage import AGENT, STAFF, TICKETS, Clock, Stage
from tickets.model import Status


async def numbers(stage: Stage, query: str, user: str = "sam", **claims: Any) -> list[int]:
    answer = await stage.ask("GET", f"{TICKETS}?{query}", user, claims=claims or STAFF)
    assert answer.status == 200, answer.json
    return [it["number"] for it in answer.json]


@pytest.fixture
async def desk_of_five(stage: Stage, clock: Clock) -> Stage:
    """1 Ann's, resolved; 2 Ann's, urgent; 3 Ben's, technical; 4 Ben's, assigned to Sam; 5 Ann's, answered."""
    bodies = [
        ("ann", {}),
        ("ann", {"issue_level": "URGENT"}),
        ("ben", {"support_role": "TECHNICAL"}),
        ("ben", {}),
        ("ann", {}),
    ]
    for user, more in bodies:
        clock.ahead += 60
        answer = await stage.ask("POST", TICKETS, user, json={"topic": "a", "description": "b", **more})
        assert answer.status == 201
    clock.ahead += 60
    await stage.answered("5")
    clock.ahead += 60
    await stage.desk.change(AGENT, "4", {"assignee": str(AGENT.key)})
    clock.ahead += 60
    await stage.answered("1")
    await stage.desk.close(AGENT, "1", Status.RESOLVED)
    return stage


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [5, 4, 3, 2, 1]),
        ("status=RESOLVED", [1]),
        ("status=OPEN,PENDING", [5, 4, 3, 2]),
        ("status=PENDING&status=RESOLVED", [5, 1]),
        ("issue_level=URGENT", [2]),
        ("support_role=TECHNICAL", [3]),
        ("assignee=77", [4]),
        ("assignee=78", []),
        ("user_id=ben", [4, 3]),
        ("unattended=true", [3, 2]),
        ("unattended=false", [5, 4, 1]),
        ("user_id=ben&unattended=true", [3]),
        ("sort=created_at", [1, 2, 3, 4, 5]),
        ("sort=-updated_at", [1, 4, 5, 3, 2]),
        ("sort=updated_at", [2, 3, 5, 4, 1]),
    ],
)
async def test_filters_and_orders(desk_of_five: Stage, query: str, found: list[int]) -> None:
    assert await numbers(desk_of_five, query) == found


async def test_times_leave_out_their_own_second(desk_of_five: Stage) -> None:
    third = (await desk_of_five.ask("GET", f"{TICKETS}/3", "ben")).json["created_at"]

    assert await numbers(desk_of_five, f"created_after={third}") == [5, 4]
    assert await numbers(desk_of_five, f"created_before={third}") == [2, 1]
    assert await numbers(desk_of_five, f"created_after={third - 1}&created_before={third + 1}") == [3]


async def test_requesters_filter_among_their_own(desk_of_five: Stage) -> None:
    async def of_ann(query: str) -> list[int]:
        return await numbers(desk_of_five, query, "ann", role="CUSTOMER")

    assert await of_ann("status=OPEN,PENDING") == [5, 2]
    assert await of_ann("user_id=ann") == [5, 2, 1]
    assert await of_ann("user_id=ben") == []
    assert await of_ann("assignee=77") == []


@pytest.mark.parametrize("order", ["created_at", "-created_at", "updated_at", "-updated_at"])
@pytest.mark.parametrize("query", ["", "&unattended=false", "&user_id=ann&status=OPEN,RESOLVED"])
async def test_links_keep_filter_and_order(desk_of_five: Stage, order: str, query: str) -> None:
    path = f"{TICKETS}?sort={order}{query}"

    whole = (await desk_of_five.ask("GET", path, "ann")).json
    seen = await pages(desk_of_five, f"{path}&limit=1")

    assert len(whole) > 1 or query == "&unattended=false"
    assert seen == whole
