"""What MongoDB's driver says, as people should read it; and that no ticket's words harm the others."""

from collections.abc import Iterator
from typing import Any

import pytest
from mongomock_motor import AsyncMongoMockClient, enabled_gridfs_integration
from pymongo.errors import DocumentTooLarge, WriteError

from storage.mongo.connection import in_short
from tests.clocks import Hands
from tests.contract.acts import open_ticket, post
from tests.contract.places import MockPlace, opened_to_lead
from tickets.ports.lists import TicketFilter


@pytest.fixture
def database() -> Iterator[Any]:
    with enabled_gridfs_integration():
        yield AsyncMongoMockClient()["guildesk"]


def test_the_drivers_picture_of_all_servers_is_left_out() -> None:
    told = (
        "desk:27017: [Errno 111] Connection refused (configured timeouts: socketTimeoutMS: 5000.0ms), "
        "Timeout: 4.9s, Topology Description: <TopologyDescription id: 6b, servers: []>"
    )

    assert in_short(Exception(told)) == "desk:27017: [Errno 111] Connection refused"


def test_what_is_short_already_stays() -> None:
    assert in_short(Exception("not authorized on desk")) == "not authorized on desk"


async def test_no_record_of_words_grows_without_bound(database: Any, clock: Hands) -> None:
    async with opened_to_lead(MockPlace(database), clock) as store:
        ticket = await open_ticket(store)
        for message in range(14):
            await post(store, ticket, " ".join(f"m{message}w{number}" for number in range(800)))
        await store.views.tickets(TicketFilter(words=frozenset({"m0w0"}), in_notes=True))

    records = await database.words.find({}).to_list(None)
    assert [len(it["every"]) <= 1000 for it in records] == [True] * 12
    words = {word for it in records for word in it["every"]}
    assert len(words) >= 14 * 800


async def test_a_ticket_whose_words_cannot_be_kept_is_told_and_stepped_over(
    database: Any, clock: Hands, caplog: pytest.LogCaptureFixture
) -> None:
    place = MockPlace(database)
    async with opened_to_lead(place, clock) as store:
        stuck = await open_ticket(store)
        errors: list[Exception] = [DocumentTooLarge("BSON document too large (16777286 bytes)")]
        place.faults.before = lambda *call: (
            errors.pop() if call == ("words", "insert_one") and errors else None
        )
        lamp = TicketFilter(words=frozenset({"lamp"}), in_notes=True)

        assert await store.views.tickets(lamp) == []
        other = await open_ticket(store)

        assert [it.id for it in await store.views.tickets(lamp)] == [other.id]
        assert f"ticket {stuck.id}: its words since event 1 cannot be searched for" in caplog.text
        await post(store, stuck, "Anybody there?")
        assert {it.id for it in await store.views.tickets(lamp)} == {stuck.id, other.id}, "it heals itself"


async def test_a_ticket_that_cannot_be_brought_up_keeps_nobody_from_lists(
    database: Any, clock: Hands, caplog: pytest.LogCaptureFixture
) -> None:
    place = MockPlace(database)
    async with opened_to_lead(place, clock) as store:
        stuck, other = await open_ticket(store), await open_ticket(store)
        too_large = WriteError("BSONObj size: 16777300 is invalid", 10334)
        place.faults.before = lambda *call: too_large if call == ("tickets", "update_one") else None
        await post(store, stuck)

        for _ in range(2):
            assert {it.id for it in await store.views.tickets(TicketFilter())} == {stuck.id, other.id}

        assert caplog.text.count(f"ticket {stuck.id} cannot be brought up to date and stays as it was") == 1
