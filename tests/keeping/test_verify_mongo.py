"""verify finds each difference in MongoDB by name, and rebuild takes it away."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from mongomock_motor import AsyncMongoMockClient, enabled_gridfs_integration

from storage.keeping.progress import nobody
from storage.mongo.derived import COUNTED, DERIVED, LOG, OF_ITS_OWN
from storage.mongo.rebuilding import forget_sums, rebuilt
from storage.mongo.verifying import differences
from tests.clocks import Hands
from tests.contract.acts import append, fed_until, note, open_ticket, opening, post, show_all
from tests.contract.places import MockPlace, leading
from tests.people import EVE, SAM_ANSWERS
from tickets.events import Change, LabelsChanged, MessageDeleted, MessageEdited, TicketChanged, TicketClosed
from tickets.model import Answer, MessageId, Status, TicketId
from tickets.ports.lists import TicketFilter
from tickets.ports.store import Store

NO_COLLECTIONS = {"name", "client", "list_collection_names", "claims"}
"""What the code asks a database for besides; ``claims`` is an older name."""
STORAGE = Path(__file__).parents[2] / "storage" / "mongo"


async def live(store: Store) -> None:
    """Whatever can happen to tickets; all is fed, and the words are taken in."""
    for _ in range(3):
        ticket = await open_ticket(store)
        first, second = await post(store, ticket, "A lamp"), await post(store, ticket, "A bulb")
        await note(store, ticket)
    await append(store, ticket.id, MessageEdited(MessageId(first.id), "A candle"), SAM_ANSWERS)
    await append(store, ticket.id, MessageDeleted(MessageId(second.id)), SAM_ANSWERS)
    await append(store, ticket.id, LabelsChanged(added=("hot", "late")), SAM_ANSWERS)
    await append(store, ticket.id, LabelsChanged(removed=("late",)), SAM_ANSWERS)
    moved = TicketChanged((Change("requester", str(ticket.requester), str(EVE.key)),))
    await append(store, ticket.id, moved, SAM_ANSWERS)
    await append(store, ticket.id, TicketClosed(Status.RESOLVED, "done"), SAM_ANSWERS)
    await show_all(store)
    await fed_until(store, 18)
    await store.views.tickets(TicketFilter(words=frozenset({"candle"})))


@pytest.fixture
async def place(clock: Hands) -> AsyncIterator[MockPlace]:
    with enabled_gridfs_integration():
        place = MockPlace(AsyncMongoMockClient()["guildesk"], pause=0.02)
        async with place.open(clock) as store, leading(store) as leader:
            await live(leader)
        yield place


async def said(database: Any) -> set[str]:
    return {str(it) async for it in differences(database, nobody)}


async def contents(database: Any) -> dict[str, list[str]]:
    """What is in the collections, without what the database gave it and which leader it was."""
    found = {}
    for name in sorted(DERIVED | {"events"}):
        records = await database[name].find({}).to_list(None)
        kept = [
            {field: it[field] for field in it if field not in ("_id", "event", "epoch")} for it in records
        ]
        found[name] = sorted(json.dumps(it, sort_keys=True, default=str) for it in kept)
    return found


async def test_words_of_answers_are_those_of_the_ticket_also_when_it_is_made_anew(
    place: MockPlace, clock: Hands
) -> None:
    async with place.open(clock) as store, leading(store) as leader:
        number = await leader.log.next_number()
        asked = replace(opening(number), answers=(Answer("device", "Which device?", "A samovar"),))
        await append(leader, TicketId("asked"), asked)
        samovars = TicketFilter(words=frozenset({"samovar"}))
        assert [it.id for it in await leader.views.tickets(samovars)] == ["asked"]
        await fed_until(leader, 19)
        await show_all(leader)

        assert await said(place.database) == set()
        await rebuilt(place.database, nobody)

        assert [it.id for it in await leader.views.tickets(samovars)] == ["asked"]


async def searched(place: MockPlace, clock: Hands) -> None:
    """A search takes in the words that are due."""
    async with place.open(clock) as store:
        await store.views.tickets(TicketFilter(words=frozenset({"candle"})))


DAMAGES: dict[str, tuple[str, str, dict[str, Any], dict[str, Any] | None]] = {
    "ticket 3: tickets: its record differs in status, marks": (
        *("tickets", "_id t3"),
        *({}, {"status": "OPEN", "marks": []}),
    ),
    "ticket 1: tickets lacks its record": ("tickets", "_id t1", {}, None),
    "ticket 1: messages lacks text 2": ("messages", "ticket_id t1", {"seq": 2}, None),
    "ticket 3: messages: text 2 differs in content": (
        "messages",
        "ticket_id t3",
        {"seq": 2},
        {"content": "x"},
    ),
    "ticket 2: events do not have the key of its requester": (
        *("events", "ticket_id t2"),
        *({"seq": 2}, {"requester_key": "x y"}),
    ),
    "ticket 2: feed: event 2 has the key of another requester": (
        *("feed", "ticket_id t2"),
        *({"seq": 2}, {"requester_key": "x y"}),
    ),
    "ticket 3: words: its words are others": ("words", "_id t3", {}, {"shown": ["zebra"]}),
    "ticket 3: labels lacks one of its labels": ("labels", "_id hot", {}, None),
    "the next number: is not above that of ticket 3": ("counters", "_id number", {}, {"value": 1}),
}


async def test_of_a_store_that_is_whole_nothing_is_said(place: MockPlace) -> None:
    assert await said(place.database) == set()


async def test_sums_are_forgotten_and_every_day_is_to_be_counted(place: MockPlace) -> None:
    await place.database.stale_days.delete_many({})
    await place.database.sums.insert_one({"_id": "LEVEL 2026-11-21", "size": 10, "body": "wrong"})

    assert await forget_sums(place.database) == await place.database.stale_days.count_documents({}) > 0
    assert await place.database.sums.count_documents({}) == 0


@pytest.mark.parametrize("difference", DAMAGES)
async def test_each_difference_is_named_and_rebuilding_takes_it_away(
    place: MockPlace, clock: Hands, difference: str
) -> None:
    before = await contents(place.database)
    collection, key, beside, damage = DAMAGES[difference]
    which = {key.split()[0]: key.split()[1], **beside}
    if damage is None:
        assert (await place.database[collection].delete_one(which)).deleted_count
    else:
        assert (await place.database[collection].update_one(which, {"$set": damage})).matched_count

    assert await said(place.database) == {difference}

    await rebuilt(place.database, nobody)
    await searched(place, clock)
    assert await said(place.database) == set()
    assert await contents(place.database) == before


async def test_what_the_log_does_not_know_goes(place: MockPlace, clock: Hands) -> None:
    record = await place.database.messages.find_one({"ticket_id": "t2", "seq": 2})
    await place.database.messages.insert_one({**record, "_id": "x", "id": "e99", "seq": 99})
    await place.database.messages.insert_one({**record, "_id": "y", "ticket_id": "t9"})

    assert await said(place.database) == {
        "ticket 2: messages has text 99, and the log does not",
        "ticket t9: messages has it, and the log does not",
    }
    await rebuilt(place.database, nobody)
    await searched(place, clock)
    assert await said(place.database) == set()


async def test_all_that_follows_from_the_log_can_be_lost(place: MockPlace, clock: Hands) -> None:
    before = await contents(place.database)
    for name in DERIVED - {"feed"}:
        await place.database[name].delete_many({})

    assert await rebuilt(place.database, nobody) == 3

    await searched(place, clock)
    assert await contents(place.database) == before


async def test_one_that_is_stopped_goes_on_where_it_was(place: MockPlace) -> None:
    await place.database.meta.insert_one(
        {"_id": "rebuild", "reached": {"place": "t1", "done": 1, "total": 3}}
    )
    await place.database.tickets.update_many({}, {"$set": {"status": "DUPLICATE"}})

    assert await rebuilt(place.database, nobody) == 3

    assert {it.partition(":")[0] for it in await said(place.database)} == {"ticket 1"}


async def test_appends_meanwhile_are_neither_lost_nor_told(place: MockPlace, clock: Hands) -> None:
    async with place.open(clock) as store, leading(store) as leader:
        ticket = await open_ticket(leader)

        async def keep_posting() -> None:
            for _ in range(40):
                await post(leader, ticket)

        posting = asyncio.create_task(keep_posting())
        for _ in range(5):
            await rebuilt(place.database, nobody)
        found = await said(place.database)
        await posting
        assert found == set()
        now = await leader.views.ticket(ticket.id)

    assert now is not None
    assert now.message_count == 40
    assert await said(place.database) == set()


def test_every_collection_is_named_as_one_that_follows_from_the_log_or_not() -> None:
    """Whoever adds a collection decides which it is: verify and rebuild look after those that follow."""
    code = "\n".join(path.read_text() for path in STORAGE.glob("*.py"))
    named = set(re.findall(r"\b(?:database|asked)\.([a-z_]+)\b", code)) - NO_COLLECTIONS

    assert named == (DERIVED | COUNTED | LOG | OF_ITS_OWN) - {"files.files", "files.chunks"}
