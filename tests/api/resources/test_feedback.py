"""Feedback over the API, for every role."""

from typing import Any

import pytest

from tests.api.stage import AGENT, STAFF, TICKETS, Answer, Stage, headers
from tickets.desks.agent_desk import AgentDesk
from tickets.model import Status

ADMIN = {"role": "ADMIN"}
FEEDBACK = "/api/v1/feedback"


async def closed(stage: Stage, user: str = "ann") -> str:
    ticket = await stage.opened(user)
    await stage.answered(ticket)
    await stage.desk.close(AGENT, ticket, Status.RESOLVED)
    return ticket


async def rate(stage: Stage, ticket: str, rating: Any = 4, user: str = "ann", **body: Any) -> Answer:
    return await stage.ask("POST", f"{TICKETS}/{ticket}/feedback", user, json={"rating": rating, **body})


async def test_the_requester_rates_once_and_everybody_around_sees_it(stage: Stage) -> None:
    ticket = await closed(stage)

    given = await rate(stage, ticket, 4, comment="Thank you")
    again = await rate(stage, ticket, 5)

    path = f"{TICKETS}/{ticket}"
    assert (given.status, given.json["rating"], given.json["comment"]) == (201, 4, "Thank you")
    assert (again.status, again.json["error"]) == (409, "CONFLICT")
    assert (await stage.ask("GET", f"{path}/feedback")).json == given.json
    assert (await stage.ask("GET", f"{path}/feedback", "sam", claims=STAFF)).json == given.json
    assert (await stage.ask("GET", path)).json["feedback"] == given.json
    assert (await stage.ask("GET", f"{path}/feedback", "eve")).status == 404
    events = (await stage.ask("GET", "/api/v1/events")).json
    assert (events[-1]["event"], events[-1]["payload"]["feedback"]) == ("feedback_given", given.json)
    record = (await stage.ask("GET", f"{path}/transcript?format=json")).json
    assert record["history"][-1]["new"] == "4"


async def test_only_the_requester_of_a_closed_ticket_may_rate(stage: Stage) -> None:
    ticket, still_open = await closed(stage), await stage.opened()

    by_staff = await stage.ask(
        "POST", f"{TICKETS}/{ticket}/feedback", "sam", claims=STAFF, json={"rating": 5}
    )

    assert by_staff.status == 403
    assert (await rate(stage, still_open)).status == 403
    assert (await rate(stage, ticket, user="eve")).status == 404
    assert (await stage.ask("GET", f"{TICKETS}/{ticket}/feedback")).status == 404
    for wrong in (0, 6, "5", 4.5, None):
        assert (await rate(stage, ticket, wrong)).status == 400


@pytest.mark.parametrize(
    ("role", "removes", "reads"), [("CUSTOMER", 404, 403), ("AGENT", 403, 200), ("ADMIN", 204, 200)]
)
async def test_admins_remove_and_staff_read_all(stage: Stage, role: str, removes: int, reads: int) -> None:
    ticket = await closed(stage)
    await rate(stage, ticket)
    claims = {"role": role}

    listed = await stage.ask("GET", FEEDBACK, "sam", claims=claims)
    stats = await stage.ask("GET", f"{FEEDBACK}/stats", "sam", claims=claims)
    removed = await stage.ask("DELETE", f"{TICKETS}/{ticket}/feedback", "sam", claims=claims)

    assert (listed.status, stats.status, removed.status) == (reads, reads, removes)
    feedback = (await stage.ask("GET", f"{TICKETS}/{ticket}")).json["feedback"]
    assert (feedback is None) is (removes == 204)


async def test_that_feedback_was_removed_is_told_in_feed_and_transcript(stage: Stage) -> None:
    ticket = await closed(stage)
    await rate(stage, ticket, 2, comment="Slow")
    await stage.ask("DELETE", f"{TICKETS}/{ticket}/feedback", "root", claims={"role": "ADMIN"})

    feed = (await stage.ask("GET", "/api/v1/events")).json
    path = f"{TICKETS}/{ticket}/transcript?format=txt"
    async with stage.http.get(path, headers=headers()) as answer:
        transcript = await answer.text()

    assert [it["event"] for it in feed[-2:]] == ["feedback_given", "feedback_removed"]
    given, removed = (it["payload"]["feedback"] for it in feed[-2:])
    assert (given["rating"], given["comment"], removed) == (2, None, None)
    assert "Slow" not in transcript
    assert "gave ★★☆☆☆" in transcript
    assert "removed the feedback" in transcript


async def test_the_requester_may_not_remove_their_own(stage: Stage) -> None:
    ticket = await closed(stage)
    await rate(stage, ticket)

    assert (await stage.ask("DELETE", f"{TICKETS}/{ticket}/feedback")).status == 403


async def test_feedback_is_listed_newest_first_and_counted(stage: Stage) -> None:
    for number, stars in enumerate((5, 4, 1)):
        ticket = await closed(stage, f"user{number}")
        if number:
            await stage.desk.reopen(AGENT, ticket)
            await AgentDesk(stage.desk, stage.store).claim(AGENT, ticket)
            await stage.desk.close(AGENT, ticket, Status.RESOLVED)
        await rate(stage, ticket, stars, user=f"user{number}")

    page = await stage.ask("GET", f"{FEEDBACK}?limit=2", "sam", claims=STAFF)
    link = page.headers["Link"].partition("/in")[2].partition(">")[0]
    rest = await stage.ask("GET", link, "sam", claims=STAFF)
    stats = await stage.ask("GET", f"{FEEDBACK}/stats", "sam", claims=ADMIN)

    assert [it["rating"] for it in page.json + rest.json] == [1, 4, 5]
    assert rest.json[0]["username"] == "User0"
    assert stats.json == {
        "count": 3,
        "average": 3.333,
        "ratings": {"1": 1, "2": 0, "3": 0, "4": 1, "5": 1},
        "agents": [
            {
                "count": 2,
                "average": 2.5,
                "ratings": {"1": 1, "2": 0, "3": 0, "4": 1, "5": 0},
                "agent": {"id": "77", "name": "Sam of Support"},
            }
        ],
    }


async def test_feedback_is_found_by_user_assignee_and_rating(stage: Stage) -> None:
    for user, stars in (("ann", 2), ("bob", 5), ("bob", 2)):
        await rate(stage, await closed(stage, user), stars, user)

    async def found(query: str) -> list[tuple[str, int]]:
        answer = await stage.ask("GET", f"{FEEDBACK}?{query}", "sam", claims=STAFF)
        return [(it["user_id"], it["rating"]) for it in answer.json]

    assert await found("user_id=bob") == [("bob", 2), ("bob", 5)]
    assert await found("rating=2") == [("bob", 2), ("ann", 2)]
    assert await found("rating=2&user_id=ann") == [("ann", 2)]
    assert await found("assignee=nobody") == []
    assert (await stage.ask("GET", f"{FEEDBACK}?rating=6", "sam", claims=STAFF)).status == 400
