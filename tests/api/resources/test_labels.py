"""Labels over the API: staff's alone, and a way to find tickets."""

from typing import Any

import pytest

from tests.api.resources.test_staff_reading import text
from tests.api.stage import STAFF, TICKETS, Stage


async def labelled(stage: Stage, method: str, path: str, who: str = "sam") -> Any:
    return await stage.ask(method, f"{TICKETS}/{path}", who, claims=STAFF if who == "sam" else {})


async def test_staff_puts_labels_on_a_ticket_and_takes_them_off(stage: Stage) -> None:
    ticket = await stage.opened("ann")
    before = (await stage.ask("GET", f"{TICKETS}/{ticket}", "ann")).json

    await labelled(stage, "PUT", f"{ticket}/labels/refund")
    both = await labelled(stage, "PUT", f"{ticket}/labels/billing")
    again = await labelled(stage, "PUT", f"{ticket}/labels/billing")
    own = (await stage.ask("GET", f"{TICKETS}/{ticket}", "ann")).json
    one = await labelled(stage, "DELETE", f"{ticket}/labels/refund")
    none_such = await labelled(stage, "DELETE", f"{ticket}/labels/refund")

    assert (both.status, both.json["labels"]) == (200, ["billing", "refund"])
    assert again.json == both.json
    assert own == before
    assert own["labels"] is None
    assert (one.json["labels"], none_such.json["labels"]) == (["billing"], ["billing"])
    history = await stage.ask("GET", f"{TICKETS}/{ticket}/history", "sam", claims=STAFF)
    assert [(it["old"], it["new"]) for it in history.json if it["field"] == "labels"] == [
        (None, "refund"),
        ("refund", "billing, refund"),
        ("billing, refund", "billing"),
    ]


@pytest.mark.parametrize("label", ["Billing", "a" * 41, "two%20words", "ü", "a_b", "a%0A"])
@pytest.mark.parametrize("method", ["PUT", "DELETE"])
async def test_what_is_no_label_is_refused(stage: Stage, method: str, label: str) -> None:
    ticket = await stage.opened("ann")

    refused = await labelled(stage, method, f"{ticket}/labels/{label}")

    assert (refused.status, refused.json["code"]) == (400, "label_not_allowed")


async def test_a_ticket_has_twenty_labels_at_most(stage: Stage) -> None:
    ticket = await stage.opened("ann")
    for n in range(20):
        assert (await labelled(stage, "PUT", f"{ticket}/labels/n{n}")).status == 200

    one_more = await labelled(stage, "PUT", f"{ticket}/labels/one-more")
    one_it_has = await labelled(stage, "PUT", f"{ticket}/labels/n7")

    assert (one_more.status, one_more.json["code"]) == (409, "too_many_labels")
    assert one_it_has.status == 200


async def test_labels_are_refused_to_requesters_whatever_their_role(stage: Stage) -> None:
    anns, sams = await stage.opened("ann"), await stage.opened("sam")

    refused = [
        await labelled(stage, "PUT", f"{anns}/labels/mine", "ann"),
        await labelled(stage, "DELETE", f"{anns}/labels/mine", "ann"),
        await labelled(stage, "PUT", f"{sams}/labels/mine"),
        await stage.ask("GET", f"{TICKETS}?label=billing", "ann"),
        await stage.ask("GET", f"{TICKETS}?snoozed=false", "ann"),
    ]

    assert [(it.status, it.json["code"]) for it in refused] == [(403, "staff_only")] * 5


async def test_tickets_are_found_by_their_labels(stage: Stage) -> None:
    first, second, third = [await stage.opened("ann") for _ in range(3)]
    for ticket, label in ((first, "a"), (first, "b"), (second, "b"), (third, "a"), (third, "c")):
        await labelled(stage, "PUT", f"{ticket}/labels/{label}")
    await labelled(stage, "DELETE", f"{third}/labels/a")

    async def found(query: str) -> list[str]:
        answer = await stage.ask("GET", f"{TICKETS}?{query}", "sam", claims=STAFF)
        return [it["id"] for it in answer.json]

    assert await found("label=b") == [second, first]
    assert await found("label=b&label=a") == await found("label=a,b") == [first]
    assert await found("label=a&sort=updated_at") == [first]
    assert await found("label=nowhere") == []
    assert await found("label=b&snoozed=true") == []


@pytest.mark.parametrize("form", ["json", "html", "md", "txt"])
async def test_transcripts_tell_staff_alone_of_labels(stage: Stage, form: str) -> None:
    ticket = await stage.opened("ann")
    await labelled(stage, "PUT", f"{ticket}/labels/secret-matter")
    url = f"{TICKETS}/{ticket}/transcript?format={form}"

    staffs = await text(stage, url, "sam", STAFF)
    requesters = await text(stage, url, "ann")

    assert "secret-matter" in staffs.replace("\\", "")  # which Markdown has before each hyphen
    assert "label" not in requesters.lower()
