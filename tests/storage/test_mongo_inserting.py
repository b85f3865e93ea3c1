"""Inserts that come at the same time go to MongoDB in one call; and a post takes three calls."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from mongomock_motor import AsyncMongoMockClient, enabled_gridfs_integration
from pymongo.errors import AutoReconnect, BulkWriteError, DuplicateKeyError, WriteConcernError

from storage.mongo.inserting import Together, of_each
from tests.clocks import Hands
from tests.contract.acts import append, counting, open_ticket, post, source
from tests.contract.places import MockPlace
from tests.contract.yielding import Faults, YieldingDatabase
from tickets.decisions import Decision, State
from tickets.events import MessagePosted


@pytest.fixture
def place() -> Iterator[MockPlace]:
    with enabled_gridfs_integration():
        yield MockPlace(AsyncMongoMockClient()["guildesk"], pause=10)


class Calls:
    """Hears of every call, and lets it pass."""

    def __init__(self, faults: Faults) -> None:
        self.heard: list[tuple[str, str]] = []
        faults.before = self.hear

    def hear(self, collection: str, method: str) -> None:
        self.heard.append((collection, method))


async def test_those_who_come_while_a_call_is_under_way_go_together_with_the_next() -> None:
    database: Any = AsyncMongoMockClient()["guildesk"]
    faults = Faults()
    calls = Calls(faults)
    together = Together(YieldingDatabase(database, faults).events)  # type: ignore[arg-type]

    await asyncio.gather(*(together.insert({"_id": number}) for number in range(5)))

    assert await database.events.count_documents({}) == 5
    assert calls.heard == [("events", "insert_many")]


async def test_a_duplicate_is_told_to_whoever_inserted_it_and_to_nobody_else() -> None:
    database: Any = AsyncMongoMockClient()["guildesk"]
    together = Together(database.events)
    await together.insert({"_id": 1})

    ends = await asyncio.gather(
        *(together.insert({"_id": number}) for number in range(3)), return_exceptions=True
    )

    assert [type(end) for end in ends] == [type(None), DuplicateKeyError, type(None)]
    assert await database.events.count_documents({}) == 3


async def test_a_call_that_fails_is_told_to_all_who_went_with_it() -> None:
    faults = Faults(before=lambda *call: AutoReconnect("connection closed"))
    together = Together(YieldingDatabase(AsyncMongoMockClient()["guildesk"], faults).events)  # type: ignore[arg-type]

    ends = await asyncio.gather(
        *(together.insert({"_id": number}) for number in range(3)), return_exceptions=True
    )

    assert {type(end) for end in ends} == {AutoReconnect}


def test_without_a_majority_nobody_is_told_that_it_is_kept() -> None:
    """By the server, some are duplicates; what became of the others is not known."""
    error = BulkWriteError(
        {
            "writeErrors": [{"index": 1, "code": 11000, "errmsg": "E11000"}],
            "writeConcernErrors": [{"code": 64, "errmsg": "waiting for replication timed out"}],
        }
    )

    told = of_each(error, 3)

    assert [type(told[number]) for number in range(3)] == [
        WriteConcernError,
        DuplicateKeyError,
        WriteConcernError,
    ]


async def test_a_post_takes_three_calls(place: MockPlace, clock: Hands) -> None:
    async with place.open(clock) as store:
        ticket = await open_ticket(store)
        calls = Calls(place.faults)

        await post(store, ticket)

    asked = [it for it in calls.heard if it[0] in ("events", "messages", "tickets")]
    assert asked == [("events", "insert_one"), ("messages", "insert_one"), ("tickets", "update_one")]


async def test_a_ticket_is_not_as_it_is_remembered_once_another_process_has_changed_it(
    place: MockPlace, clock: Hands
) -> None:
    async with place.open(clock) as store, place.open(clock) as other:
        ticket = await open_ticket(store)
        await post(other, ticket)

        appended = await store.log.append(ticket.id, source(), counting())

        assert appended.event.data == MessagePosted("1")
        assert appended.event.seq == 3


async def test_nobody_is_refused_for_how_a_ticket_was(place: MockPlace, clock: Hands) -> None:
    async with place.open(clock) as store, place.open(clock) as other:
        ticket = await open_ticket(store)
        said = await append(other, ticket.id, MessagePosted("Hello"))

        def once_something_is_said(state: State) -> Decision:
            if state.ticket is None or not state.ticket.message_count:
                raise AssertionError("nothing is said yet")
            return Decision(said.event.actor, MessagePosted("Me too"))

        assert (await store.log.append(ticket.id, source(), once_something_is_said)).event.seq == 3
