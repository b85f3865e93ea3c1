"""Escalation over the API: the same decision as in Discord."""

import pytest

from tests.api.stage import STAFF, TICKETS, Stage


async def test_staff_escalates_with_a_note(stage: Stage) -> None:
    ticket = await stage.opened()
    key = {"Idempotency-Key": "once"}

    answers = [
        await stage.ask(
            "POST",
            f"{TICKETS}/{ticket}/escalate",
            "sam",
            claims=STAFF,
            headers=key,
            json={"note": "Needs logs"},
        )
        for _ in range(2)
    ]
    notes = await stage.ask("GET", f"{TICKETS}/{ticket}/notes", "sam", claims=STAFF)

    assert [it.status for it in answers] == [200, 200]
    assert [it.json["support_role"] for it in answers] == ["TECHNICAL", "TECHNICAL"]
    assert [it["content"] for it in notes.json] == ["Needs logs"]


@pytest.mark.parametrize("body", [{}, {"note": None}])
async def test_a_note_is_not_needed_and_the_top_is_the_top(stage: Stage, body: dict[str, None]) -> None:
    ticket = await stage.opened()

    answers = [
        await stage.ask("POST", f"{TICKETS}/{ticket}/escalate", "sam", claims=STAFF, json=body)
        for _ in range(4)
    ]

    assert [it.status for it in answers] == [200, 200, 200, 409]
    assert answers[-1].json["code"] == "nobody_above"


async def test_a_requester_escalates_nothing(stage: Stage) -> None:
    ticket = await stage.opened("ann")

    own = await stage.ask("POST", f"{TICKETS}/{ticket}/escalate", "ann", json={})
    anothers = await stage.ask("POST", f"{TICKETS}/{ticket}/escalate", "ben", json={})

    assert (own.status, own.json["code"]) == (403, "staff_only")
    assert anothers.status == 404
