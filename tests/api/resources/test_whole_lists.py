"""Lists that version-1 clients get whole: complete and in order however long, and never in memory at once."""

import asyncio
import tracemalloc

import pytest

from tests.api.stage import AGENT, AS_ANN, TICKETS, Clock, Stage, headers
from tickets.desks.ticket_desk import NewTicket, Said
from tickets.model import TicketId
from tickets.ports.store import Store

MANY = 1_000
URGENT = {"topic": "It burns", "description": "Really.", "issue_level": "URGENT"}
MOST_IN_MEMORY = 6_000_000
"""Bytes for one reader; all of it at once takes 20,000,000 and more."""


async def ticketed(stage: Stage, count: int) -> None:
    new = NewTicket(topic="It is broken", description="\N{GREEK SMALL LETTER OMEGA}" * 4_000)
    await asyncio.gather(*(stage.desk.open(AS_ANN, new) for _ in range(count)))


async def talked(stage: Stage, count: int) -> TicketId:
    ticket = await stage.opened()
    said = Said("\N{GREEK SMALL LETTER OMEGA}" * 4_000)
    await asyncio.gather(*(stage.desk.post(AGENT, ticket, said) for _ in range(count)))
    return TicketId(ticket)


@pytest.mark.parametrize("count", [0, 1, 50, 51, 100, 101, 230])
async def test_a_requesters_tickets_come_whole_and_in_order(stage: Stage, count: int) -> None:
    await ticketed(stage, count)
    await stage.opened("bob")

    newest, oldest = [await stage.ask("GET", f"{TICKETS}{it}") for it in ("", "?sort=created_at")]

    assert newest.status == 200
    assert newest.headers["Content-Type"] == "application/json; charset=utf-8"
    assert "Link" not in newest.headers
    numbers = [it["number"] for it in newest.json]
    assert numbers == sorted(numbers, reverse=True)
    assert len(set(numbers)) == count
    assert [it["number"] for it in oldest.json] == numbers[::-1]


async def test_the_queue_for_channels_is_counted_as_far_as_a_guild_has_channels(stage: Stage) -> None:
    await ticketed(stage, 501)
    urgent = await stage.ask("POST", TICKETS, "bob", json=URGENT)

    waiting = await stage.ask("GET", f"{TICKETS}?sort=created_at")

    positions = [it["discord"]["queue_position"] for it in (urgent.json, *waiting.json)]
    assert positions == [*range(1, 501), 500, 500]


@pytest.mark.parametrize("count", [0, 50, 51, 230])
async def test_messages_come_whole_and_in_order(stage: Stage, count: int) -> None:
    ticket = await talked(stage, count)

    messages = await stage.messages(ticket)

    seqs = [it["seq"] for it in messages]
    assert (len(seqs), seqs) == (count, sorted(set(seqs)))


@pytest.mark.parametrize("path", ["", "/1/messages"])
async def test_a_long_list_is_never_in_memory_at_once(store: Store, clock: Clock, path: str) -> None:
    async with Stage(store, clock).open(rate_limits=False) as stage:
        if path:
            await talked(stage, MANY)
        else:
            await ticketed(stage, MANY)
        tracemalloc.start()
        try:
            length = 0
            async with stage.http.get(f"{TICKETS}{path}", headers=headers()) as answer:
                async for piece in answer.content.iter_chunked(65_536):
                    length += len(piece)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()

    assert length > 8_000_000
    assert peak < MOST_IN_MEMORY


async def test_head_of_a_long_list_has_no_body(stage: Stage) -> None:
    await ticketed(stage, 101)

    answer = await stage.ask("HEAD", TICKETS)

    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/json; charset=utf-8")
