"""A request that is sent again with its key is answered again, and done once."""

import asyncio
from typing import Any

import pytest

from api.door.idempotency import WORK_WITHIN
from tests.api.stage import STAFF, TICKETS, Answer, Clock, Stage
from tickets.events import Event
from tickets.ports.feed import Feed
from tickets.ports.store import Store, StoreUnavailable

NEW = {"topic": "It is broken", "description": "Really."}


async def send(
    stage: Stage, path: str = TICKETS, body: Any = NEW, key: str = "k1", user: str = "ann", **claims: Any
) -> Answer:
    return await stage.ask("POST", path, user, json=body, headers={"Idempotency-Key": key}, claims=claims)


async def events(feed: Feed) -> list[Event]:
    return [it.event for it in await feed.after(0, limit=1000)]


async def test_fifty_at_once_make_one_ticket_and_get_its_answer(stage: Stage, store: Store) -> None:
    answers = await asyncio.gather(*(send(stage) for _ in range(50)))

    assert {it.status for it in answers} == {201}
    assert [it.json for it in answers] == [answers[0].json] * 50
    assert sum("Idempotent-Replayed" not in it.headers for it in answers) == 1
    assert len(await events(store.feed)) == 1


async def test_two_processes_do_it_once(stage: Stage, store: Store, clock: Clock) -> None:
    async with Stage(store, clock).open(rate_limits=False) as second:
        answers = await asyncio.gather(*(send(it) for it in (stage, second) * 10))

    assert [it.json for it in answers] == [answers[0].json] * 20
    assert len(await events(store.feed)) == 1


async def test_the_first_answer_is_given_again_whatever_has_happened_since(stage: Stage) -> None:
    await stage.opened()
    path = f"{TICKETS}/1/messages"
    first = await send(stage, path, {"content": "Hello"})
    await stage.ask("DELETE", f"{path}/{first.json['id']}")
    await stage.ask("PATCH", f"{TICKETS}/1", json={"status": "CANCELED"})

    again = await send(stage, path, {"content": "Hello"})

    assert (again.status, again.json) == (201, first.json)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.headers["Content-Type"] == first.headers["Content-Type"]
    assert len(await stage.messages("1")) == 1


async def test_refusals_are_answered_again_too(stage: Stage) -> None:
    await stage.opened()
    await stage.ask("PATCH", f"{TICKETS}/1", json={"status": "CANCELED"})
    refused = await send(stage, f"{TICKETS}/1/messages", {"content": "Hello"})
    await stage.ask("PATCH", f"{TICKETS}/1", json={"status": "OPEN"})

    again = await send(stage, f"{TICKETS}/1/messages", {"content": "Hello"})

    assert refused.status == again.status == 403
    assert refused.json == again.json
    assert "Idempotent-Replayed" not in refused.headers
    assert "Idempotent-Replayed" in again.headers


async def test_another_body_is_422(stage: Stage) -> None:
    await send(stage)

    other = await send(stage, body={**NEW, "topic": "Other"})

    assert (other.status, other.json["error"]) == (422, "IDEMPOTENCY_KEY_REUSED")


async def test_a_key_is_of_one_user_and_path(stage: Stage, store: Store) -> None:
    await send(stage)
    await send(stage, user="ben")
    await send(stage, f"{TICKETS}/1/messages", {"content": "Hello"})
    await send(stage, f"{TICKETS}/1/notes", {"content": "Hm"}, user="sam", **STAFF)

    slash = await send(stage, f"{TICKETS}/")

    assert "Idempotent-Replayed" in slash.headers
    assert len(await events(store.feed)) == 4


async def test_a_key_is_of_one_query(stage: Stage) -> None:
    """Who is meant may stand there: nobody is told of another's erasure."""
    admin = {"role": "ADMIN"}
    await stage.opened("ann")
    keyed = {"headers": {"Idempotency-Key": "erase-ann"}, "claims": admin}

    first = await stage.ask("POST", "/api/v1/users/ann/erase?issuer=default", "root", **keyed)
    other = await stage.ask("POST", "/api/v1/users/ann/erase?issuer=other", "root", **keyed)
    wrong = await stage.ask("POST", "/api/v1/users/ann/erase?issuer=", "root", **keyed)

    assert (first.status, other.status, wrong.status) == (202, 404, 400)


async def test_a_key_is_forgotten_after_a_day(stage: Stage, clock: Clock) -> None:
    first = await send(stage)
    clock.ahead += 24 * 3600

    later = await send(stage)

    assert later.json["id"] != first.json["id"]


@pytest.mark.parametrize("key", ["", "x" * 256, "a b", "schlüssel", "a\tb"])
async def test_odd_keys_are_400(stage: Stage, key: str) -> None:
    answer = await send(stage, key=key)

    assert answer.status == 400
    assert [fault["location"] for fault in answer.json["errors"]] == ["Idempotency-Key"]


async def test_methods_other_than_post_need_no_key(stage: Stage) -> None:
    await stage.opened()

    for topic in ("One", "Two"):
        answer = await stage.ask(
            "PATCH", f"{TICKETS}/1", json={"topic": topic}, headers={"Idempotency-Key": "k1"}
        )
        assert answer.json["topic"] == topic


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (TICKETS, NEW),
        (f"{TICKETS}/1/messages", {"content": "Hello"}),
        (f"{TICKETS}/1/notes", {"content": "Hm"}),
    ],
)
async def test_a_crash_between_append_and_answer_does_it_once(
    stage: Stage, store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch, path: str, body: Any
) -> None:
    await stage.opened()
    append = store.log.append

    async def append_and_crash(*args: Any, **options: Any) -> Any:
        await append(*args, **options)
        monkeypatch.undo()
        raise asyncio.CancelledError

    monkeypatch.setattr(store.log, "append", append_and_crash)
    with pytest.raises(Exception, match=r"(?i)disconnected|closed|reset"):
        await send(stage, path, body, user="sam", **STAFF)
    before = await events(store.feed)
    clock.ahead += WORK_WITHIN / 1000

    answer = await send(stage, path, body, user="sam", **STAFF)
    again = await send(stage, path, body, user="sam", **STAFF)

    assert answer.status == 201
    assert "Idempotent-Replayed" not in answer.headers
    assert again.json == answer.json
    assert len(before) == 2
    assert await events(store.feed) == before


async def test_feedback_is_given_once_across_a_crash(
    stage: Stage, store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stage.opened()
    await stage.ask("PATCH", f"{TICKETS}/1", json={"status": "RESOLVED"})
    append = store.log.append

    async def append_and_crash(*args: Any, **options: Any) -> Any:
        await append(*args, **options)
        monkeypatch.undo()
        raise asyncio.CancelledError

    monkeypatch.setattr(store.log, "append", append_and_crash)
    with pytest.raises(Exception, match=r"(?i)disconnected|closed|reset"):
        await send(stage, f"{TICKETS}/1/feedback", {"rating": 5})
    clock.ahead += WORK_WITHIN / 1000

    answer = await send(stage, f"{TICKETS}/1/feedback", {"rating": 5})

    assert (answer.status, answer.json["rating"]) == (201, 5)


async def test_faults_of_ours_are_not_kept(
    stage: Stage, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: Any, **__: Any) -> Any:
        raise StoreUnavailable("gone")

    with monkeypatch.context() as trouble:
        trouble.setattr(store.log, "append", away)
        failed = await send(stage)
    answer = await send(stage)

    assert failed.status == 503
    assert answer.status == 201
    assert "Idempotent-Replayed" not in answer.headers


async def test_an_answer_that_cannot_be_kept_is_given_all_the_same(
    stage: Stage, store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: Any) -> None:
        raise StoreUnavailable("gone")

    with monkeypatch.context() as trouble:
        trouble.setattr(store.idempotency_keys, "settle", away)
        answer = await send(stage)
    clock.ahead += WORK_WITHIN / 1000
    again = await send(stage)

    assert answer.status == 201
    assert again.json == answer.json
    assert len(await events(store.feed)) == 1
