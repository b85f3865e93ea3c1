"""What each side has seen: it moves forward only, whoever says it, and at the same time."""

import asyncio

from tests.contract.acts import open_ticket
from tickets.model import TicketId
from tickets.ports.readings import Reading
from tickets.ports.store import Store


async def reading(store: Store, ticket_id: TicketId) -> Reading | None:
    return (await store.readings.of_tickets([ticket_id])).get(ticket_id)


async def test_each_side_has_a_mark_of_its_own(store: Store) -> None:
    ticket = await open_ticket(store)
    assert await reading(store, ticket.id) is None

    assert await store.readings.requester_has_seen(ticket.id, 3)
    assert await reading(store, ticket.id) == Reading(3, 0)
    assert await store.readings.staff_has_seen(ticket.id, 2)

    assert await reading(store, ticket.id) == Reading(3, 2)


async def test_going_back_and_staying_are_no_news(store: Store) -> None:
    ticket = await open_ticket(store)
    await store.readings.requester_has_seen(ticket.id, 5)
    await store.readings.staff_has_seen(ticket.id, 4)

    for seq in (5, 2):
        assert not await store.readings.requester_has_seen(ticket.id, seq)
    for seq in (4, 1):
        assert not await store.readings.staff_has_seen(ticket.id, seq)

    assert await reading(store, ticket.id) == Reading(5, 4)


async def test_of_many_at_once_the_furthest_stays(store: Store, second_store: Store) -> None:
    ticket = await open_ticket(store)
    seqs = [7, 3, 20, 11, 1, 19, 20, 4]

    news = await asyncio.gather(
        *(store.readings.requester_has_seen(ticket.id, seq) for seq in seqs),
        *(second_store.readings.requester_has_seen(ticket.id, seq) for seq in seqs),
        *(second_store.readings.staff_has_seen(ticket.id, seq) for seq in seqs),
    )

    assert await reading(store, ticket.id) == Reading(20, 20)
    told = [seq for seq, is_news in zip(seqs * 2, news, strict=False) if is_news]
    assert told.count(20) == 1


async def test_many_tickets_are_asked_for_at_once(store: Store) -> None:
    tickets = [(await open_ticket(store)).id for _ in range(4)]
    for seq, ticket_id in enumerate(tickets[:3], 1):
        await store.readings.requester_has_seen(ticket_id, seq)

    found = await store.readings.of_tickets(tickets[1:])

    assert found == {tickets[1]: Reading(2, 0), tickets[2]: Reading(3, 0)}
    assert await store.readings.of_tickets([]) == {}
