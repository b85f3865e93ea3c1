"""What an append that opens a ticket knows of its requester's other tickets, however many open at once."""

import asyncio

from tests.clocks import Hands
from tests.people import ANN, BEN
from tickets.desks.ticket_desk import Desk, NewTicket
from tickets.model import Caller, Person, Status
from tickets.policy import Rules
from tickets.ports.store import Store
from tickets.refusals import TooManyOpenTickets

NEW = NewTicket(topic="Dark", description="No light.")
RULES = Rules(max_open_tickets=50)


async def opened(store: Store, clock: Hands, person: Person = ANN, count: int = 1) -> list[object]:
    """What becomes of so many openings, one after the other."""
    desk = Desk(store, clock, RULES)
    return [await _opened(desk, person) for _ in range(count)]


async def _opened(desk: Desk, person: Person = ANN) -> object:
    try:
        return await desk.open(Caller(person), NEW)
    except TooManyOpenTickets as refused:
        return refused


async def test_fifty_at_most(store: Store, second_store: Store, clock: Hands) -> None:
    answers = await opened(store, clock, count=49)
    await opened(store, clock, BEN, count=3)
    answers += await opened(second_store, clock)
    answers += await opened(store, clock)

    assert [isinstance(it, TooManyOpenTickets) for it in answers] == [False] * 50 + [True]


async def test_of_two_at_once_at_forty_nine_one_comes_through(
    store: Store, second_store: Store, clock: Hands
) -> None:
    await opened(store, clock, count=49)
    desks = [Desk(it, clock, RULES) for it in (store, second_store)]

    answers = await asyncio.gather(*(_opened(desk) for desk in desks))

    assert sorted(isinstance(it, TooManyOpenTickets) for it in answers) == [False, True]


async def test_of_many_at_once_no_more_come_through_than_there_is_room_for(
    store: Store, second_store: Store, clock: Hands
) -> None:
    await opened(store, clock, count=45)
    desks = [Desk(it, clock, RULES) for it in (store, second_store)]

    answers = await asyncio.gather(*(_opened(desks[number % 2]) for number in range(20)))

    assert sum(isinstance(it, TooManyOpenTickets) for it in answers) == 15


async def test_closed_ones_and_those_of_others_do_not_count(store: Store, clock: Hands) -> None:
    desk = Desk(store, clock, Rules(max_open_tickets=2))
    for _ in range(5):
        ticket = await desk.open(Caller(ANN), NEW)
        await desk.close(Caller(ANN), ticket.id, Status.CANCELED)
    await desk.open(Caller(BEN), NEW)

    last = [await _opened(desk) for _ in range(3)]

    assert [isinstance(it, TooManyOpenTickets) for it in last] == [False, False, True]
