"""Whoever sends may be killed at any moment: nothing is lost, and all keeps its id and its order."""

import asyncio
import random
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from chaos.house import Customer, House, housed, until
from tests.contract.acts import open_ticket, post
from tests.notify.webhooks.backend import Backend, Told, a_store, backend, endpoint
from tickets.model import TicketId
from tickets.ports.store import Store
from tickets.webhooks import EndpointId

ROOT = Path(__file__).parents[3]


def order_of_first(heard: Sequence[Told]) -> dict[str, list[int]]:
    """The seqs of each ticket, in the order in which they were heard for the first time."""
    seqs: dict[str, list[int]] = {}
    for webhook_id in dict.fromkeys(it.id for it in heard):
        ticket, seq, _ = webhook_id.split("_")
        seqs.setdefault(ticket, []).append(int(seq))
    return seqs


async def killed_after(folder: Path, shop: Backend, count: int) -> None:
    """A process sends until so many more were heard. It gets no answer any more then."""
    enough, is_over, reply = len({it.id for it in shop.heard}) + count, asyncio.Event(), shop.replies["/hook"]
    heard_enough = asyncio.Event()

    async def answer_until_then(request: web.Request, told: Told) -> web.Response:
        if await _has_heard(shop, enough):
            heard_enough.set()
            await is_over.wait()
        return await reply(request, told)

    shop.replies["/hook"] = answer_until_then
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.notify.webhooks.sender", str(folder), cwd=ROOT
    )
    ending = signal.SIGABRT  # it tells where it stands still
    try:
        await asyncio.wait_for(heard_enough.wait(), 60)
        ending = signal.SIGKILL
    finally:
        with suppress(ProcessLookupError):
            child.send_signal(ending)
        await child.wait()
        is_over.set()
        shop.replies["/hook"] = reply


async def is_all_sent(store: Store) -> bool:
    return await store.webhooks.waiting(EndpointId("wh_1")) == 0


async def test_a_killed_sender_loses_nothing(tmp_path: Path) -> None:
    async with backend() as shop:

        async def sometimes(_: web.Request, __: Any) -> web.Response:
            return web.Response(status=500 if len(shop.heard) % 25 == 7 else 200)

        shop.replies["/hook"] = sometimes
        async with a_store(tmp_path) as (store, ears):
            await store.webhooks.add(endpoint(shop.url()))
            await ears.look(store)
            tickets = [await open_ticket(store) for _ in range(10)]
            for ticket in tickets * 9:
                await post(store, ticket)

        for count in (11, 27):
            await killed_after(tmp_path, shop, count)
        shop.replies.clear()
        async with a_store(tmp_path) as (store, _):
            waiting = [it.id for it in tickets]
            due = await store.webhooks.tickets_due(EndpointId("wh_1"), 2**52, 100)
            assert set(due) <= set(waiting)
            await store.webhooks.hasten(EndpointId("wh_1"), [TicketId(it) for it in waiting])
            child = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "tests.notify.webhooks.sender", str(tmp_path), cwd=ROOT
            )
            await until(partial(_has_heard, shop, 100), 60)
            await until(partial(is_all_sent, store), 60)
            with suppress(ProcessLookupError):
                child.kill()
            await child.wait()

    assert order_of_first(shop.heard) == {it.id: list(range(1, 11)) for it in tickets}
    assert all(it.is_signed_with(endpoint("").secret) for it in shop.heard)


async def _has_heard(shop: Backend, count: int) -> bool:
    return len({it.id for it in shop.heard}) >= count


@pytest.mark.slow
async def test_nothing_is_lost_while_the_whole_program_is_killed_again_and_again(tmp_path: Path) -> None:
    """1,000 messages, Discord away."""
    settings = {"RATE_LIMITS": "off", "WEBHOOK_PRIVATE": "on", "MAX_OPEN_TICKETS": "1000"}
    async with backend() as shop, housed(tmp_path, **settings) as house:
        root = Customer(house, "root", "ADMIN")
        status, added = await root.ask("POST", "/webhooks", {"url": shop.url(), "events": ["message.*"]})
        assert status == 201, added
        await house.kill_sandbox()
        casey = house.customer()
        tickets = [await casey.open() for _ in range(20)]
        for number in range(50):
            for ticket in tickets:
                await casey.post(ticket, f"message {number}")
            if number % 8 == 4:
                await _killed_and_started(house)
        while not await _has_heard(shop, 1000):
            before = len(shop.heard)
            await until(partial(_is_more_than, shop, before + random.randint(5, 150)), 60)  # noqa: S311
            await _killed_and_started(house)
        await until(partial(_nothing_waits, root, added["id"]), 60)

    expected = {ticket["id"]: list(range(2, 52)) for ticket in tickets}
    assert order_of_first(shop.heard) == expected
    assert all(it.is_signed_with(added["secret"]) for it in shop.heard)


async def _killed_and_started(house: House) -> None:
    await house.kill_guildesk()
    await house.start_guildesk(wait_for_discord=False)


async def _is_more_than(shop: Backend, count: int) -> bool:
    return len(shop.heard) > count or await _has_heard(shop, 1000)


async def _nothing_waits(root: Customer, webhook: str) -> bool:
    status, waiting = await root.ask("GET", f"/webhooks/{webhook}/deliveries?status=pending")
    return status == 200 and not waiting
