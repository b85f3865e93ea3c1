"""Metadata that changes, and tickets that are found by it and by their times."""

from typing import Any

import pytest

from tests.api.stage import STAFF, TICKETS, Clock, Stage
from tickets.ports.store import Store


async def changed(stage: Stage, ticket: str, metadata: Any, who: str = "sam") -> Any:
    claims = STAFF if who == "sam" else {}
    return await stage.ask("PATCH", f"{TICKETS}/{ticket}", who, claims=claims, json={"metadata": metadata})


async def opened(stage: Stage, **metadata: str) -> str:
    body = {"topic": "Where is it?", "description": "It has not come.", "metadata": metadata}
    return str((await stage.ask("POST", TICKETS, "ann", json=body)).json["id"])


async def test_pairs_are_set_and_taken_away_and_the_others_stay(stage: Stage) -> None:
    ticket = await opened(stage, order="O-16", plan="gold", old="x")

    after = await changed(stage, ticket, {"order": "O-17", "old": None, "none": None, "new": ""})
    same = await changed(stage, ticket, {"order": "O-17", "old": None})
    seen = await stage.ask("GET", f"{TICKETS}/{ticket}", "ann")
    history = await stage.ask("GET", f"{TICKETS}/{ticket}/history", "sam", claims=STAFF)

    assert (after.status, after.json["metadata"]) == (200, {"order": "O-17", "plan": "gold", "new": ""})
    assert seen.json["metadata"] == same.json["metadata"] == after.json["metadata"]
    assert [(it["field"], it["old"], it["new"]) for it in history.json if "metadata" in it["field"]] == [
        ("metadata.order", "O-16", "O-17"),
        ("metadata.old", "x", None),
        ("metadata.new", None, ""),
    ]


async def test_requesters_change_no_metadata(stage: Stage) -> None:
    ticket = await opened(stage, order="O-16")

    refused = await changed(stage, ticket, {"order": "O-17"}, "ann")

    assert (refused.status, refused.json["code"]) == (403, "staff_only")


async def test_there_is_room_for_sixteen_pairs(stage: Stage) -> None:
    ticket = await opened(stage, **{f"n{it}": "x" for it in range(16)})

    full = await changed(stage, ticket, {"one-more": "x"})
    instead = await changed(stage, ticket, {"one-more": "x", "n3": None})

    assert (full.status, full.json["code"]) == (409, "too_much_metadata")
    assert len(instead.json["metadata"]) == 16


@pytest.mark.parametrize(
    "metadata", [None, {"order": 7}, {"": "x"}, {"a" * 65: "x"}, {"order": "a" * 513}, []]
)
async def test_what_is_no_metadata_is_refused(stage: Stage, metadata: object) -> None:
    ticket = await opened(stage)

    assert (await changed(stage, ticket, metadata)).status == 400


async def test_tickets_are_found_by_the_names_that_are_indexed(store: Store, clock: Clock) -> None:
    async with Stage(store, clock).open(indexed_metadata=("order", "plan")) as stage:
        first, second = await opened(stage, order="O-17", plan="a"), await opened(stage, order="O-17")
        await changed(stage, second, {"plan": "a, b & c"})

        async def found(query: str, who: str = "sam") -> Any:
            claims = STAFF if who == "sam" else {}
            answer = await stage.ask("GET", f"{TICKETS}?{query}", who, claims=claims)
            return [it["id"] for it in answer.json] if answer.status == 200 else answer.json["errors"]

        assert await found("metadata.order=O-17") == [second, first]
        assert await found("metadata.order=O-17&metadata.plan=a") == [first]
        assert await found("metadata.plan=a,%20b%20%26%20c", "ann") == [second]
        assert await found("metadata.order=O-18") == await found("metadata.order=O-17", "ben") == []
        (unknown,) = await found("metadata.secret=1")
        assert unknown["location"] == "query.metadata.secret"
        assert "order, plan" in unknown["message"]
        (twice,) = await found("metadata.order=1&metadata.order=2")
        assert twice["message"] == "Give it once"


async def test_tickets_are_found_by_when_they_were_changed_and_closed(stage: Stage) -> None:
    times = []
    tickets = []
    for _ in range(3):
        tickets.append(await stage.opened("ann"))
        stage.clock.ahead += 10
    for ticket in tickets[:2]:
        await stage.ask("PATCH", f"{TICKETS}/{ticket}", "ann", json={"status": "CANCELED"})
        shown = await stage.ask("GET", f"{TICKETS}/{ticket}", "ann")
        times.append(shown.json["closed_at"])
        stage.clock.ahead += 10
    first, second, third = tickets

    async def found(query: str) -> list[str]:
        return [it["id"] for it in (await stage.ask("GET", f"{TICKETS}?{query}", "ann")).json]

    assert await found(f"closed_after={times[0]}") == [second]
    assert await found(f"closed_before={times[1]}") == [first]
    assert await found("closed_after=0&sort=updated_at") == [first, second]
    assert await found(f"updated_after={times[0]}") == [second]
    assert await found(f"updated_before={times[0]}&sort=-updated_at") == [third]
    assert await found(f"updated_after={times[1]}") == []
