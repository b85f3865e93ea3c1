"""How many open tickets a requester may have, whatever they do at once."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.api.stage import STAFF, TICKETS, Clock, Stage
from tickets.desks.ticket_desk import Desk
from tickets.policy import Rules
from tickets.ports.store import Store

BODY = {"topic": "Dark", "description": "No light."}


@pytest.fixture
async def limited(store: Store, clock: Clock) -> AsyncIterator[Stage]:
    """Three open tickets are allowed."""
    stage = Stage(store, clock)
    stage.desk = Desk(store, clock, Rules(max_open_tickets=3))
    async with stage.open(rate_limits=False):
        yield stage


async def opening(stage: Stage, user: str = "ann", **options: Any) -> int:
    return (await stage.ask("POST", TICKETS, user, json=BODY, **options)).status


async def test_one_too_many_is_refused_until_another_is_closed(limited: Stage) -> None:
    ticket = await limited.opened()
    for _ in range(2):
        await limited.opened()

    refused = await limited.ask("POST", TICKETS, json=BODY)
    others = await opening(limited, "bob")
    await limited.ask("PATCH", f"{TICKETS}/{ticket}", json={"status": "CANCELED"})
    again = [await opening(limited) for _ in range(2)]

    assert (refused.status, refused.json["code"]) == (403, "too_many_open_tickets")
    assert "3 open tickets" in refused.json["message"]
    assert (others, again) == (201, [201, 403])


@pytest.mark.parametrize("role", ["TEMP_USER", "CUSTOMER"])
async def test_however_many_are_opened_at_once_no_more_come_through(limited: Stage, role: str) -> None:
    statuses = await asyncio.gather(*(opening(limited, claims={"role": role}) for _ in range(12)))

    assert sorted(statuses) == [201] * 3 + [403] * 9


async def test_reopening_counts(limited: Stage) -> None:
    first = await limited.opened()
    await limited.ask("PATCH", f"{TICKETS}/{first}", json={"status": "CANCELED"})
    second, _, _ = [await limited.opened() for _ in range(3)]
    reopen: dict[str, Any] = {"json": {"status": "OPEN"}}

    refused = await limited.ask("PATCH", f"{TICKETS}/{first}", **reopen)
    by_staff = await limited.ask("PATCH", f"{TICKETS}/{first}", "sam", claims=STAFF, **reopen)
    for ticket in (first, second):
        await limited.ask("PATCH", f"{TICKETS}/{ticket}", json={"status": "CANCELED"})
    reopened = await limited.ask("PATCH", f"{TICKETS}/{first}", **reopen)

    assert [it.status for it in (refused, by_staff, reopened)] == [403, 200, 200]
    assert refused.json["code"] == "too_many_open_tickets"


@pytest.mark.parametrize("role", ["AGENT", "ADMIN"])
async def test_staff_is_never_limited(limited: Stage, role: str) -> None:
    requester = {"id": "ann", "username": "Ann", "email": "ann@example.test", "role": "CUSTOMER"}

    for body in (BODY, {**BODY, "requester": requester}):
        answers = [
            await limited.ask("POST", TICKETS, "sam", claims={"role": role}, json=body) for _ in range(5)
        ]
        assert [it.status for it in answers] == [201] * 5
    assert await opening(limited) == 403


async def test_a_request_that_is_repeated_is_answered_again(limited: Stage) -> None:
    key = {"Idempotency-Key": "k"}
    answers = [await limited.ask("POST", TICKETS, json=BODY, headers=key)]
    for _ in range(2):
        await limited.opened()

    answers.append(await limited.ask("POST", TICKETS, json=BODY, headers=key))

    assert [it.status for it in answers] == [201, 201]
    assert answers[0].json == answers[1].json
