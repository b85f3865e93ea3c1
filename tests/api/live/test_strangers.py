"""Sockets without a token are few: more are refused, and those with one are not held up by them."""

import asyncio
from contextlib import AsyncExitStack
from ipaddress import ip_network
from typing import Any

from aiohttp import ClientResponse

from api.door.limits import UNAUTHORIZED
from api.live.asks import CATCHING_UP
from api.live.line import Line
from api.live.strangers import MOST, MOST_FROM_ONE, Strangers
from tests.api.stage import STAFF, TICKETS, Clock, Stage, listening, token
from tickets.ports.store import Store

POLLING = "/socket.io/?EIO=4&transport=polling"
PROXIES = [ip_network("127.0.0.0/8")]


async def connect(stage: Stage, count: int, **headers: str) -> dict[int, int]:
    """Begin so many sockets that say nothing; how many of each status."""
    statuses: dict[int, int] = {}
    for _ in range(count):
        async with stage.http.get(POLLING, headers=headers) as answer:
            statuses[answer.status] = statuses.get(answer.status, 0) + 1
    return statuses


async def refusal(stage: Stage, path: str = POLLING, **headers: str) -> tuple[ClientResponse, Any]:
    async with stage.http.get(path, headers=headers) as answer:
        return answer, await answer.json()


async def test_an_address_gets_so_many_sockets_without_a_token(store: Store, clock: Clock) -> None:
    async with Stage(store, clock).open() as stage:
        assert await connect(stage, MOST_FROM_ONE + 5) == {200: MOST_FROM_ONE, 429: 5}
        answer, body = await refusal(stage, "/socket.io/?EIO=4&transport=websocket")

    assert body == {
        "error": "RATELIMIT",
        "message": "Only 100 sockets without a valid token are allowed at once from one address.",
        "code": "too_many_sockets",
    }
    assert (answer.status, answer.headers["Retry-After"]) == (429, "30")
    assert "X-Request-ID" in answer.headers


async def test_a_socket_with_a_good_token_is_none_of_them(store: Store, clock: Clock) -> None:
    async with Stage(store, clock).open() as stage, listening(stage) as ear:
        await connect(stage, MOST_FROM_ONE - 1)
        assert (await refusal(stage))[0].status == 429

        assert (await ear.authorize(token=token()))["ok"]

        assert await connect(stage, 2) == {200: 1, 429: 1}


async def test_a_socket_with_a_bad_token_is_one_of_them(store: Store, clock: Clock) -> None:
    async with Stage(store, clock).open() as stage, listening(stage, query="bad") as ear:
        await ear.until("error")
        assert await connect(stage, MOST_FROM_ONE) == {200: MOST_FROM_ONE - 1, 429: 1}


async def test_one_that_goes_makes_room(store: Store, clock: Clock) -> None:
    async with Stage(store, clock).open() as stage:
        await connect(stage, MOST_FROM_ONE - 1)
        async with stage.http.ws_connect("/socket.io/?EIO=4&transport=websocket") as socket:
            await socket.receive()
            assert (await refusal(stage))[0].status == 429
        assert await connect(stage, 2) == {200: 1, 429: 1}


async def test_those_who_stay_too_long_make_room(store: Store, clock: Clock) -> None:
    async with Stage(store, clock).open(unauthorized_for=3.0) as stage:
        async with stage.http.get(POLLING) as first:
            sid = (await first.text())[1:].split('"')[3]
        await connect(stage, MOST_FROM_ONE)
        assert (await refusal(stage))[0].status == 429

        async with stage.http.get(f"{POLLING}&sid={sid}") as answer:
            await answer.read()  # returns when the server lets go of the socket

        assert await connect(stage, 1) == {200: 1}


async def test_each_client_behind_a_trusted_proxy_counts_for_itself(store: Store, clock: Clock) -> None:
    async with Stage(store, clock).open(trusted_proxies=PROXIES) as stage:
        ann, bob = {"X-Forwarded-For": "198.51.100.1"}, {"X-Forwarded-For": "198.51.100.2"}
        assert await connect(stage, MOST_FROM_ONE + 1, **ann) == {200: MOST_FROM_ONE, 429: 1}
        assert await connect(stage, 1, **bob) == {200: 1}


async def test_in_all_there_are_so_many(store: Store, clock: Clock) -> None:
    async with Stage(store, clock).open(trusted_proxies=PROXIES) as stage:
        for n in range(MOST // MOST_FROM_ONE):
            forwarded = {"X-Forwarded-For": f"198.51.100.{n}"}
            assert await connect(stage, MOST_FROM_ONE, **forwarded) == {200: MOST_FROM_ONE}
        answer, body = await refusal(stage, **{"X-Forwarded-For": "203.0.113.1"})

    assert (answer.status, body["error"], answer.headers["Retry-After"]) == (503, "UNAVAILABLE", "30")


def test_who_comes_and_goes_counts_for_nothing() -> None:
    strangers, line = Strangers(30), Line("e", {}, "198.51.100.1")
    for _ in range(MOST + 1):
        strangers.must_have_room("198.51.100.1")
        strangers.add(line)
        strangers.add(line)
        assert len(strangers) == 1
        strangers.discard(line)
        strangers.discard(line)

    assert len(strangers) == 0


async def test_without_limits_nobody_counts(store: Store, clock: Clock) -> None:
    async with Stage(store, clock).open(rate_limits=False) as stage:
        assert await connect(stage, MOST_FROM_ONE + 1) == {200: MOST_FROM_ONE + 1}


async def test_who_tries_too_many_tokens_has_to_go(store: Store, clock: Clock) -> None:
    async with Stage(store, clock).open() as stage, listening(stage) as ear:
        for _ in range(UNAUTHORIZED.amount):
            assert (await ear.authorize(token="bad"))["error"] == "token malformed"
        await ear.client.emit("authorize", {"token": "bad"})
        await asyncio.wait_for(ear.closed.wait(), 30)
        refused = await stage.ask("GET", TICKETS, None)

    assert "60 per minute" in ear.heard[-1][1]["message"]
    assert refused.status == 429


async def test_who_catches_up_all_the_time_is_limited_and_who_just_authorizes_is_not(
    store: Store, clock: Clock
) -> None:
    async with Stage(store, clock).open() as stage, listening(stage) as ear:
        assert (await ear.authorize(token=token()))["ok"]
        asked = [ear.authorize(token=token(), last_event_id=0) for _ in range(CATCHING_UP.amount + 60)]
        answers = await asyncio.gather(*asked)
        taken = await ear.authorize(token=token())

    assert all(it["ok"] for it in answers[: CATCHING_UP.amount])
    assert "120 per minute" in answers[-1]["error"]
    assert taken["ok"]


async def test_a_user_has_so_many_sockets(store: Store, clock: Clock) -> None:
    async with Stage(store, clock).open() as stage, AsyncExitStack() as devices:
        ears = [await devices.enter_async_context(listening(stage)) for _ in range(21)]
        answers = [await ear.authorize(token=token()) for ear in ears]
        again = await ears[0].authorize(token=token())
        another = await ears[20].authorize(token=token("bob"))
        await ears[1].client.disconnect()
        async with asyncio.timeout(30):
            while not (then := await ears[20].authorize(token=token()))["ok"]:
                assert then == answers[20]

    assert [it["ok"] for it in answers] == [True] * 20 + [False]
    assert answers[20]["code"] == "too_many_sockets_of_user"
    assert ears[20].heard[0] == (
        "error",
        {"message": "one user has 20 sockets at most", "code": "too_many_sockets_of_user"},
    )
    assert again["ok"]
    assert another["ok"]


async def test_all_at_once_do_not_get_more_sockets_either(store: Store, clock: Clock) -> None:
    async with Stage(store, clock).open() as stage, AsyncExitStack() as devices:
        ears = [await devices.enter_async_context(listening(stage)) for _ in range(30)]
        answers = await asyncio.gather(*(ear.authorize(token=token()) for ear in ears))

    assert sum(it["ok"] for it in answers) == 20


async def test_who_watches_all_the_time_is_limited(store: Store, clock: Clock) -> None:
    async with Stage(store, clock).open() as stage, listening(stage, query=token("sam", **STAFF)) as ear:
        await stage.opened()
        await ear.until("authorized")
        said = ["watch", "unwatch"] * 140
        answers = await asyncio.gather(*(ear.client.call(it, 1, timeout=30) for it in said))

    assert all(it["ok"] for it in answers[:200])
    assert {it.get("code") for it in answers[200:]} >= {"rate_limited"}


async def test_who_authorizes_all_the_time_is_limited(store: Store, clock: Clock) -> None:
    async with Stage(store, clock).open() as stage, listening(stage) as ear:
        assert (await ear.authorize(token=token()))["ok"]
        answers = await asyncio.gather(*(ear.authorize(token=token()) for _ in range(290)))

    assert all(it["ok"] for it in answers[:239])
    assert {it.get("code") for it in answers[239:]} >= {"rate_limited"}
