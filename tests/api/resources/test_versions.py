"""Whoever changes a ticket can say which version they know, so that nobody overwrites what others did."""

import asyncio
from typing import Any

import pytest

from tests.api.stage import STAFF, TICKETS, Stage


async def change(stage: Stage, ticket: str, body: Any, if_match: str | None = None, who: str = "sam") -> Any:
    headers = {} if if_match is None else {"If-Match": if_match}
    claims = STAFF if who == "sam" else {}
    return await stage.ask("PATCH", f"{TICKETS}/{ticket}", who, claims=claims, headers=headers, json=body)


async def test_only_what_can_be_set_makes_another_version(stage: Stage) -> None:
    ticket = await stage.opened("ann")
    fresh = await stage.ask("GET", f"{TICKETS}/{ticket}", "ann")
    await stage.ask("PUT", f"{TICKETS}/{ticket}/labels/billing", "sam", claims=STAFF)
    await stage.posted(ticket)
    labelled = await stage.ask("GET", f"{TICKETS}/{ticket}", "ann")

    changed = await change(stage, ticket, {"topic": "Another", "metadata": {"order": "1"}})
    await stage.answered(ticket)
    answered = await stage.ask("GET", f"{TICKETS}/{ticket}", "ann")

    assert (fresh.json["version"], fresh.headers["ETag"]) == (1, '"1"')
    assert labelled.json["version"] == 1
    assert (changed.json["version"], changed.headers["ETag"]) == (4, '"4"')
    assert answered.json["version"] == 5  # it is the requester's turn


@pytest.mark.parametrize("if_match", ['"1"', "*", '"7", "1"', ' "1" '])
async def test_who_knows_the_version_changes_it(stage: Stage, if_match: str) -> None:
    ticket = await stage.opened("ann")

    assert (await change(stage, ticket, {"topic": "Another"}, if_match)).status == 200


@pytest.mark.parametrize("if_match", ['"2"', 'W/"1"', "1", "", '"x"'])
@pytest.mark.parametrize(
    "body", [{"topic": "Another"}, {"status": "UNRESOLVED"}, {"assignee": None}], ids=["topic", "end", "same"]
)
async def test_who_does_not_know_the_version_changes_nothing(
    stage: Stage, if_match: str, body: dict[str, Any]
) -> None:
    ticket = await stage.opened("ann")

    refused = await change(stage, ticket, body, if_match)

    assert (refused.status, refused.json["error"], refused.json["code"]) == (
        412,
        "PRECONDITION_FAILED",
        "ticket_changed",
    )
    assert (await stage.ask("GET", f"{TICKETS}/{ticket}", "ann")).json["version"] == 1


async def test_reopening_looks_at_the_version_too(stage: Stage) -> None:
    ticket = await stage.opened("ann")
    await change(stage, ticket, {"status": "UNRESOLVED"})

    early = await change(stage, ticket, {"status": "OPEN"}, '"1"')
    reopened = await change(stage, ticket, {"status": "OPEN"}, '"2"')

    assert (early.status, reopened.status, reopened.json["version"]) == (412, 200, 3)


async def test_of_many_at_once_one_wins(stage: Stage) -> None:
    ticket = await stage.opened("ann")

    answers = await asyncio.gather(
        change(stage, ticket, {"topic": "Of Sam"}, '"1"'),
        *(change(stage, ticket, {"topic": f"Ann's {n}"}, '"1"', "ann") for n in range(8)),
    )

    assert sorted(it.status for it in answers) == [200, *[412] * 8]
