"""Sessions: refresh tokens that are replaced, and whose reuse ends the family."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.api.signing import ACCOUNTS, API, Front, front
from tests.api.stage import Clock
from tickets.ports.store import Store


@pytest.fixture
async def desk(store: Store, clock: Clock) -> AsyncIterator[Front]:
    async with front(store, clock) as stage:
        yield stage


async def test_each_refresh_gives_the_next_token(desk: Front, clock: Clock) -> None:
    token = (await desk.signed_in())["refresh_token"]

    for _ in range(3):
        clock.ahead += 29 * 24 * 3600
        answer = await desk.refreshed(token)
        assert answer.status == 200
        assert answer.json["refresh_token"] != token
        assert answer.headers["Cache-Control"] == "no-store"
        token = answer.json["refresh_token"]
    clock.ahead += 30 * 24 * 3600 + 1

    assert (await desk.refreshed(token)).json["code"] == "session_over"


async def test_two_tabs_that_refresh_at_once_get_the_same_successor(desk: Front) -> None:
    token = (await desk.signed_in())["refresh_token"]

    answers = await asyncio.gather(*(desk.refreshed(token) for _ in range(8)))

    assert [it.status for it in answers] == [200] * 8
    assert len({it.json["refresh_token"] for it in answers}) == 1


async def test_a_lost_answer_can_be_asked_for_again_for_30_seconds(desk: Front, clock: Clock) -> None:
    token = (await desk.signed_in())["refresh_token"]
    first = await desk.refreshed(token)
    clock.ahead += 29

    again = await desk.refreshed(token)

    assert again.json["refresh_token"] == first.json["refresh_token"]
    assert (await desk.refreshed(first.json["refresh_token"])).status == 200


async def test_a_used_token_ends_the_session_for_thief_and_owner(desk: Front, clock: Clock) -> None:
    stolen = (await desk.signed_in())["refresh_token"]
    owners = (await desk.refreshed(stolen)).json
    clock.ahead += 31

    thief = await desk.refreshed(stolen)
    clock.ahead += 3

    assert (thief.status, thief.json["code"]) == (401, "session_over")
    assert (await desk.refreshed(owners["refresh_token"])).status == 401
    assert (await desk.said("GET", f"{API}/me", None, owners["token"])).json["code"] == "token_ended"
    assert (await desk.login()).status == 200


async def test_one_that_was_used_twice_over_ends_it_even_at_once(desk: Front) -> None:
    first = (await desk.signed_in())["refresh_token"]
    second = (await desk.refreshed(first)).json["refresh_token"]
    third = (await desk.refreshed(second)).json["refresh_token"]

    assert (await desk.refreshed(first)).status == 401
    assert (await desk.refreshed(third)).status == 401


@pytest.mark.parametrize("change", ["1", "mac", "id", "nothing", "é", "\0"])
async def test_a_made_up_token_ends_nobodys_session(desk: Front, change: str) -> None:
    token = (await desk.signed_in())["refresh_token"]
    session, turn, proof = token.split(".")
    made_up = {
        "1": f"{session}.0.{proof}",
        "mac": f"{session}.{turn}.{'0' * 64}",
        "id": f"{'0' * 32}.{turn}.{proof}",
        "nothing": "nothing",
    }.get(change, token + change)

    answer = await desk.refreshed(made_up)

    assert (answer.status, answer.json["code"]) == (401, "session_over")
    assert (await desk.refreshed(token)).status == 200


async def test_logging_out_ends_the_tokens_of_that_session_alone_and_at_once(desk: Front) -> None:
    here, elsewhere = await desk.signed_in(), (await desk.login()).json

    await desk.said("POST", f"{ACCOUNTS}/logout", {"refresh_token": here["refresh_token"]})
    again = (await desk.login()).json

    answers = [await desk.said("GET", f"{API}/me", None, it["token"]) for it in (here, elsewhere, again)]
    assert answers[0].json["code"] == "token_ended"
    assert [it.status for it in answers] == [401, 200, 200]


async def test_signing_out_ends_the_session_and_may_be_said_twice(desk: Front) -> None:
    token = (await desk.signed_in())["refresh_token"]

    answers = [await desk.said("POST", f"{ACCOUNTS}/logout", {"refresh_token": token}) for _ in range(2)]

    assert [it.status for it in answers] == [204, 204]
    assert (await desk.refreshed(token)).status == 401


async def test_sessions_are_listed_and_ended_one_by_one_and_all_but_this(desk: Front, clock: Clock) -> None:
    mine = await desk.signed_in()
    phone = (await desk.login(**{"User-Agent": "A phone"})).json
    tablet = (await desk.login(**{"User-Agent": "A tablet"})).json
    url, token = f"{ACCOUNTS}/sessions", mine["token"]

    listed = (await desk.said("GET", url, None, token)).json
    phones = next(it for it in listed if it["device"] == "A phone")
    ended = await desk.said("DELETE", f"{url}/{phones['id']}", None, token)
    token = (await desk.refreshed(mine["refresh_token"])).json["token"]
    others = await desk.said("DELETE", url, None, token)

    assert len(listed) == 3
    assert [it["current"] for it in listed].count(True) == 1
    assert [ended.status, others.status] == [204, 204]
    assert (await desk.refreshed(phone["refresh_token"])).status == 401
    assert (await desk.refreshed(tablet["refresh_token"])).status == 401


async def test_anothers_session_is_not_there(desk: Front) -> None:
    await desk.signed_in()
    token = (await desk.signed_in(email="bo@example.test"))["token"]
    caseys = (await desk.login()).json["refresh_token"]
    url = f"{ACCOUNTS}/sessions"

    answer = await desk.said("DELETE", f"{url}/{caseys.split('.')[0]}", None, token)

    assert (answer.status, answer.json["code"]) == (404, "session_not_found")
    assert len((await desk.said("GET", url, None, token)).json) == 1
    assert (await desk.refreshed(caseys)).status == 200
