"""Stores that revision a5a5475 has left give the same answers to today's program."""

import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from yarl import URL

from api.door.auth import Verified
from tests.api.stage import Stage
from tests.clocks import Hands
from tests.contract.acts import fed_until
from tests.contract.places import Place, SqlitePlace, leading
from tests.upgrade.on_purpose import (
    PROOF,
    as_of_today,
    is_refused_today,
    is_retold,
    with_ids_first,
    without_cursor,
    without_feedback,
    without_new_fields,
    without_staff_who_only_came,
    without_words,
    words_of_people,
)
from tests.upgrade.said import said_by_ports
from tests.upgrade.stores import NOW, RECORDED, lines, unpack
from tests.waiting import until
from tickets.model import Caller, Person, UserKey, UserRole
from tickets.ports.lease import Term
from tickets.ports.store import Store
from tickets.ports.uploads import SWEPT_AFTER

NEW = {"topic": "a", "description": "b"}
PEOPLE = {
    "admin": ("default", "ada", "Ada", "ADMIN", "ada@example.test"),
    "admin of the shop": ("shop.example", "zed", "Zed", "ADMIN", "zed@shop.example"),
    "agent": ("default", "sam", "Sam", "AGENT", "sam@example.test"),
    "customer": ("default", "ann", "Ann <b>@everyone</b> & Co.", "CUSTOMER", "ann@example.test"),
    "merged": ("default", "cleo", "Cleo", "CUSTOMER", "cleo@example.test"),
    "guest": ("default", "guest-8", "Гость №8", "TEMP_USER", "guest-8@guest.invalid"),
    "customer of the shop": ("shop.example", "ann", "安娜 李", "CUSTOMER", "ann@shop.example"),
}
"""Who asks, as they were when it was recorded."""


@pytest.fixture(params=["sqlite", "mongo", pytest.param("mongodb", marks=pytest.mark.slow)])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


class Trusting:
    """Believes what a token says."""

    async def verify(self, token: str) -> Verified:
        issuer, user, name, role, email = json.loads(base64.urlsafe_b64decode(token))
        return Verified(Caller(Person(UserKey(issuer, user), name, UserRole(role), email)), 0, float("inf"))


def headers_of(who: str | None) -> dict[str, str]:
    if who is None:
        return {}
    token = base64.urlsafe_b64encode(json.dumps(PEOPLE[who]).encode()).decode()
    return {"Authorization": f"Bearer {token}"}


@pytest.fixture(scope="module")
def recorded() -> Any:
    return unpack(RECORDED)


@asynccontextmanager
async def served(place: Place, clock: Hands, recorded: Any) -> AsyncIterator[Stage]:
    """The store's API, by a process that leads, once all is fed and what nobody used is swept away."""
    async with place.open(clock) as store, leading(store) as leader:
        stage = Stage(leader, clock)  # type: ignore[arg-type]
        async with stage.open(rate_limits=False, verifier=Trusting()):
            await fed_until(stage.store, len(recorded["ports"]["log"]))
            await until(lambda: is_swept(leader, clock))
            yield stage


async def is_swept(store: Store, clock: Hands) -> bool:
    return not await store.uploads.unsettled(clock() - SWEPT_AFTER, 1)


async def answer_to(stage: Stage, asked: dict[str, Any]) -> dict[str, Any]:
    """In the same form as it was recorded."""
    async with stage.http.get(URL(asked["path"], encoded=True), headers=headers_of(asked["who"])) as answer:
        said = {"who": asked["who"], "path": asked["path"], "status": answer.status}
        for header, name in (
            ("Content-Type", "type"),
            ("Link", "link"),
            ("Content-Disposition", "disposition"),
        ):
            if header in answer.headers:
                said[name] = answer.headers[header]
        body = await answer.text("utf-8", errors="backslashreplace")
        return {**said, "body": json.loads(body) if answer.content_type == "application/json" else body}


def is_feed_of_requester(asked: dict[str, Any]) -> bool:
    is_feed = asked["path"].startswith("/api/v1/events?") and asked["status"] == 200
    return is_feed and PEOPLE[asked["who"]][3] not in ("ADMIN", "AGENT")


@pytest.mark.slow
async def test_the_api_gives_the_same_answers(place: Place, clock: Hands, recorded: Any) -> None:
    async with served(place, clock, recorded) as stage:
        for asked in recorded["answers"]:
            answer = await answer_to(stage, asked)

            if is_refused_today(asked["path"]):
                assert answer["status"] == 400
                continue
            if is_retold(asked["path"]) and asked["status"] == 200:
                told = answer["body"]
                assert [it for it in words_of_people(asked["body"]) if it not in told] == []
                continue
            then = without_cursor({**asked, "body": as_of_today(asked["path"], asked["body"])})
            body = with_ids_first(asked["path"], without_feedback(asked["path"], answer["body"]))
            body = without_staff_who_only_came(asked["path"], body)
            today = without_cursor({**answer, "body": without_new_fields(body)})
            if "/events?" in today.get("link", ""):
                today["link"] = PROOF.sub("", today["link"])
            if is_feed_of_requester(asked):
                then["body"], today["body"] = without_words(then["body"]), without_words(today["body"])
            assert lines(today) == lines(then), f"{asked['who']} asks for {asked['path']}"


async def test_the_ports_say_the_same(place: Place, clock: Hands, recorded: Any) -> None:
    async with served(place, clock, recorded) as stage:
        said = await said_by_ports(stage.store, NOW)

    for gained in ("agents", "channels"):
        said[gained] = without_new_fields(said[gained])
    assert said.keys() == recorded["ports"].keys()
    for port, then in recorded["ports"].items():
        assert lines(said[port]) == lines(then), port


async def test_a_leader_that_died_is_succeeded(place: Place, clock: Hands, recorded: Any) -> None:
    kind = "sqlite" if isinstance(place, SqlitePlace) else "mongo"
    async with place.open(clock) as store:
        seen = await store.lease.observe()
        assert seen == Term(**recorded["lease"][kind])

        term = await store.lease.acquire("a successor", seen)

        assert term == Term(seen.epoch + 1, "a successor")


async def test_what_was_asked_under_a_key_is_done_once(place: Place, clock: Hands, recorded: Any) -> None:
    """One was answered before the end; of the other, whose work had begun, the ticket gets its very id."""
    async with served(place, clock, recorded) as stage:
        clock.now = NOW + 6_000
        for post in recorded["posts"]:
            key = {"Idempotency-Key": post["key"], "Content-Type": "application/json"}
            async with stage.http.post(
                "/api/v1/tickets", data=post["sent"].encode(), headers=headers_of("customer") | key
            ) as answer:
                assert answer.status == post["status"]
                assert lines(without_new_fields(await answer.json())) == lines(post["body"])


async def test_life_goes_on(place: Place, clock: Hands, recorded: Any) -> None:
    """Numbers, seqs and positions follow on those that were there."""
    positions = len(recorded["ports"]["log"])
    clock.now = NOW + 3_600_000
    async with served(place, clock, recorded) as stage:
        ann = headers_of("customer")
        opened = await stage.http.post("/api/v1/tickets", json=NEW, headers=ann)
        talk = f"/api/v1/tickets/{recorded['tickets']['talk']}/messages"
        posted = await stage.http.post(talk, json={"content": "one more"}, headers=ann)

        assert (await opened.json())["number"] == 1 + max(_numbers(recorded))
        assert (await posted.json())["seq"] == 1 + _newest_seq(recorded, recorded["tickets"]["talk"])
        await fed_until(stage.store, positions + 2)


def _numbers(recorded: Any) -> list[int]:
    whole = next(it for it in recorded["answers"] if it["path"] == "/api/v1/tickets?limit=100")
    return [ticket["number"] for ticket in whole["body"]]


def _newest_seq(recorded: Any, ticket_id: str) -> int:
    return max(int(it["seq"]) for it in recorded["ports"]["log"] if it["ticket"] == ticket_id)
