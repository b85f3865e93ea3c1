"""The table of agents: whose turn it is, and how much they have to do."""

import asyncio
from collections import Counter
from dataclasses import replace

from tests.clocks import Hands
from tests.contract.acts import append, open_ticket
from tests.people import AS_ANN, SAM_ANSWERS
from tickets.desks.ticket_desk import Desk, NewTicket
from tickets.events import Change, TicketChanged, TicketClosed
from tickets.model import Status, SupportRole, Ticket, UserKey
from tickets.policy import Rules
from tickets.ports.agents import Agent, Assignment, chosen_for
from tickets.ports.lists import Cursor
from tickets.ports.store import Store

GENERAL, TECHNICAL = SupportRole.GENERAL, SupportRole.TECHNICAL


def agent(name: str, *roles: SupportRole, on_duty: bool = True) -> Agent:
    return Agent(key=UserKey("shop", name), name=name.title(), support_roles=roles, on_duty=on_duty)


NEW = NewTicket(topic="Dark", description="No light.")
KIM, LEE, PAT = agent("kim", GENERAL), agent("lee", GENERAL, TECHNICAL), agent("pat", GENERAL, on_duty=False)


async def staffed(store: Store) -> None:
    for it in (LEE, PAT, KIM):
        await store.agents.add(it)


async def assign(store: Store, ticket: Ticket, to: Agent) -> None:
    change = TicketChanged((Change("assignee", None, str(to.key)),))
    await append(store, ticket.id, change, SAM_ANSWERS)


async def test_agents_are_kept_replaced_and_removed(store: Store) -> None:
    await staffed(store)
    changed = Agent(key=PAT.key, name="Patricia", discord_id="77")
    assert await store.agents.change(PAT.key, lambda _: changed) == changed
    await store.agents.add(replace(KIM, name="Kimberly"))
    await store.agents.remove(LEE.key)

    assert await store.agents.all() == [KIM, changed]
    assert await store.agents.change(LEE.key, lambda it: it) is None


async def test_of_changes_at_once_over_two_processes_none_is_lost(store: Store, second_store: Store) -> None:
    await staffed(store)

    def one_more(it: Agent) -> Agent:
        return replace(it, capacity=(it.capacity or 0) + 1)

    await asyncio.gather(*((store, second_store)[n % 2].agents.change(KIM.key, one_more) for n in range(10)))

    assert (await store.agents.all())[0].capacity == 10


async def test_turns_go_round(store: Store) -> None:
    await staffed(store)

    taken = [await chosen_for(store.agents, Assignment.ROUND_ROBIN, GENERAL) for _ in range(4)]

    assert taken == [KIM, LEE, KIM, LEE]
    assert await chosen_for(store.agents, Assignment.ROUND_ROBIN, TECHNICAL) == LEE
    assert await chosen_for(store.agents, Assignment.ROUND_ROBIN, SupportRole.ADMIN) is None


async def test_turns_that_are_taken_at_once_are_fair_all_the_same(store: Store) -> None:
    await staffed(store)

    taken = await asyncio.gather(*(store.agents.take_turn([KIM.key, LEE.key]) for _ in range(20)))

    counts = Counter(taken)
    assert set(counts) == {KIM.key, LEE.key}
    assert min(counts.values()) >= 8


async def test_of_many_tickets_at_once_over_two_processes_nobody_gets_more_than_they_have_room_for(
    store: Store, second_store: Store, clock: Hands
) -> None:
    await store.agents.add(replace(KIM, discord_id="77"))
    await store.agents.add(replace(LEE, capacity=3))
    rules = Rules(assignment=Assignment.ROUND_ROBIN, agent_capacity=1)
    desks = [Desk(it, clock, rules) for it in (store, second_store)]

    for _ in range(3):  # and again, once they have closed what they had
        opened = await asyncio.gather(*(desks[n % 2].open(AS_ANN, NEW) for n in range(8)))
        given = Counter(it.assignee for it in opened)
        assert given == {KIM.key: 1, LEE.key: 3, None: 4}
        for it in opened:
            await desks[0].close(AS_ANN, it.id, Status.CANCELED)


async def test_a_change_of_an_agent_does_not_cost_the_turn(store: Store) -> None:
    await staffed(store)
    await store.agents.take_turn([KIM.key])
    await store.agents.change(KIM.key, lambda it: replace(it, name="Kimberly"))

    assert await store.agents.take_turn([KIM.key, LEE.key]) == LEE.key


async def test_the_load_counts_what_is_not_closed(store: Store) -> None:
    await staffed(store)
    tickets = [await open_ticket(store) for _ in range(4)]
    for ticket, to in zip(tickets, (KIM, KIM, KIM, LEE), strict=True):
        await assign(store, ticket, to)
    await append(store, tickets[0].id, TicketClosed(Status.UNRESOLVED), SAM_ANSWERS)

    assert await store.agents.load([KIM.key, LEE.key, PAT.key]) == {KIM.key: 2, LEE.key: 1}
    assert await chosen_for(store.agents, Assignment.LEAST_BUSY, GENERAL) == LEE


async def test_the_tickets_of_an_agent_come_newest_first(store: Store) -> None:
    tickets = [await open_ticket(store) for _ in range(5)]
    for ticket in tickets[:4]:
        await assign(store, ticket, KIM if ticket.number % 2 else LEE)
    await append(store, tickets[0].id, TicketClosed(Status.UNRESOLVED), SAM_ANSWERS)

    mine = await store.waiting.assigned([KIM.key], None, 10)
    both = await store.waiting.assigned([KIM.key, LEE.key], Cursor((4,)), 1)

    assert [it.number for it in mine.items] == [3, 1]
    assert ([it.number for it in both.items], both.next) == ([3], Cursor((3,)))
