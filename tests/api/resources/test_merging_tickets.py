"""Merging tickets over the API: the same decision as in Discord."""

import pytest

from tests.api.resources.test_staff_reading import text
from tests.api.stage import STAFF, TICKETS, Stage


async def test_staff_merges_two_tickets_of_a_requester(stage: Stage) -> None:
    into, other = await stage.opened("ann"), await stage.opened("ann")

    merged = [
        await stage.ask("POST", f"{TICKETS}/{into}/merge", "sam", claims=STAFF, json={"from": other})
        for _ in range(2)
    ]
    closed = (await stage.ask("GET", f"{TICKETS}/{other}", "ann")).json
    posted = await stage.ask("POST", f"{TICKETS}/{other}/messages", "ann", json={"content": "Hello?"})
    events = (await stage.ask("GET", "/api/v1/events", "ann")).json

    assert [(it.status, it.json["id"], it.json["merged_into"]) for it in merged] == [(200, into, None)] * 2
    assert (closed["status"], closed["merged_into"]) == ("UNRESOLVED", into)
    assert (posted.status, posted.json["code"]) == (403, "ticket_merged")
    assert [(it["event"], it["ticket_id"]) for it in events[2:]] == [
        ("ticket_closed", other),
        ("ticket_merged", into),
    ]


@pytest.mark.parametrize("form", ["html", "txt", "md", "json"])
async def test_each_form_of_the_transcript_has_both_conversations(stage: Stage, form: str) -> None:
    into, other = await stage.opened("ann"), await stage.opened("ann")
    await stage.ask("POST", f"{TICKETS}/{other}/messages", "ann", json={"content": "Said in the other"})
    await stage.ask("POST", f"{TICKETS}/{into}/merge", "sam", claims=STAFF, json={"from": other})

    whole = await text(stage, f"{TICKETS}/{into}/transcript?format={form}", "ann")

    assert whole.count("Said in the other") == 1


async def test_what_cannot_be_merged_is_refused(stage: Stage) -> None:
    own, another = await stage.opened("ann"), await stage.opened("ben")

    others = await stage.ask("POST", f"{TICKETS}/{own}/merge", "sam", claims=STAFF, json={"from": another})
    none = await stage.ask("POST", f"{TICKETS}/{own}/merge", "sam", claims=STAFF, json={"from": "4711"})
    requester = await stage.ask("POST", f"{TICKETS}/{own}/merge", "ann", json={"from": own})

    assert (others.status, others.json["code"]) == (409, "cannot_merge_tickets")
    assert (none.status, none.json["code"]) == (404, "ticket_not_found")
    assert (requester.status, requester.json["code"]) == (403, "staff_only")
