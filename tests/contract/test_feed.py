"""The feed is one order of everything, in which a reader with a position misses nothing."""

import asyncio
import random
from dataclasses import replace

import pytest

from tests.contract.acts import append, fed_until, note, open_ticket, opening, post
from tests.people import ANN, BEN, SAM_ANSWERS
from tests.waiting import until
from tickets.events import Event
from tickets.model import EventId, TicketId, UserKey
from tickets.ports.feed import Fed, Position
from tickets.ports.sinks import SinkName
from tickets.ports.store import Store
from tickets.positions import known, newest, position_at
from tickets.refusals import PositionUnknown


async def test_the_feed_is_empty_before_the_first_event(store: Store) -> None:
    assert await store.feed.last() == 0
    assert await store.feed.after(0) == []


async def test_every_event_is_fed_in_order(store: Store) -> None:
    anns, bens = await open_ticket(store, ANN.key), await open_ticket(store, BEN.key)
    for ticket in (anns, bens, anns):
        await post(store, ticket)

    fed = await fed_until(store, 5)

    assert [(it.event.ticket_id, it.event.seq) for it in fed] == [
        (anns.id, 1),
        (bens.id, 1),
        (anns.id, 2),
        (bens.id, 2),
        (anns.id, 3),
    ]
    assert [it.pos for it in fed] == [1, 2, 3, 4, 5]
    assert {it.event.ticket_id: it.requester for it in fed} == {anns.id: ANN.key, bens.id: BEN.key}
    assert await store.log.events(anns.id) == [it.event for it in fed if it.event.ticket_id == anns.id]


async def test_one_tickets_part_of_the_feed(store: Store) -> None:
    anns, bens = await open_ticket(store, ANN.key), await open_ticket(store, BEN.key)
    for ticket in (anns, bens, anns):
        await post(store, ticket)
    fed = [it for it in await fed_until(store, 5) if it.event.ticket_id == anns.id]

    assert await store.feed.of_ticket(anns.id, 0) == fed
    assert await store.feed.of_ticket(anns.id, 0, limit=2) == fed[:2]
    assert await store.feed.of_ticket(anns.id, fed[0].pos) == fed[1:]
    assert await store.feed.of_ticket(anns.id, 2**60) == []
    assert await store.feed.of_ticket(TicketId("nowhere"), 0) == []


async def test_a_reader_goes_on_behind_its_position(store: Store) -> None:
    ticket = await open_ticket(store)
    for _ in range(4):
        await post(store, ticket)
    fed = await fed_until(store, 5)

    assert await store.feed.after(2, limit=2) == fed[2:4]
    assert await store.feed.after(5) == []
    assert await store.feed.after(2**70) == []


async def test_a_requesters_feed_holds_their_own_tickets_only(store: Store) -> None:
    anns, bens = await open_ticket(store, ANN.key), await open_ticket(store, BEN.key)
    for ticket in (anns, bens, anns):
        await post(store, ticket)
    fed = await fed_until(store, 5)

    assert await store.feed.after(0, requester=BEN.key) == [fed[1], fed[3]]
    assert await store.feed.after(2, requester=BEN.key) == [fed[3]]
    assert await store.feed.after(0, requester=UserKey("other", "ann")) == []


async def test_single_tickets_can_be_read_besides_a_requesters(store: Store) -> None:
    anns, bens, others = [await open_ticket(store, key) for key in (ANN.key, BEN.key, BEN.key)]
    for ticket in (anns, bens, others, bens, anns):
        await post(store, ticket)
    fed = await fed_until(store, 8)

    both = await store.feed.after(0, requester=ANN.key, tickets=[bens.id, anns.id])
    assert both == [it for it in fed if it.event.ticket_id != others.id]
    assert await store.feed.after(2, requester=ANN.key, tickets=[bens.id], limit=2) == [fed[3], fed[4]]
    assert await store.feed.after(0, requester=UserKey("other", "x"), tickets=[bens.id]) == [
        it for it in fed if it.event.ticket_id == bens.id
    ]


async def test_a_reader_that_polls_while_twenty_write_misses_nothing(store: Store) -> None:
    chance = random.Random(11)  # noqa: S311  a test's choice
    tickets = [await open_ticket(store) for _ in range(6)]
    read: list[Fed] = []

    async def write() -> None:
        for _ in range(6):
            await post(store, chance.choice(tickets))
            if chance.random() < 0.3:
                await asyncio.sleep(0.001)

    async def read_all() -> None:
        while len(read) < 6 + 20 * 6:
            read.extend(await store.feed.after(read[-1].pos if read else 0, limit=chance.randint(1, 9)))
            await asyncio.sleep(0)

    async with asyncio.timeout(30):
        await asyncio.gather(read_all(), *(write() for _ in range(20)))

    assert [it.pos for it in read] == sorted({it.pos for it in read})
    for ticket in tickets:
        fed = [it.event for it in read if it.event.ticket_id == ticket.id]
        assert fed == await store.log.events(ticket.id)


async def test_whoever_hears_the_bell_finds_the_event_in_the_feed(store: Store) -> None:
    rung: list[tuple[Event, UserKey]] = []
    store.bell.listen(lambda event, requester: rung.append((event, requester)))
    found: list[list[Fed]] = []
    woken = asyncio.Event()
    store.bell.listen(lambda *_: woken.set())

    async def look() -> None:
        await woken.wait()
        found.append(await store.feed.after(0))

    looking = asyncio.create_task(look())
    ticket = await open_ticket(store, BEN.key)
    await fed_until(store, 1)
    async with asyncio.timeout(30):
        await looking

    events = await store.log.events(ticket.id)
    assert rung == [(events[0], BEN.key)]
    assert [it.event for it in found[0]] == events


def heard_at(store: Store, sink: SinkName) -> list[Event]:
    heard: list[Event] = []
    store.bell.listen(lambda event, _: heard.append(event), sink)
    return heard


async def test_the_bell_tells_each_sink_of_what_it_may_have_to_show(store: Store) -> None:
    heard: dict[SinkName, list[Event]] = {
        sink: heard_at(store, sink)
        for sink in (SinkName.DISCORD, SinkName.NOTIFICATIONS, SinkName.WEBHOOKS, SinkName.THREADS)
    }

    ticket = await open_ticket(store)
    written = await note(store, ticket)
    answer = await post(store, ticket, actor=SAM_ANSWERS)

    await until(lambda: answer in heard[SinkName.DISCORD])
    assert [it for it in heard[SinkName.DISCORD] if it != answer][-1] == written
    assert heard[SinkName.NOTIFICATIONS] == [answer]
    assert heard[SinkName.WEBHOOKS] == []  # which is not configured
    assert heard[SinkName.THREADS] == []  # the requester has none


async def test_the_bell_does_not_ring_for_what_was_there_already(store: Store) -> None:
    rung: list[Event] = []
    store.bell.listen(lambda event, _: rung.append(event))
    opened = opening(1)
    first = await append(store, TicketId("t1"), opened)
    await until(lambda: rung)  # it may ring a little after the event is in the feed

    await append(store, TicketId("t1"), opened, event_id=first.event.id)
    others = [await append(store, TicketId(f"t{number}"), opening(number)) for number in (2, 3)]
    await until(lambda: rung[-1] == others[-1].event)

    assert rung == [first.event, *(other.event for other in others)]


async def test_the_feed_knows_which_event_is_where(store: Store) -> None:
    ticket = await open_ticket(store)
    await post(store, ticket)
    fed = await fed_until(store, 2)

    assert [await store.feed.event_at(it.pos) for it in fed] == [it.event.id for it in fed]
    assert [await store.feed.event_at(pos) for pos in (0, 3, 2**70)] == [None] * 3


async def test_a_position_is_known_again_by_its_proof(store: Store) -> None:
    ticket = await open_ticket(store)
    await post(store, ticket)
    first, second = await fed_until(store, 2)

    assert await newest(store.feed) == second.position
    assert await position_at(store.feed, first.pos) == first.position
    assert await position_at(store.feed, 0) == Position(0)
    for position in (Position(0), Position(1), Position(2), first.position, second.position):
        assert await known(store.feed, position) == position.pos
    other = Position.of(1, EventId("another event"))
    for position in (
        other,
        Position(3),
        Position(2**70),
        Position(0, "0000"),
        replace(first.position, pos=3),
    ):
        with pytest.raises(PositionUnknown):
            await known(store.feed, position)
