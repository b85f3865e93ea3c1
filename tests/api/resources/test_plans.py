"""Plans over the API: putting a ticket aside, and asking whether it can be closed."""

from typing import Any

import pytest

from tests.api.stage import STAFF, TICKETS, Stage, listening, token

HOUR = 3600


async def planned(stage: Stage, method: str, path: str, who: str = "sam", **more: Any) -> Any:
    claims = STAFF if who == "sam" else {}
    return await stage.ask(method, f"{TICKETS}/{path}", who, claims=claims, **more)


async def test_staff_puts_a_ticket_aside_and_takes_it_up_again(stage: Stage) -> None:
    ticket = await stage.opened("ann")
    until = stage.clock.seconds + HOUR

    aside = await planned(stage, "POST", f"{ticket}/snooze", json={"until": until})
    own = await stage.ask("GET", f"{TICKETS}/{ticket}", "ann")
    queue = await stage.ask("GET", "/api/v1/queue", "sam", claims=STAFF)
    again = await planned(stage, "DELETE", f"{ticket}/snooze")
    twice = await planned(stage, "DELETE", f"{ticket}/snooze")

    assert (aside.status, aside.json["snoozed_until"]) == (200, until)
    assert own.json["snoozed_until"] is None
    assert queue.json == []
    assert (again.status, again.json["snoozed_until"]) == (200, None)
    assert (twice.status, twice.json["code"]) == (409, "ticket_not_snoozed")


@pytest.mark.parametrize("until", [0, "soon", 1.5, None, 10**12, True])
async def test_a_time_that_makes_no_sense_is_refused(stage: Stage, until: object) -> None:
    ticket = await stage.opened("ann")

    refused = await planned(stage, "POST", f"{ticket}/snooze", json={"until": until})

    assert refused.status == 400


async def test_a_whole_number_is_one_however_it_is_written(stage: Stage) -> None:
    ticket = await stage.opened("ann")
    until = stage.clock.seconds + HOUR

    aside = await planned(stage, "POST", f"{ticket}/snooze", json={"until": float(until)})

    assert (aside.status, aside.json["snoozed_until"]) == (200, until)


async def test_a_requester_is_asked_and_agrees(stage: Stage) -> None:
    ticket = await stage.opened("ann")
    early = await planned(stage, "POST", f"{ticket}/ask-close")
    await stage.answered(ticket)

    asked = await planned(stage, "POST", f"{ticket}/ask-close")
    seen = await stage.ask("GET", f"{TICKETS}/{ticket}", "ann")
    agreed = await planned(stage, "POST", f"{ticket}/ask-close/answer", "ann", json={"accept": True})

    assert (early.status, early.json["code"]) == (403, "move_not_allowed")
    assert stage.clock.seconds - 60 < asked.json["close_asked_at"] == seen.json["close_asked_at"]
    assert (agreed.status, agreed.json["status"], agreed.json["close_asked_at"]) == (200, "RESOLVED", None)


async def test_a_requester_who_goes_on_is_served_on(stage: Stage) -> None:
    ticket = await stage.opened("ann")
    await stage.answered(ticket)
    await planned(stage, "POST", f"{ticket}/ask-close")

    not_theirs = await planned(stage, "POST", f"{ticket}/ask-close/answer", json={"accept": False})
    anothers = await planned(stage, "POST", f"{ticket}/ask-close/answer", "ben", json={"accept": False})
    goes_on = await planned(stage, "POST", f"{ticket}/ask-close/answer", "ann", json={"accept": False})
    late = await planned(stage, "POST", f"{ticket}/ask-close/answer", "ann", json={"accept": True})
    vague = await planned(stage, "POST", f"{ticket}/ask-close/answer", "ann", json={"accept": "yes"})

    assert (not_theirs.status, not_theirs.json["code"]) == (403, "requester_only")
    assert anothers.status == 404
    assert (goes_on.status, goes_on.json["status"]) == (200, "OPEN")
    assert (late.status, late.json["code"]) == (409, "close_not_asked")
    assert vague.status == 400


async def test_a_requester_hears_the_question_and_what_became_of_it(stage: Stage) -> None:
    ticket = await stage.opened("ann")
    await stage.answered(ticket)
    async with listening(stage) as ann, listening(stage, query=token("ben")) as ben:
        await ann.client.emit("authorize", {"token": token("ann"), "echo": True})
        await ann.until("authorized")
        await ben.until("authorized")

        await planned(stage, "POST", f"{ticket}/ask-close")
        asked = await ann.until("ask_close")
        await planned(stage, "POST", f"{ticket}/ask-close/answer", "ann", json={"accept": False})
        declined = await ann.until("close_declined")
        await stage.answered(ticket)
        await planned(stage, "POST", f"{ticket}/ask-close")
        await planned(stage, "POST", f"{ticket}/ask-close/answer", "ann", json={"accept": True})
        closed = await ann.until("ticket_closed")

    assert (asked["id"], asked["status"]) == (ticket, "PENDING")
    assert asked["close_asked_at"] is not None
    assert (declined["status"], declined["close_asked_at"]) == ("OPEN", None)
    assert (closed["status"], closed["closed_by"]["type"]) == ("RESOLVED", "REQUESTER")
    assert ben.names == ["authorized"]


async def test_a_question_is_asked_once_under_one_key(stage: Stage) -> None:
    ticket = await stage.opened("ann")
    await stage.answered(ticket)

    answers = [
        await planned(stage, "POST", f"{ticket}/ask-close", headers={"Idempotency-Key": "k"})
        for _ in range(2)
    ]
    other = await planned(stage, "POST", f"{ticket}/ask-close")

    assert [it.status for it in answers] == [200, 200]
    assert (other.status, other.json["code"]) == (409, "close_asked")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [("POST", "snooze", {"until": 2_000_000_000}), ("DELETE", "snooze", None), ("POST", "ask-close", None)],
)
async def test_plans_are_staffs(stage: Stage, method: str, path: str, body: object) -> None:
    ticket = await stage.opened("ann")

    refused = await planned(stage, method, f"{ticket}/{path}", "ann", json=body)

    assert (refused.status, refused.json["code"]) == (403, "staff_only")
