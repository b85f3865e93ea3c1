"""Sockets that come back: nothing is missed, nothing told twice, whenever they were cut."""

import asyncio
import random
from dataclasses import replace
from typing import Any

import pytest

from tests.api.stage import AGENT, Clock, Ear, Stage, listening, place, token
from tickets.desks.ticket_desk import Said
from tickets.model import Message, MessageId, TicketId
from tickets.ports.feed import Fed
from tickets.ports.store import Store, StoreUnavailable


async def test_what_was_missed_is_told_first(stage: Stage) -> None:
    await stage.opened()
    await stage.opened("bob")
    await stage.answered("1", "Zero")
    for number in range(120):
        await stage.answered("1", str(number))
        await stage.answered("2", "Bob's")
    await stage.desk.add_note(AGENT, "1", Said("Hush"))
    await stage.posted("1", "Mine")

    async with listening(stage) as ear:
        answer = await ear.authorize(token=token(), last_event_id="3")
        assert answer["missed"] == 120
        await ear.until("message", count=120)
        await stage.answered("1", "Live")
        await ear.until("message", count=121)

    contents = [it["content"] for it in ear.payloads("message")]
    assert contents == [*map(str, range(120)), "Live"]


@pytest.mark.parametrize("last", [0, "0", "000", 2, "2"])
async def test_a_bare_number_is_taken(stage: Stage, last: Any) -> None:
    await stage.opened()
    await stage.answered("1", "One")

    async with listening(stage) as ear:
        answer = await ear.authorize(token=token(), last_event_id=last)
        await stage.answered("1", "Two")
        await ear.until("message", count=answer["missed"] + 1)

    assert answer["missed"] == (1 if int(last) == 0 else 0)
    assert ear.payloads("message")[-1]["content"] == "Two"


async def test_the_handshake_can_name_the_last_event_too(stage: Stage) -> None:
    await stage.opened()
    await stage.answered("1", "One")

    async with listening(stage, auth={"token": token(), "last_event_id": "1"}) as ear:
        assert (await ear.until("message"))["content"] == "One"


async def test_the_query_authorizes_first_and_the_event_then_reaches_back(stage: Stage) -> None:
    """As the reference client does after a reconnect: what is live already is not told again."""
    await stage.opened()
    for number in range(5):
        await stage.answered("1", str(number))

    async with listening(stage, query=token()) as ear:
        await ear.until("authorized")
        await stage.answered("1", "Live")
        await ear.until("message")
        first = await ear.authorize(token=token(), last_event_id="3")
        again = await ear.authorize(token=token(), last_event_id="3")
        further = await ear.authorize(token=token(), last_event_id="1")
        await ear.until("message", count=6)
        await stage.answered("1", "End")
        await ear.until("message", count=7)

    assert (first["missed"], again["missed"], further["missed"]) == (3, 0, 2)
    assert sorted(it["content"] for it in ear.payloads("message")) == [*map(str, range(5)), "End", "Live"]


async def test_a_message_deleted_meanwhile_is_told_without_its_content(stage: Stage) -> None:
    await stage.opened()
    message = (await stage.desk.post(AGENT, "1", Said("My password is hunter2"))).id
    await stage.desk.edit(AGENT, "1", message, Said("My password is hunter3"))
    await stage.desk.delete(AGENT, "1", message)

    async with listening(stage) as ear:
        await ear.authorize(token=token(), last_event_id="1")
        await ear.until("delete_message")

    assert ear.names == ["authorized", "message", "edit_message", "delete_message"]
    assert [(it["content"], it["deleted"]) for _, it in ear.heard[1:]] == [("", True)] * 3


async def listen_and_be_cut(stage: Stage, chance: random.Random, until: str) -> list[Any]:
    """A client that is cut at random moments, and resumes by the last event it has heard."""
    heard: list[Any] = []
    while not heard or heard[-1]["content"] != until:
        said = {"last_event_id": heard[-1]["event_id"]} if heard else {"last_event_id": "1"}
        query = token() if chance.random() < 0.5 and not heard else None
        async with listening(stage, query=query) as ear:
            if query is None:
                await ear.authorize(token=token(), **said)
            else:
                await ear.authorize(token=token(), last_event_id="1")
            try:
                async with asyncio.timeout(chance.random() * 0.03):
                    await ear.until("message", count=10_000)
            except TimeoutError:
                pass
            told = ear.payloads("message")
        in_order = sorted(told, key=lambda it: place(it["event_id"]))
        if query is None:
            assert told == in_order
        heard += in_order
    return heard


@pytest.mark.parametrize("seed", range(4))
async def test_cut_at_random_moments_nothing_is_missed_or_told_twice(stage: Stage, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311  a repeatable test, not a secret
    await stage.opened()

    async def talk() -> None:
        for number in range(150):
            await stage.answered("1", str(number))
            await asyncio.sleep(chance.random() * 0.004)
        await stage.answered("1", "The end")

    async with asyncio.timeout(30), asyncio.TaskGroup() as tasks:
        tasks.create_task(talk())
        listening_ = tasks.create_task(listen_and_be_cut(stage, chance, "The end"))

    assert [it["content"] for it in listening_.result()] == [*map(str, range(150)), "The end"]


async def test_a_client_comes_back_by_itself_after_a_restart(store: Store, clock: Clock) -> None:
    stage = Stage(store, clock)
    ear = Ear(reconnection=True, reconnection_delay=0.02, reconnection_delay_max=0.05)
    try:
        async with stage.open(rate_limits=False):
            await stage.opened()
            await ear.client.connect(f"{stage.url}/?token={token()}", transports=["websocket"])
            await ear.until("authorized")
            await stage.answered("1", "Before")
            last = (await ear.until("message"))["event_id"]
        await asyncio.wait_for(ear.closed.wait(), 30)
        await stage.answered("1", "Meanwhile")
        async with stage.open(rate_limits=False):
            await ear.until("authorized", count=2)
            await ear.authorize(token=token(), last_event_id=last)
            await stage.answered("1", "After")
            await ear.until("message", count=3)
            await ear.client.disconnect()
    finally:
        await ear.client.shutdown()

    assert [it["content"] for it in ear.payloads("message")] == ["Before", "Meanwhile", "After"]


async def test_a_store_that_was_away_is_asked_again(store: Store, clock: Clock) -> None:
    class Flickering:
        away = False

        def __getattr__(self, name: str) -> Any:
            return getattr(store.feed, name)

        async def after(self, pos: int, **options: Any) -> list[Fed]:
            if self.away:
                self.away = False
                raise StoreUnavailable("away")
            return await store.feed.after(pos, **options)

    feed = Flickering()
    async with Stage(replace(store, feed=feed), clock).open(rate_limits=False) as stage:
        await stage.opened()
        async with listening(stage) as ear:
            await ear.authorize(token=token())
            feed.away = True
            await stage.answered("1", "In spite of all")
            assert (await ear.until("message"))["content"] == "In spite of all"


async def test_what_could_not_be_read_for_the_telling_is_told_later(store: Store, clock: Clock) -> None:
    class Flickering:
        """Views that know of each message only when they are asked once more."""

        def __init__(self) -> None:
            self._asked: set[MessageId] = set()

        async def message(self, message_id: MessageId, ticket_id: TicketId) -> Message | None:
            if message_id not in self._asked:
                self._asked.add(message_id)
                raise StoreUnavailable("away")
            return await store.views.message(message_id, ticket_id)

        def __getattr__(self, name: str) -> Any:
            return getattr(store.views, name)

    async with Stage(replace(store, views=Flickering()), clock).open(rate_limits=False) as stage:
        ticket = await stage.opened()
        async with listening(stage, query=token()) as ear:
            await ear.until("authorized")
            for number in range(3):
                await stage.answered(ticket, f"{number}")
            await ear.until("message", count=3)

    assert [it["content"] for it in ear.payloads("message")] == ["0", "1", "2"]
