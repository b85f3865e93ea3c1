"""Rate limits: a burst, then evenly refilled; refused at once; forgotten when drained."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from aiolimiter import AsyncLimiter
from hypothesis import given
from hypothesis import strategies as st

from api.door.errors import RateLimited
from api.door.limits import Limit, Limits, network
from tests.api.stage import STAFF, TICKETS, Clock, Stage
from tickets.ports.store import Store

THREE = Limit("three", 3)


class Loop(asyncio.SelectorEventLoop):
    """Its time moves by hand."""

    now = 1_000.0

    def time(self) -> float:
        return self.now

    async def pass_(self, seconds: float) -> None:
        """What was to happen meanwhile happens, each at its time."""
        until = self.now + seconds
        while due := [timer.when() for timer in self._scheduled if timer.when() <= until]:  # type: ignore[attr-defined]
            self.now = max(self.now, min(due)) + 1e-6
            await asyncio.sleep(0)
            await asyncio.sleep(0)
        self.now = until


def timed(test: Callable[[Loop], Coroutine[Any, Any, None]]) -> None:
    loop = Loop()
    try:
        loop.run_until_complete(test(loop))
    finally:
        loop.close()


async def admitted(limits: Limits, limit: Limit = THREE, who: str = "ann") -> bool:
    try:
        await limits.admit(limit, who)
    except RateLimited:
        return False
    return True


def test_so_many_at_once_then_one_for_each_that_leaks() -> None:
    async def test(loop: Loop) -> None:
        limits = Limits()
        assert [await admitted(limits) for _ in range(5)] == [True, True, True, False, False]
        await loop.pass_(19)
        assert not await admitted(limits)
        await loop.pass_(1)
        assert [await admitted(limits) for _ in range(2)] == [True, False]
        await loop.pass_(60)
        assert [await admitted(limits) for _ in range(4)] == [True, True, True, False]

    timed(test)


def test_everybody_and_every_route_has_its_own() -> None:
    async def test(_: Loop) -> None:
        limits = Limits()
        assert [await admitted(limits) for _ in range(3)] == [True, True, True]
        assert not await admitted(limits)
        assert await admitted(limits, who="bob")
        assert await admitted(limits, Limit("other", 3))

    timed(test)


@given(
    st.integers(1, 30),
    st.sampled_from([1, 60, 3_600]),
    st.lists(st.tuples(st.floats(0, 100), st.integers(1, 40)), max_size=12),
)
def test_it_admits_what_aiolimiter_admits(amount: int, seconds: int, visits: list[tuple[float, int]]) -> None:
    async def test(loop: Loop) -> None:
        limits, limit, model = Limits(), Limit("any", amount, seconds), AsyncLimiter(amount, seconds)
        for pause, count in visits:
            await loop.pass_(pause)
            for _ in range(count):
                expected = model.has_capacity()
                if expected:
                    await model.acquire()
                assert await admitted(limits, limit) is expected

    timed(test)


@given(st.lists(st.tuples(st.floats(0, 30), st.integers(0, 5)), max_size=20))
def test_never_more_than_the_burst_and_the_leak(visits: list[tuple[float, int]]) -> None:
    async def test(loop: Loop) -> None:
        limits, when = Limits(), []
        for pause, count in visits:
            await loop.pass_(pause)
            when += [loop.now for _ in range(count) if await admitted(limits)]
        for first, start in enumerate(when):
            for last, end in enumerate(when[first:], first):
                assert last - first + 1 <= 3 + (end - start) / 20 + 1e-6

    timed(test)


def test_whoever_waits_as_told_is_let_in() -> None:
    async def test(loop: Loop) -> None:
        limits = Limits()
        for _ in range(3):
            await limits.admit(THREE, "ann")
        await loop.pass_(7.5)
        with pytest.raises(RateLimited) as refused:
            await limits.admit(THREE, "ann")
        said = refused.value.headers or {}
        assert said["Retry-After"] == "13"
        await loop.pass_(13)
        assert await admitted(limits)

    timed(test)


def test_drained_buckets_are_forgotten() -> None:
    async def test(loop: Loop) -> None:
        limits = Limits()
        for number in range(1_000):
            await limits.admit(THREE, number)
        await limits.admit(THREE, "again")
        await loop.pass_(15)
        await limits.admit(THREE, "again")
        assert len(limits) == 1_001
        await loop.pass_(10)
        assert len(limits) == 1
        await loop.pass_(20)
        assert len(limits) == 0

    timed(test)


async def test_what_is_over_is_429_at_once(store: Store, clock: Clock) -> None:
    async with Stage(store, clock).open() as stage:
        answers = [
            await stage.ask("POST", TICKETS, json={"topic": "a", "description": "b"}) for _ in range(4)
        ]
        other = await stage.ask("POST", TICKETS, "bob", json={"topic": "a", "description": "b"})
        listed = await stage.ask("GET", TICKETS)

    assert [it.status for it in answers] == [201, 201, 201, 429]
    assert answers[3].json == {
        "error": "RATELIMIT",
        "message": "You are being ratelimited only 3 per minute request are allowed",
        "code": "rate_limited",
    }
    assert int(answers[3].headers["Retry-After"]) in (19, 20)
    assert answers[0].headers["RateLimit-Policy"] == '"open_ticket";q=3;w=60'
    assert answers[0].headers["RateLimit"].startswith('"open_ticket";r=2;t=')
    assert answers[3].headers["RateLimit"].startswith('"open_ticket";r=0;t=')
    assert (other.status, listed.status) == (201, 200)
    assert len(listed.json) == 3


async def test_retry_after_is_there_only_where_the_next_one_must_wait(store: Store, clock: Clock) -> None:
    ticket = {"topic": "a", "description": "b"}
    async with Stage(store, clock).open() as stage:
        opened = [await stage.ask("POST", TICKETS, json=ticket) for _ in range(3)]
        refused = await stage.ask("POST", TICKETS, json=ticket)
        listed = await stage.ask("GET", TICKETS)
        wrong = [await stage.ask("POST", TICKETS, "bob", json={}) for _ in range(4)]
        unknown = await stage.ask("GET", "/api/v1/nothing")

    told = [it.headers.get("Retry-After") for it in opened]
    assert told[:2] == [None, None]
    assert told[2] in ("19", "20")
    assert refused.headers["Retry-After"] in ("19", "20")
    assert "Retry-After" not in listed.headers
    assert "Retry-After" not in unknown.headers
    assert [(it.status, "Retry-After" in it.headers) for it in wrong] == [(400, False)] * 3 + [(429, True)]
    assert all("RateLimit" in it.headers for it in (*opened, refused, listed, *wrong))


@pytest.mark.parametrize(
    ("method", "path", "burst", "body"),
    [
        ("GET", "", 30, None),
        ("GET", "/1", 30, None),
        ("POST", "/1/messages", 15, {"content": "x"}),
        ("GET", "/1/messages", 15, None),
    ],
)
async def test_the_limits_of_the_contract(
    store: Store, clock: Clock, method: str, path: str, burst: int, body: Any
) -> None:
    async with Stage(store, clock).open() as stage:
        await stage.opened()
        statuses = [(await stage.ask(method, TICKETS + path, json=body)).status for _ in range(burst + 1)]

    assert 429 not in statuses[:burst]
    assert statuses[burst] == 429


async def test_refused_requests_count_and_their_answers_tell_it(store: Store, clock: Clock) -> None:
    async with Stage(store, clock).open() as stage:
        answers = [await stage.ask("POST", TICKETS, json={}) for _ in range(4)]

    assert [it.status for it in answers] == [400, 400, 400, 429]
    assert '"open_ticket";r=2' in answers[0].headers["RateLimit"]


async def test_staff_is_limited_too_and_each_role_of_a_user_is_one_user(store: Store, clock: Clock) -> None:
    async with Stage(store, clock).open() as stage:
        body = {"topic": "a", "description": "b"}
        statuses = [
            (await stage.ask("POST", TICKETS, "sam", claims=claims, json=body)).status
            for claims in (STAFF, {}, STAFF, {})
        ]

    assert statuses == [201, 201, 201, 429]


async def test_a_ticket_that_staff_opens_counts_for_its_requester(store: Store, clock: Clock) -> None:
    async def opened_for(user: str) -> int:
        person = {"id": user, "username": user, "email": f"{user}@example.test", "role": "CUSTOMER"}
        ticket = {"topic": "a", "description": "b", "requester": person}
        return (await stage.ask("POST", TICKETS, "sam", claims=STAFF, json=ticket)).status

    async with Stage(store, clock).open() as stage:
        for_ann = [await opened_for("ann") for _ in range(4)]
        for_ben = await opened_for("ben")
        by_ann = (await stage.ask("POST", TICKETS, json={"topic": "a", "description": "b"})).status

    assert (for_ann, for_ben, by_ann) == ([201, 201, 201, 429], 201, 429)


async def test_requests_without_a_token_are_limited_by_address(store: Store, clock: Clock) -> None:
    async with Stage(store, clock).open() as stage:
        statuses = {(await stage.ask("GET", TICKETS, None)).status for _ in range(60)}
        over = await stage.ask("GET", TICKETS, None)
        authorized = await stage.ask("GET", TICKETS)

    assert statuses == {401}
    assert (over.status, authorized.status) == (429, 200)
    assert "60 per minute" in over.json["message"]


async def test_limits_can_be_off(stage: Stage) -> None:
    for _ in range(10):
        await stage.opened()
    answer = await stage.ask("GET", TICKETS)

    assert "RateLimit" not in answer.headers


def test_one_customer_of_an_internet_provider_is_one_address() -> None:
    assert network("2001:db8:1:2:3::4") == network("2001:db8:1:2::") == "2001:db8:1:2::/64"
    assert network("10.0.0.1") != network("10.0.0.2")
    assert network(None) == network("?") == "unknown"
