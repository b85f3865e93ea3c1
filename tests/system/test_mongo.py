"""The whole product on a server of MongoDB's protocol: the main job, and the server killed and frozen."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from chaos.house import Customer, House, housed, until
from chaos.stores import MongoStore

ALL_ANSWERED = 10.0
"""Seconds within which every request is answered, whatever the server does."""


@pytest.fixture
def store(tmp_path: Path) -> MongoStore:
    return MongoStore(tmp_path)


@pytest.fixture
async def house(tmp_path: Path, store: MongoStore) -> AsyncIterator[House]:
    settings = {"RATE_LIMITS": "off", "MAX_OPEN_TICKETS": "1000000", "CLOSE_GRACE": "1"}
    async with housed(tmp_path, store, **settings) as opened:
        yield opened


async def timed(customer: Customer, method: str, path: str, body: object = None) -> tuple[int, float]:
    """Status and seconds of an answer."""
    began = time.monotonic()
    async with customer.house.session.request(
        method,
        f"{customer.house.api_url}{path}",
        json=body,
        headers={"Authorization": f"Bearer {customer.token}"},
    ) as answer:
        await answer.read()
        return answer.status, time.monotonic() - began


async def posted_at_once(customer: Customer, ticket: dict[str, Any], count: int) -> list[tuple[int, float]]:
    path = f"/api/v1/tickets/{ticket['id']}/messages"
    posts = (timed(customer, "POST", path, {"content": f"lost {number}?"}) for number in range(count))
    return await asyncio.gather(*posts)


async def test_the_main_job_and_a_kill_of_the_server(house: House, store: MongoStore) -> None:
    casey, ada = house.customer(), house.somebody("ada")
    async with casey.listening():
        ticket = await casey.open()
        channel = await house.channel_of(ticket)
        await casey.post(ticket, "with a file", b"\0" * 900_000)
        await ada.write(channel, "Have you tried it again?")
        await until(lambda: _heard(casey, "Have you tried it again?"))

        await store.kill()
        status, seconds = (await posted_at_once(casey, ticket, 1))[0]
        assert (status, seconds < ALL_ANSWERED) == (503, True)
        await ada.write(channel, "while it was away")
        await store.start()

        await until(house.is_ready, 40)
        await until(lambda: _heard(casey, "while it was away"), 40)
        await casey.post(ticket, "after")
        await house.hears_once(channel, ["with a file", "after"])
        await ada.command(house.discord["guild_id"], channel, "close", anyway=True)
        await until(lambda: house.is_removed(channel), 40)
    said = [it["content"] for it in await casey.messages(ticket)]
    assert said == ["with a file", "Have you tried it again?", "while it was away", "after"]


async def test_every_request_is_answered_in_time_while_the_server_stands_still(
    house: House, store: MongoStore
) -> None:
    casey = house.customer()
    ticket = await casey.open()
    store.server.freeze()
    asked = asyncio.gather(posted_at_once(casey, ticket, 100), timed(casey, "GET", "/api/v1/tickets"))
    first = await timed(casey, "GET", "/readyz")
    posts, listed = await asked

    assert {status for status, _ in [*posts, listed]} == {503}
    assert max(seconds for _, seconds in [*posts, listed]) < ALL_ANSWERED
    ready = [first, *[await timed(casey, "GET", "/readyz") for _ in range(3)]]
    assert [status for status, _ in ready[1:]] == [503] * 3
    assert max(seconds for _, seconds in ready) < 3, "it does not wait for the server"
    again = await posted_at_once(casey, ticket, 100)
    assert {status for status, _ in again} == {503}
    assert max(seconds for _, seconds in again) < 3, "the server is known to be silent"

    store.server.thaw()
    await until(house.is_ready, 30)
    await casey.post(ticket, "after")
    said = [it["content"] for it in await casey.messages(ticket)]
    assert said[-1] == "after"
    assert len(said) == len(set(said))


async def _heard(customer: Customer, words: str) -> bool:
    return any(payload.get("content") == words for _, payload in customer.heard)
