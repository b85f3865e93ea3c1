"""What the store on MongoDB does when a process or the server fails between two steps."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from dataclasses import replace

import pytest
from mongomock_motor import AsyncMongoMockClient, enabled_gridfs_integration
from pymongo.errors import (
    AutoReconnect,
    DuplicateKeyError,
    ExecutionTimeout,
    NetworkTimeout,
    NotPrimaryError,
    PyMongoError,
    WriteConcernError,
    WTimeoutError,
)

from storage.mongo.feed import next_in_turn
from tests.clocks import Hands
from tests.contract.acts import append, counting, fed_until, open_ticket, post, show_all, source
from tests.contract.places import MockPlace, leading, opened_to_lead
from tests.contract.yielding import Fault, Faults, no_fault
from tests.waiting import until
from tickets.events import Event, MessageEdited, MessagePosted
from tickets.fold import ticket_of
from tickets.fold_messages import messages_of
from tickets.model import Delivery, EventId, MessageId
from tickets.ports.channels import Channel, Link
from tickets.ports.lease import NotLeader
from tickets.ports.lists import TicketFilter
from tickets.ports.sinks import SinkName
from tickets.ports.store import Store, StoreUnavailable

AWAY = AutoReconnect("connection closed")


def always(collection: str, method: str, error: Exception = AWAY) -> Fault:
    return lambda *call: error if call == (collection, method) else None


def once(collection: str, method: str, trouble: Exception | asyncio.Event = AWAY) -> Fault:
    troubles = [trouble]
    return lambda *call: troubles.pop() if call == (collection, method) and troubles else None


def everything(collection: str, method: str) -> Exception:
    return AWAY


@pytest.fixture
def place() -> Iterator[MockPlace]:
    with enabled_gridfs_integration():
        yield MockPlace(AsyncMongoMockClient()["guildesk"], pause=0.01)


@pytest.fixture
def faults(place: MockPlace) -> Faults:
    return place.faults


@pytest.fixture
async def store(place: MockPlace, clock: Hands) -> AsyncIterator[Store]:
    async with opened_to_lead(place, clock) as store:
        yield store
        place.faults.before = place.faults.after = no_fault


PROJECTING = [
    ("tickets", "update_one"),
    ("messages", "insert_one"),
]


@pytest.mark.parametrize("step", PROJECTING)
async def test_an_append_is_answered_though_the_read_models_cannot_be_written(
    store: Store, faults: Faults, step: tuple[str, str]
) -> None:
    ticket = await open_ticket(store)
    faults.before = always(*step)

    appended = await append(store, ticket.id, MessagePosted("Hello"))

    assert appended.fresh
    assert appended.ticket.message_count == 1
    assert appended.message is not None
    faults.before = no_fault
    assert await store.views.tickets(TicketFilter()) == [appended.ticket]
    assert await store.views.messages(ticket.id) == [appended.message]


@pytest.mark.parametrize("step", [*PROJECTING, ("tickets", "insert_one"), ("messages", "update_one")])
@pytest.mark.parametrize("after_effect", [False, True])
async def test_whoever_comes_next_brings_up_what_a_crash_left_behind(
    place: MockPlace, clock: Hands, faults: Faults, step: tuple[str, str], after_effect: bool
) -> None:
    async with opened_to_lead(place, clock) as store:
        first = await open_ticket(store)
        posted = await post(store, first)
        # From now on that step fails, in every ticket, until the process is gone.
        setattr(faults, "after" if after_effect else "before", always(*step))
        second = await open_ticket(store)
        with suppress(StoreUnavailable):
            await append(store, first.id, MessageEdited(MessageId(posted.id), "Other words"))
            await post(store, first)
        with suppress(StoreUnavailable):
            await post(store, second)
    faults.before = faults.after = no_fault

    async with opened_to_lead(place, clock) as store:
        listed = await store.views.tickets(TicketFilter())
        for ticket in (second, first):
            log = await store.log.events(ticket.id)
            assert listed.pop(0) == ticket_of(log) == await store.views.ticket(ticket.id)
            assert await store.views.messages(ticket.id) == list(messages_of(log).values())
            assert (await post(store, ticket)).seq == log[-1].seq + 1


async def test_another_process_brings_up_what_a_living_one_left_behind(
    place: MockPlace, store: Store, clock: Hands, faults: Faults
) -> None:
    ticket = await open_ticket(store)
    faults.before = always("tickets", "update_one")
    async with place.open(clock) as other:
        await post(other, ticket)
        with pytest.raises(StoreUnavailable):
            await post(other, ticket)
    faults.before = no_fault

    appended = await store.log.append(ticket.id, source(), counting())

    assert appended.event.data == MessagePosted("1")


@pytest.mark.parametrize("step", [("tickets", "update_one"), ("messages", "update_one")])
async def test_a_process_that_stood_still_does_not_take_the_read_models_back(
    place: MockPlace, store: Store, clock: Hands, faults: Faults, step: tuple[str, str]
) -> None:
    ticket = await open_ticket(store)
    message_id = MessageId((await post(store, ticket)).id)
    go_on = asyncio.Event()
    faults.before = once(*step, go_on)
    standing = asyncio.create_task(append(store, ticket.id, MessageEdited(message_id, "First")))
    while len(await store.log.events(ticket.id)) < 3:  # noqa: ASYNC110  nothing else tells
        await asyncio.sleep(0)

    async with place.open(clock) as other:
        await append(other, ticket.id, MessageEdited(message_id, "Second"))
        go_on.set()
        await standing

        log = await other.log.events(ticket.id)
        for each in (store, other):
            assert await each.views.tickets(TicketFilter()) == [ticket_of(log)]
            assert await each.views.messages(ticket.id) == list(messages_of(log).values())


AMBIGUOUS = [
    AWAY,
    NetworkTimeout("timed out"),
    NotPrimaryError("stepped down"),
    ExecutionTimeout("operation exceeded time limit", 50),
    WriteConcernError("waiting for replication", 64),
    WTimeoutError("waiting for replication timed out", 64),
]


@pytest.mark.parametrize("error", AMBIGUOUS, ids=lambda error: type(error).__name__)
async def test_an_insert_whose_answer_was_lost_is_acknowledged_once(
    store: Store, faults: Faults, error: PyMongoError
) -> None:
    ticket = await open_ticket(store)
    faults.after = once("events", "insert_one", error)

    appended = await append(store, ticket.id, MessagePosted("Hello"))

    assert appended.fresh
    assert await store.log.events(ticket.id, after=1) == [appended.event]
    assert await store.views.ticket(ticket.id) == appended.ticket
    assert [it.event for it in await fed_until(store, 2)] == await store.log.events(ticket.id)


@pytest.mark.parametrize("error", AMBIGUOUS, ids=lambda error: type(error).__name__)
async def test_an_insert_that_did_not_happen_is_not_acknowledged(
    store: Store, faults: Faults, error: PyMongoError
) -> None:
    ticket = await open_ticket(store)
    faults.before = once("events", "insert_one", error)

    with pytest.raises(StoreUnavailable):
        await append(store, ticket.id, MessagePosted("Hello"), event_id=EventId("d:1"))

    assert await store.log.events(ticket.id, after=1) == []
    again = await append(store, ticket.id, MessagePosted("Hello"), event_id=EventId("d:1"))
    assert again.fresh


async def test_an_insert_of_which_nothing_can_be_learned_is_found_when_asked_for_again(
    store: Store, faults: Faults
) -> None:
    ticket = await open_ticket(store)
    lost = once("events", "insert_one")

    def then_away(collection: str, method: str) -> Exception | asyncio.Event | None:
        if (trouble := lost(collection, method)) is not None:
            faults.before = everything
        return trouble

    faults.after = then_away
    with pytest.raises(StoreUnavailable):
        await append(store, ticket.id, MessagePosted("Hello"), event_id=EventId("d:1"))
    faults.before = no_fault

    assert [it.message_count for it in await store.views.tickets(TicketFilter())] == [1]
    again = await append(store, ticket.id, MessagePosted("Hello"), event_id=EventId("d:1"))
    assert not again.fresh
    assert again.event.seq == 2


async def reserve(store: Store) -> object:
    return await store.idempotency_keys.reserve("k", "d", now=0, until=60_000)


NOBODY_SEES = {
    "appending": ("events", "insert_one"),
    "reserving a key": ("idempotency_keys", "insert_one"),
}


@pytest.mark.parametrize("what", NOBODY_SEES)
async def test_what_no_majority_has_is_not_tried_for_ever(store: Store, faults: Faults, what: str) -> None:
    """It is there for whoever writes, and not for whoever reads."""
    ticket = await open_ticket(store)
    collection, method = NOBODY_SEES[what]
    faults.before = always(collection, method, DuplicateKeyError("E11000"))
    began = time.monotonic()

    with pytest.raises(StoreUnavailable, match=f"{what}.* comes to no end; have its members a majority"):
        await (post(store, ticket) if what == "appending" else reserve(store))

    assert time.monotonic() - began < 20


async def test_while_the_server_is_away_everything_says_so(store: Store, faults: Faults) -> None:
    ticket = await open_ticket(store)
    opened = (await store.log.events(ticket.id))[0]
    calls: list[Callable[[], object]] = [
        lambda: post(store, ticket),
        lambda: store.log.next_number(),
        lambda: store.views.ticket(ticket.id),
        lambda: store.views.tickets(TicketFilter()),
        lambda: store.feed.last(),
        lambda: store.backlog.tickets_due("discord", 2**62, 1),  # type: ignore[arg-type]
        lambda: store.backlog.done("discord", opened),  # type: ignore[arg-type]
        lambda: store.channels.open_ones(),
        lambda: store.check(),
    ]
    faults.before = everything

    for call in calls:
        with pytest.raises(StoreUnavailable):
            await call()  # type: ignore[misc]

    faults.before = no_fault
    assert (await post(store, ticket)).seq == 2


async def test_a_message_that_is_delivered_before_its_read_model_is_there(
    store: Store, faults: Faults
) -> None:
    ticket = await open_ticket(store)
    faults.before = always("messages", "insert_one")
    posted = await post(store, ticket)
    faults.before = no_fault

    await show_all(store)

    message = await store.views.message(MessageId(posted.id), ticket.id)
    assert message is not None
    assert message.delivery is Delivery.DELIVERED


@pytest.mark.parametrize("step", ["insert_many", "update_many"])
@pytest.mark.parametrize("after_effect", [False, True])
async def test_a_feed_that_was_interrupted_goes_on_without_gap_or_double(
    place: MockPlace, clock: Hands, faults: Faults, step: str, after_effect: bool
) -> None:
    async with opened_to_lead(place, clock) as store:
        ticket = await open_ticket(store)
        await fed_until(store, 1)
        collection = "feed" if step == "insert_many" else "events"
        setattr(faults, "after" if after_effect else "before", always(collection, step))
        await post(store, ticket)
        await faults.have_struck()
    faults.before = faults.after = no_fault

    async with opened_to_lead(place, clock) as store:
        rung: list[Event] = []
        store.bell.listen(lambda event, _: rung.append(event))
        await post(store, ticket)
        await fed_until(store, 3)
        await post(store, ticket)
        fed = await fed_until(store, 4)
        await until(lambda: rung[-1:] == [fed[-1].event])
    assert [(it.pos, it.event.seq) for it in fed] == [(1, 1), (2, 2), (3, 3), (4, 4)]


async def test_the_bell_rings_though_the_answer_to_the_feeding_was_lost(store: Store, faults: Faults) -> None:
    rung: list[Event] = []
    store.bell.listen(lambda event, _: rung.append(event))
    faults.after = once("feed", "insert_many")

    await open_ticket(store)

    await until(lambda: rung)
    assert [it.event for it in await store.feed.after(0)] == rung[:1]


async def test_an_event_that_a_look_at_the_log_brings_too_early_is_fed_in_its_turn(
    place: MockPlace, store: Store, faults: Faults
) -> None:
    faults.before = always("feed", "insert_many")
    ticket = await open_ticket(store)
    await post(store, ticket)
    await post(store, ticket)
    await place.database.events.update_one({"seq": 3}, {"$set": {"due.feed": 0}})
    faults.before = no_fault

    assert [it.event.seq for it in await fed_until(store, 3)] == [1, 2, 3]


@pytest.mark.parametrize(
    ("collection", "method"), [("channels", "update_one"), ("links", "update_one"), ("events", "update_one")]
)
async def test_a_leader_that_stood_still_before_a_write_overwrites_nothing_of_the_next_one(
    place: MockPlace, clock: Hands, faults: Faults, collection: str, method: str
) -> None:
    go_on = asyncio.Event()
    async with opened_to_lead(place, clock) as stale, place.open(clock) as next_one:
        ticket = await open_ticket(stale)
        posted = await post(stale, ticket)
        await stale.channels.save(channel := Channel(ticket_id=ticket.id, channel_id=10))
        await stale.channels.link(link := _link(posted, 500))
        writes = {
            "channels": lambda store, n: store.channels.save(replace(channel, channel_id=n)),
            "links": lambda store, n: store.channels.link(replace(link, discord_id=n)),
            "events": lambda store, n: store.backlog.failed(SinkName.DISCORD, posted, str(n)),
        }
        faults.before = once(collection, method, go_on)
        standing = asyncio.create_task(writes[collection](stale, 1))
        await faults.have_struck()

        async with leading(next_one, "next") as led:
            await writes[collection](led, 2)
            await led.backlog.done(SinkName.DISCORD, posted)
            go_on.set()
            with pytest.raises(NotLeader):
                await standing

            assert (await led.channels.of_ticket(ticket.id)) == replace(
                channel, channel_id=2 if collection == "channels" else 10
            )
            (kept,) = await led.channels.links(ticket.id, MessageId(posted.id))
            assert kept.discord_id == (2 if collection == "links" else 500)
            message = await led.views.message(MessageId(posted.id), ticket.id)
            assert message is not None
            assert message.delivery is Delivery.DELIVERED


def _link(posted: Event, discord_id: int) -> Link:
    return Link(
        ticket_id=posted.ticket_id,
        message_id=MessageId(posted.id),
        part=0,
        parts=1,
        channel_id=10,
        discord_id=discord_id,
    )


async def test_a_feeder_that_stood_still_feeds_nothing_twice(
    place: MockPlace, clock: Hands, faults: Faults
) -> None:
    go_on = asyncio.Event()
    async with opened_to_lead(place, clock) as stale, place.open(clock) as next_one:
        faults.before = once("feed", "insert_many", go_on)
        ticket = await open_ticket(stale)
        await post(stale, ticket)
        await faults.have_struck()

        async with leading(next_one, "next") as led:
            await fed_until(led, 2)
            await post(stale, ticket)
            go_on.set()
            await fed_until(led, 3)
            await post(stale, ticket)
            fed = await fed_until(led, 4)

            assert [(it.pos, it.event.seq) for it in fed] == [(1, 1), (2, 2), (3, 3), (4, 4)]
            assert await stale.feed.after(0) == fed


def test_a_feeder_that_misses_an_event_waits_with_those_after_it() -> None:
    due = [
        {"ticket_id": ticket, "seq": seq}
        for ticket, seq in [("a", 4), ("b", 2), ("a", 3), ("c", 9), ("b", 1)]
    ]

    turn = next_in_turn(due, {"a": 2, "c": 7})

    assert [(it["ticket_id"], it["seq"]) for it in turn] == [("a", 3), ("b", 1), ("a", 4), ("b", 2)]


@pytest.mark.parametrize("seed", [0, 1, *(pytest.param(it, marks=pytest.mark.slow) for it in range(2, 20))])
async def test_through_any_trouble_what_was_acknowledged_is_there_once_and_in_order(
    place: MockPlace, clock: Hands, faults: Faults, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311  a test's choice
    acknowledged: set[EventId] = set()
    attempted: set[EventId] = set()

    def sometimes(collection: str, method: str) -> Exception | None:
        return AWAY if chance.random() < 0.04 else None

    async with opened_to_lead(place, clock) as one, place.open(clock) as two:
        tickets = [await open_ticket(one) for _ in range(3)]

        async def write() -> None:
            for n in range(4):
                ticket, event_id = chance.choice(tickets), EventId(f"d:{chance.random()}")
                attempted.add(event_id)
                for _ in range(chance.randint(1, 3)):
                    try:
                        which = chance.choice((one, two))
                        await append(which, ticket.id, MessagePosted(str(n)), event_id=event_id)
                    except StoreUnavailable:
                        continue
                    acknowledged.add(event_id)

        faults.before = faults.after = sometimes
        await asyncio.gather(*(write() for _ in range(8)))
        faults.before = faults.after = no_fault

        logs = [await two.log.events(ticket.id) for ticket in tickets]
        written = [event.id for log in logs for event in log[1:]]
        assert acknowledged <= set(written) <= attempted
        assert len(set(written)) == len(written)
        for ticket, log in zip(tickets, logs, strict=True):
            assert [event.seq for event in log] == list(range(1, len(log) + 1))
            assert await one.views.ticket(ticket.id) == ticket_of(log)
            assert await two.views.messages(ticket.id) == list(messages_of(log).values())
        fed = await fed_until(one, len(written) + 3)
        assert [it.pos for it in fed] == list(range(1, len(fed) + 1))
        for ticket, log in zip(tickets, logs, strict=True):
            assert [it.event for it in fed if it.event.ticket_id == ticket.id] == log
        assert len(await show_all(one)) == len(fed)
