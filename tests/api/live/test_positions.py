"""A socket has a position from the start, and positions that were never here are refused."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.api.stage import STAFF, Clock, Ear, Stage, listening, token
from tests.new_stores import open_new_sqlite
from tickets.ports.feed import Position
from tickets.ports.store import Store

UNKNOWN = "position_unknown"


def contents(ear: Ear) -> list[str]:
    return [it["content"] for it in ear.payloads("message")]


@pytest.mark.parametrize("by", ["authorized", "authorize"])
async def test_who_is_cut_before_the_first_event_misses_nothing(stage: Stage, by: str) -> None:
    await stage.opened()
    await stage.answered("1", "Long ago")

    async with listening(stage) as ear:
        answer = await ear.authorize(token=token())
        said = await ear.until("authorized") if by == "authorized" else answer
    await stage.answered("1", "While away")
    async with listening(stage, auth={"token": token(), "last_event_id": said["event_id"]}) as ear:
        await stage.answered("1", "Back again")
        await ear.until("message", count=2)

    assert contents(ear) == ["While away", "Back again"]


async def test_who_is_cut_while_catching_up_misses_nothing(stage: Stage) -> None:
    await stage.opened()
    for number in range(50):
        await stage.answered("1", str(number))

    async with listening(stage) as ear:
        said = await ear.authorize(token=token(), last_event_id="1")

    async with listening(stage, auth={"token": token(), "last_event_id": said["event_id"]}) as ear:
        await ear.until("message", count=50)

    assert contents(ear) == [str(number) for number in range(50)]


async def test_before_the_first_event_of_all_there_is_a_position_too(stage: Stage) -> None:
    async with listening(stage) as ear:
        said = await ear.authorize(token=token(), echo=True)
    await stage.opened()
    async with listening(stage) as ear:
        again = await ear.authorize(token=token(), echo=True, last_event_id=said["event_id"])
        await ear.until("ticket_opened")

    assert (said["event_id"], again["missed"]) == ("0", 1)


async def test_a_watch_says_from_where_on_the_socket_hears(stage: Stage) -> None:
    await stage.opened()
    sam = token("sam", **STAFF)

    async with listening(stage, query=sam) as ear:
        said = await ear.client.call("watch", "all", timeout=30)
    await stage.posted("1", "While away")
    async with listening(stage) as ear:
        await ear.authorize(token=sam, watch="all", last_event_id=said["event_id"])
        await ear.until("message")

    assert contents(ear) == ["While away"]


async def test_the_position_goes_along_with_what_was_told(stage: Stage) -> None:
    await stage.opened()

    async with listening(stage, query=token()) as ear:
        await ear.until("authorized")
        await stage.answered("1")
        told = await ear.until("message")
        again = await ear.authorize(token=token())

    assert again["event_id"] == told["event_id"] == await stage.newest()


async def restored(stage: Stage, path: Path, clock: Clock) -> str:
    """A position of a store that has had as many events as this one, and others."""
    async with open_new_sqlite(path, clock) as store, Stage(store, clock).open(rate_limits=False) as other:
        await other.opened()
        for _ in range(5):
            await other.answered("1")
        return await other.newest()


async def test_a_position_from_before_a_restore_is_refused(
    stage: Stage, tmp_path: Path, clock: Clock
) -> None:
    await stage.opened()
    for _ in range(5):
        await stage.answered("1")
    theirs, sam = await restored(stage, tmp_path / "other", clock), token("sam", **STAFF)

    async with listening(stage) as ear:
        refused = await ear.authorize(token=sam, last_event_id=theirs)
        anew = await ear.authorize(token=sam)
        watched = await ear.client.call("watch", {"ticket_id": 1, "last_event_id": theirs}, timeout=30)
    page = await stage.ask("GET", f"/api/v1/events?after={theirs}")

    reason = f"This feed never had the position {theirs}; begin anew."
    assert refused == watched == {"ok": False, "error": reason, "code": UNKNOWN}
    assert ear.heard[0] == ("error", {"message": reason, "code": UNKNOWN})
    assert ear.names == ["error", "authorized", "error"]
    assert anew["ok"]
    assert (page.status, page.json) == (409, {"error": "CONFLICT", "message": reason, "code": UNKNOWN})


async def test_a_position_from_the_future_is_refused(stage: Stage) -> None:
    await stage.opened()

    for event_id in ("2", "2-0000", "999999999999999", "0-0000"):
        async with listening(stage, auth={"token": token(), "last_event_id": event_id}) as ear:
            assert (await ear.until("error"))["code"] == UNKNOWN
        page = await stage.ask("GET", f"/api/v1/events?after={event_id}")
        assert (page.status, page.json["code"]) == (409, UNKNOWN)


@pytest.mark.parametrize(
    "event_id",
    ["1-", "-1", "1-abc", "1-ABCD", "1-abcde", "1-ghij", "1_abcd", "+1", "1.0", "٣", "NOW", ""],
)
async def test_what_is_no_position_is_told_as_that(stage: Stage, event_id: str) -> None:
    async with listening(stage) as ear:
        refused = await ear.authorize(token=token(), last_event_id=event_id)
    page = await stage.ask("GET", "/api/v1/events", params={"after": event_id})

    assert (refused["code"], refused["error"]) == ("payload_invalid", '"last_event_id" invalid')
    assert (page.status, page.json["code"]) == (400, "query_invalid")


async def test_now_is_the_end_of_the_feed(stage: Stage) -> None:
    await stage.opened()

    now = await stage.ask("GET", "/api/v1/events?after=now&limit=7")
    await stage.answered("1", "Then")
    path = now.headers["Link"].partition("/in")[2].partition(">")[0]
    linked = await stage.ask("GET", path)
    named = await stage.ask("GET", "/api/v1/events", params={"after": now.headers["Last-Event-ID"]})

    assert (now.status, now.json) == (200, [])
    assert [it["payload"]["content"] for it in linked.json] == ["Then"]
    assert "limit=7" in path
    assert named.json == linked.json
    assert "Link" not in linked.headers
    assert linked.headers["Last-Event-ID"] == linked.json[-1]["event_id"] == await stage.newest()


async def test_the_feed_of_one_ticket_and_of_some_events(stage: Stage) -> None:
    mine, other = await stage.opened(), await stage.opened()
    theirs = await stage.opened("bob")
    await stage.posted(mine)
    await stage.posted(other)

    async def told(**query: str) -> list[tuple[str, str]]:
        page = await stage.ask("GET", "/api/v1/events", params=query)
        return [(it["ticket_id"], it["event"]) for it in page.json]

    assert await told(ticket_id=mine) == [(mine, "ticket_opened"), (mine, "message")]
    assert await told(type="message") == [(mine, "message"), (other, "message")]
    assert await told(ticket_id="2", type="message,ticket_closed") == [(other, "message")]
    foreign = await stage.ask("GET", "/api/v1/events", params={"ticket_id": theirs})
    unknown = await stage.ask("GET", "/api/v1/events?type=mesage")
    assert (foreign.status, foreign.json["code"]) == (404, "ticket_not_found")
    assert [it["location"] for it in unknown.json["errors"]] == ["query.type.0"]


async def test_a_link_keeps_every_value_of_the_query(stage: Stage) -> None:
    await stage.posted(await stage.opened())

    page = await stage.ask("GET", "/api/v1/events?type=message&type=ticket_opened&limit=1")

    path = page.headers["Link"].partition("/in")[2].partition(">")[0]
    assert [it["event"] for it in (await stage.ask("GET", path)).json] == ["message"]


async def test_who_waits_for_events_is_answered_when_one_comes(stage: Stage) -> None:
    ticket = await stage.opened()
    query = {"after": await stage.newest(), "wait": "30"}
    waiting = asyncio.create_task(stage.ask("GET", "/api/v1/events", params=query))

    await stage.answered(ticket, "Here I am")

    page = await asyncio.wait_for(waiting, 30)
    assert [it["payload"]["content"] for it in page.json] == ["Here I am"]
    assert page.headers["Last-Event-ID"] == page.json[0]["event_id"]


async def test_an_empty_page_says_where_to_go_on_too(stage: Stage) -> None:
    await stage.opened("bob")
    own = await stage.opened("ann")
    await stage.opened("bob")

    first = await stage.ask("GET", "/api/v1/events?limit=1")
    last = await stage.ask("GET", "/api/v1/events", params={"after": first.headers["Last-Event-ID"]})
    again = await stage.ask("GET", "/api/v1/events", params={"after": last.headers["Last-Event-ID"]})

    assert [it["ticket_id"] for it in first.json] == [own]
    assert (last.json, again.json) == ([], [])
    assert last.headers["Last-Event-ID"] == again.headers["Last-Event-ID"] == first.json[0]["event_id"]


def test_a_position_is_read_as_it_is_written() -> None:
    for position in (Position(0), Position(17), Position(17, "3fa2")):
        assert Position.parse(str(position)) == position


async def test_numbers_of_any_older_client_are_taken(stage: Stage, store: Store) -> None:
    await stage.opened()
    await stage.answered("1")
    last: list[Any] = ["1", 1, str(await store.feed.last())]

    for event_id in last:
        async with listening(stage) as ear:
            assert (await ear.authorize(token=token(), last_event_id=event_id))["ok"]
    assert (await stage.ask("GET", "/api/v1/events?after=1")).status == 200
