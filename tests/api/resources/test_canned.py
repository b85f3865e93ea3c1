"""Canned answers over the API: staff keeps them, and posts them filled in."""

from typing import Any

import pytest

from tests.api.stage import STAFF, TICKETS, Clock, Stage

CANNED = "/api/v1/canned"
HELLO = {"name": "hello", "content": 'Hello {name}, this is {agent} about {topic} (#{number}). {"a": {x}}'}


async def by_staff(stage: Stage, method: str, path: str, **more: Any) -> Any:
    return await stage.ask(method, path, "sue", claims=STAFF, **more)


async def test_one_is_kept_changed_listed_and_removed(stage: Stage, clock: Clock) -> None:
    added = await by_staff(stage, "POST", CANNED, json=HELLO)
    await by_staff(stage, "POST", CANNED, json={"name": "bye", "content": "Bye"})
    changed = await by_staff(stage, "PATCH", f"{CANNED}/bye", json={"content": "Goodbye"})
    renamed = await by_staff(stage, "PATCH", f"{CANNED}/bye", json={"name": "a-bye"})
    listed = await by_staff(stage, "GET", CANNED)
    removed = await by_staff(stage, "DELETE", f"{CANNED}/hello")
    again = await by_staff(stage, "DELETE", f"{CANNED}/hello")

    assert added.status == 201
    assert abs(added.json.pop("created_at") - clock.seconds) < 5
    assert abs(added.json.pop("updated_at") - clock.seconds) < 5
    assert added.json == {**HELLO, "used": 0}
    assert (changed.status, changed.json["content"], changed.json["name"]) == (200, "Goodbye", "bye")
    assert (renamed.json["content"], renamed.json["name"]) == ("Goodbye", "a-bye")
    assert [it["name"] for it in listed.json] == ["a-bye", "hello"]
    assert (removed.status, again.status, again.json["code"]) == (204, 404, "canned_not_found")


async def test_a_name_is_given_once(stage: Stage) -> None:
    await by_staff(stage, "POST", CANNED, json=HELLO)
    await by_staff(stage, "POST", CANNED, json={"name": "bye", "content": "Bye"})

    twice = await by_staff(stage, "POST", CANNED, json=HELLO)
    taken = await by_staff(stage, "PATCH", f"{CANNED}/bye", json={"name": "hello"})

    assert (twice.status, twice.json["code"]) == (409, "canned_exists")
    assert (taken.status, taken.json["code"]) == (409, "canned_exists")


@pytest.mark.parametrize(
    "body",
    [
        {"name": "Hello", "content": "x"},
        {"name": "", "content": "x"},
        {"name": "x" * 41, "content": "x"},
        {"name": "hello\n", "content": "x"},
        {"name": "hello", "content": "  "},
        {"name": "hello", "content": "x" * 4001},
        {"name": "hello"},
    ],
)
async def test_what_is_no_canned_answer_is_refused(stage: Stage, body: dict[str, str]) -> None:
    assert (await by_staff(stage, "POST", CANNED, json=body)).status == 400
    assert (await by_staff(stage, "GET", CANNED)).json == []


async def test_it_is_posted_filled_in_and_counted(stage: Stage) -> None:
    ticket = await stage.opened(topic="the {agent} lamp")
    await by_staff(stage, "POST", CANNED, json=HELLO)

    posted = await by_staff(stage, "POST", f"{TICKETS}/1/canned/hello")

    assert posted.status == 201
    assert posted.json["content"] == 'Hello Ann, this is Sue about the {agent} lamp (#1). {"a": {x}}'
    assert (posted.json["author_name"], posted.json["author_type"]) == ("Sue", "STAFF")
    assert [it["content"] for it in await stage.messages(ticket)] == [posted.json["content"]]
    assert [it["used"] for it in (await by_staff(stage, "GET", CANNED)).json] == [1]


async def test_it_is_posted_and_counted_once_however_often_it_is_asked_for(stage: Stage) -> None:
    ticket = await stage.opened()
    await by_staff(stage, "POST", CANNED, json=HELLO)

    for _ in range(2):
        said = {"Idempotency-Key": "one"}
        await by_staff(stage, "POST", f"{TICKETS}/1/canned/hello", headers=said)

    assert len(await stage.messages(ticket)) == 1
    assert [it["used"] for it in (await by_staff(stage, "GET", CANNED)).json] == [1]


async def test_what_is_too_long_once_it_is_filled_in_is_refused(stage: Stage) -> None:
    await stage.opened(topic="T" * 100)
    await by_staff(stage, "POST", CANNED, json={"name": "long", "content": "{topic}" * 41})

    posted = await by_staff(stage, "POST", f"{TICKETS}/1/canned/long")

    assert (posted.status, posted.json["code"]) == (409, "canned_too_long")


async def test_requesters_see_none_of_it(stage: Stage) -> None:
    await stage.opened()
    await by_staff(stage, "POST", CANNED, json=HELLO)

    asked = [
        await stage.ask("GET", CANNED),
        await stage.ask("POST", CANNED, json={"name": "x", "content": "x"}),
        await stage.ask("PATCH", f"{CANNED}/hello", json={"content": "x"}),
        await stage.ask("DELETE", f"{CANNED}/hello"),
        await stage.ask("POST", f"{TICKETS}/1/canned/hello"),
    ]

    assert [(it.status, it.json["code"]) for it in asked] == [(403, "staff_only")] * 5


async def test_on_a_closed_ticket_nothing_is_posted_or_counted(stage: Stage) -> None:
    await stage.opened()
    await by_staff(stage, "POST", CANNED, json=HELLO)
    await stage.ask("PATCH", f"{TICKETS}/1", json={"status": "CANCELED"})

    refused = await by_staff(stage, "POST", f"{TICKETS}/1/canned/hello")

    assert (refused.status, refused.json["code"]) == (403, "ticket_closed")
    assert [it["used"] for it in (await by_staff(stage, "GET", CANNED)).json] == [0]
