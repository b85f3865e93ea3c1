"""Openings under way in MongoDB: each counts those before it, but not for ever."""

from typing import Any

from mongomock_motor import AsyncMongoMockClient

from storage.mongo.openings import Openings
from tests.people import ANN
from tickets.model import TicketId

FIRST, SECOND, THIRD = TicketId("t1"), TicketId("t2"), TicketId("t3")


async def test_each_opening_counts_those_that_began_before_it() -> None:
    openings = Openings(AsyncMongoMockClient()["guildesk"], "requester")

    async with openings.begun(ANN.key, FIRST, 0) as first, openings.begun(ANN.key, SECOND, 1) as second:
        assert (first, second) == ([], [FIRST])
        assert await openings.open_tickets([ANN.key], SECOND, second) == 1
    async with openings.begun(ANN.key, THIRD, 2) as third:
        assert third == []


async def test_whoever_died_at_one_is_not_counted_for_long() -> None:
    database: Any = AsyncMongoMockClient()["guildesk"]
    openings = Openings(database, "requester")
    await database.openings.insert_one({"_id": str(ANN.key), "tickets": [{"id": FIRST, "at": 0}]})

    async with openings.begun(ANN.key, SECOND, 59_999) as second:
        assert second == [FIRST]
    async with openings.begun(ANN.key, SECOND, 60_000) as second:
        assert second == []


async def test_nothing_is_left_of_openings() -> None:
    database: Any = AsyncMongoMockClient()["guildesk"]
    openings = Openings(database, "requester")

    async with openings.begun(ANN.key, FIRST, 0), openings.begun(ANN.key, SECOND, 0):
        assert await database.openings.count_documents({}) == 1

    assert await database.openings.count_documents({}) == 0
