"""Staff opens tickets for requesters."""

from typing import Any

import pytest

from tests.api.stage import STAFF, TICKETS, Answer, Clock, Stage
from tickets.model import AuthorType
from tickets.ports.store import Store

CARA = {"id": "cara", "username": "Cara", "email": "cara@example.test", "role": "TEMP_USER"}


async def open_for(stage: Stage, requester: Any, user: str = "sam", claims: Any = STAFF) -> Answer:
    body = {"topic": "It is broken", "description": "Says Cara.", "requester": requester}
    return await stage.ask("POST", TICKETS, user, json=body, claims=claims)


async def test_the_ticket_is_the_requesters(stage: Stage, store: Store) -> None:
    answer = await open_for(stage, CARA)

    ticket = answer.json
    assert answer.status == 201
    assert (ticket["user_id"], ticket["username"], ticket["user_role"]) == ("cara", "Cara", "TEMP_USER")
    assert (await stage.ask("GET", f"{TICKETS}/1", "cara", claims={"role": "TEMP_USER"})).status == 200
    assert (await stage.ask("GET", f"{TICKETS}/1", "ann")).status == 404
    opened = (await store.feed.after(0))[0].event
    assert opened.actor.type is AuthorType.STAFF
    assert opened.actor.key is not None
    assert opened.actor.key.id == "sam"


async def test_only_staff_may(stage: Stage) -> None:
    assert (await open_for(stage, CARA, "ann", {})).status == 403
    assert (await open_for(stage, {**CARA, "id": "ann"}, "ann", {})).json["username"] == "Ann"


async def test_who_is_known_stays_as_they_are(stage: Stage) -> None:
    await stage.ask("GET", TICKETS, "cara")

    answer = await open_for(stage, {**CARA, "username": "Mallory", "email": "mallory@example.test"})

    assert [answer.json[it] for it in ("username", "user_role")] == ["Cara", "CUSTOMER"]
    known = await stage.ask("GET", "/api/v1/users/cara", "sam", claims=STAFF)
    assert [known.json[it] for it in ("username", "email", "role")] == [
        "Cara",
        "cara@example.test",
        "CUSTOMER",
    ]


async def test_it_counts_against_the_requesters_limit(store: Store, clock: Clock) -> None:
    async with Stage(store, clock).open() as stage:
        for _ in range(3):
            assert (await open_for(stage, CARA)).status == 201

        over = await open_for(stage, CARA)
        own = await stage.ask(
            "POST", TICKETS, "cara", json={"topic": "a", "description": "b"}, claims={"role": "TEMP_USER"}
        )
        other = await open_for(stage, {**CARA, "id": "dora"})
        staffs = await open_for(stage, None)

    assert [it.status for it in (over, own, other, staffs)] == [429, 429, 201, 201]


@pytest.mark.parametrize(
    "wrong", [{"id": ""}, {"email": "cara"}, {"role": "BOSS"}, {"username": "a\nb"}, {"more": "x"}]
)
async def test_the_requester_is_checked_like_a_token(stage: Stage, wrong: dict[str, str]) -> None:
    answer = await open_for(stage, {**CARA, **wrong})

    assert answer.status == 400
    assert [fault["location"] for fault in answer.json["errors"]] == [f"requester.{next(iter(wrong))}"]
