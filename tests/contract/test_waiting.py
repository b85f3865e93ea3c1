"""The tickets that wait for staff come in the order to work them."""

import random

from tests.clocks import Hands
from tests.contract.acts import append, open_ticket, post
from tests.people import SAM_ANSWERS
from tickets.events import Change, TicketChanged, TicketClosed, TicketSnoozed
from tickets.model import IssueLevel, Status, Ticket
from tickets.ports.queue import AtWork, place_in_queue
from tickets.ports.store import Store


async def many(store: Store, clock: Hands) -> list[Ticket]:
    """Tickets of every level, some answered, some closed, some answered and asked again."""
    chance = random.Random(7)  # noqa: S311  a test's choice
    tickets = []
    for n in range(40):
        clock.now += chance.choice([0, 1000])
        ticket = await open_ticket(store, level=tuple(IssueLevel)[n % 3])
        if n % 4 == 1:
            await post(store, ticket, actor=SAM_ANSWERS)
        if n % 8 == 1:
            clock.now += 1000
            await post(store, ticket)
        if n % 5 == 4:
            await append(store, ticket.id, TicketClosed(Status.UNRESOLVED), SAM_ANSWERS)
        tickets.append(ticket)
    raised = TicketChanged((Change("issue_level", "NORMAL", "CRITICAL"),))
    await append(store, tickets[0].id, raised, SAM_ANSWERS)
    return [fresh for it in tickets if (fresh := await store.views.ticket(it.id)) is not None]


def in_order(tickets: list[Ticket]) -> list[Ticket]:
    waiting = [it for it in tickets if it.status is Status.OPEN]
    return sorted(waiting, key=lambda it: (-it.issue_level.urgency, it.waiting_since, it.number))


async def test_the_most_urgent_and_then_who_waits_longest(store: Store, clock: Hands) -> None:
    expected = in_order(await many(store, clock))

    assert (await store.waiting.page(None, 100)).items == expected


async def test_pages_of_any_size_make_the_whole(store: Store, clock: Hands) -> None:
    expected = in_order(await many(store, clock))

    for size in (1, 3, 7):
        page = await store.waiting.page(None, size)
        together = page.items
        while page.next is not None:
            assert page.next == place_in_queue(page.items[-1])
            page = await store.waiting.page(page.next, size)
            together += page.items
        assert together == expected


async def test_what_there_is_to_do_is_counted_by_level(store: Store, clock: Hands) -> None:
    tickets = await many(store, clock)
    aside = in_order(tickets)[0]
    await append(store, aside.id, TicketSnoozed(clock.now + 1000), SAM_ANSWERS)

    def expected(level: IssueLevel) -> AtWork:
        those = [it for it in tickets if it.issue_level is level and not it.is_closed]
        waiting = [it for it in in_order(those) if it.id != aside.id]
        return AtWork(level, len(those), len(waiting), waiting[0])

    assert await store.waiting.at_work() == [expected(level) for level in reversed(IssueLevel)]


async def test_where_nothing_is_to_do_every_level_says_so(store: Store) -> None:
    assert await store.waiting.at_work() == [AtWork(level) for level in reversed(IssueLevel)]
