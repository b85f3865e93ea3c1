"""Where a ticket goes next, and who takes it."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from tests.people import AS_ANN, AS_BEN, AS_EVE, AS_SAM
from tests.tickets.conftest import NEW
from tickets.desks.agent_desk import AgentDesk
from tickets.desks.routing_desk import RoutingDesk
from tickets.desks.staff_desk import StaffDesk
from tickets.desks.ticket_desk import Desk, Said
from tickets.model import Caller, IssueLevel, Person, SupportRole, Ticket, UserKey, UserRole
from tickets.ports.lists import Cursor, Page
from tickets.ports.queue import AtWork, Waiting
from tickets.ports.store import Appended, Store
from tickets.refusals import (
    NobodyAbove,
    NothingWaits,
    StaffOnly,
    TicketIsClaimed,
    TicketIsClosed,
    TicketNotFound,
)
from tickets.sources import from_command

GENERAL, TECHNICAL, MANAGER, ADMIN = SupportRole


@pytest.fixture
def agents(desk: Desk, store: Store) -> AgentDesk:
    return AgentDesk(desk, store)


@pytest.fixture
def routing(desk: Desk, store: Store, agents: AgentDesk) -> RoutingDesk:
    return RoutingDesk(desk, StaffDesk(desk, store), agents, store)


def member(name: str, support_role: SupportRole | None) -> Caller:
    """Somebody of staff in Discord."""
    key = UserKey(UserKey.DISCORD, f"20{len(name)}")
    return Caller(Person(key, name, UserRole.AGENT, support_role=support_role))


async def opened(desk: Desk, role: SupportRole = GENERAL, level: IssueLevel = IssueLevel.NORMAL) -> Ticket:
    return await desk.open(AS_ANN, replace(NEW, support_role=role, issue_level=level))


async def test_an_escalated_ticket_asks_for_the_next_role_and_is_nobodys(
    routing: RoutingDesk, agents: AgentDesk, ticket: Ticket
) -> None:
    await agents.claim(AS_SAM, ticket.id)

    roles = [(await routing.escalate(AS_SAM, ticket.id)).support_role for _ in range(3)]

    assert roles == [TECHNICAL, MANAGER, ADMIN]
    with pytest.raises(NobodyAbove):
        await routing.escalate(AS_SAM, ticket.id)


async def test_why_it_was_escalated_is_a_note(
    routing: RoutingDesk, desk: Desk, agents: AgentDesk, store: Store, ticket: Ticket
) -> None:
    await agents.claim(AS_SAM, ticket.id)

    escalated = await routing.escalate(AS_SAM, ticket.id, "Needs a look at the logs", source=from_command(7))
    again = await routing.escalate(AS_SAM, ticket.id, "Needs a look at the logs", source=from_command(7))

    notes = await StaffDesk(desk, store).notes(AS_EVE, ticket.id)
    assert (escalated.support_role, escalated.assignee) == (TECHNICAL, None)
    assert again.support_role is TECHNICAL
    assert [it.content for it in notes.items] == ["Needs a look at the logs"]


async def test_only_staff_routes_and_only_open_tickets(
    routing: RoutingDesk, desk: Desk, ticket: Ticket
) -> None:
    for caller, refusal in ((AS_ANN, StaffOnly), (AS_BEN, TicketNotFound)):
        with pytest.raises(refusal):
            await routing.transfer(caller, ticket.id, MANAGER)
        with pytest.raises(refusal):
            await routing.escalate(caller, ticket.id)
    await desk.close(AS_EVE, ticket.id)
    with pytest.raises(TicketIsClosed):
        await routing.escalate(AS_SAM, ticket.id)
    with pytest.raises(TicketIsClosed):
        await routing.transfer(AS_SAM, ticket.id, MANAGER)


async def test_an_assignee_who_does_not_see_the_ticket_any_more_loses_it(
    routing: RoutingDesk, desk: Desk, agents: AgentDesk
) -> None:
    low, high = member("low", GENERAL), member("higher", MANAGER)
    first, second, third = [await opened(desk) for _ in range(3)]
    await agents.claim(low, first.id)
    await agents.claim(high, second.id)
    await agents.claim(AS_EVE, third.id)

    moved = [await routing.transfer(AS_EVE, it.id, TECHNICAL) for it in (first, second, third)]

    assert [it.assignee for it in moved] == [None, high.key, AS_EVE.key]


async def test_who_claims_a_ticket_right_before_it_goes_elsewhere_loses_it_as_well(
    routing: RoutingDesk, desk: Desk, agents: AgentDesk, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket, append = await opened(desk), store.log.append

    async def claim_and_append(*args: Any, **more: Any) -> Appended:
        monkeypatch.setattr(store.log, "append", append)
        await agents.claim(member("low", GENERAL), ticket.id)
        return await append(*args, **more)

    monkeypatch.setattr(store.log, "append", claim_and_append)

    assert (await routing.transfer(AS_EVE, ticket.id, TECHNICAL)).assignee is None


async def test_the_next_one_is_the_most_urgent_that_is_nobodys_and_is_seen(
    routing: RoutingDesk, desk: Desk, agents: AgentDesk
) -> None:
    calm, urgent = await opened(desk), await opened(desk, level=IssueLevel.URGENT)
    taken = await opened(desk, level=IssueLevel.CRITICAL)
    unseen = await opened(desk, TECHNICAL, IssueLevel.CRITICAL)
    await agents.claim(AS_EVE, taken.id)
    low = member("low", GENERAL)

    got = [(await routing.take_next(low)).id for _ in range(2)]

    assert got == [urgent.id, calm.id]
    with pytest.raises(NothingWaits):
        await routing.take_next(low)
    assert (await routing.take_next(member("higher", MANAGER))).id == unseen.id


async def test_what_is_answered_waits_for_nobody(routing: RoutingDesk, desk: Desk, ticket: Ticket) -> None:
    await desk.post(AS_SAM, ticket.id, Said("Hello"))
    with pytest.raises(NothingWaits):
        await routing.take_next(AS_EVE)

    await desk.post(AS_ANN, ticket.id, Said("Hello?"))

    assert (await routing.take_next(AS_EVE)).id == ticket.id


async def test_two_who_take_the_next_at_once_get_two_tickets_each_time(
    routing: RoutingDesk, desk: Desk
) -> None:
    one, other = member("one", MANAGER), member("other one", MANAGER)
    for _ in range(100):
        tickets = {(await opened(desk)).id, (await opened(desk)).id}

        got = await asyncio.gather(routing.take_next(one), routing.take_next(other))

        assert {it.id for it in got} == tickets
        assert [it.assignee for it in got] == [one.key, other.key]
        for it in got:
            await desk.close(AS_EVE, it.id)


async def test_ones_own_tickets_are_the_open_ones(
    routing: RoutingDesk, desk: Desk, agents: AgentDesk
) -> None:
    first, second, third, others = [await opened(desk) for _ in range(4)]
    for it in (first, second, third):
        await agents.claim(AS_SAM, it.id)
    await agents.claim(AS_EVE, others.id)
    await desk.close(AS_SAM, second.id)

    page = await routing.own(AS_SAM, after=None, limit=1)
    rest = await routing.own(AS_SAM, after=page.next, limit=5)

    assert [it.id for it in (*page.items, *rest.items)] == [third.id, first.id]
    with pytest.raises(StaffOnly):
        await routing.own(AS_ANN, after=None, limit=1)


async def test_the_queue_of_somebody_in_discord_holds_what_they_see_page_by_page(
    desk: Desk, store: Store
) -> None:
    seen = [await opened(desk, [GENERAL, MANAGER][number % 2]) for number in range(9)]
    mine = [it.id for it in seen if it.support_role is GENERAL]
    staff, low = StaffDesk(desk, store), member("low", GENERAL)

    got, after = [], None
    while True:
        page = await staff.queue(low, after=after, limit=2)
        got += [it.id for it in page.items]
        if (after := page.next) is None:
            break

    assert got == mine
    assert len((await staff.queue(AS_SAM_BY_TOKEN, after=None, limit=20)).items) == 9


AS_SAM_BY_TOKEN = Caller(Person(UserKey("shop", "sam"), "Sam", UserRole.AGENT))


class BothSee:
    """The queue, of which two readers see the same: neither has acted before the other has read."""

    def __init__(self, waiting: Waiting) -> None:
        self._waiting = waiting
        self._both = asyncio.Barrier(2)

    async def page(self, after: Cursor | None, limit: int) -> Page[Ticket]:
        page = await self._waiting.page(after, limit)
        await self._both.wait()
        return page

    async def assigned(self, keys: Sequence[UserKey], after: Cursor | None, limit: int) -> Page[Ticket]:
        return await self._waiting.assigned(keys, after, limit)

    async def at_work(self) -> list[AtWork]:
        return await self._waiting.at_work()


async def test_of_two_who_take_the_last_ticket_at_once_one_wins_and_the_other_is_told_who(
    desk: Desk, agents: AgentDesk, store: Store
) -> None:
    at_once = replace(store, waiting=BothSee(store.waiting))
    routing = RoutingDesk(desk, StaffDesk(desk, at_once), agents, at_once)
    one, other = member("one", MANAGER), member("other one", MANAGER)
    for number in range(1, 101):
        ticket = await opened(desk)

        results = await asyncio.gather(
            routing.take_next(one), routing.take_next(other), return_exceptions=True
        )

        (won,) = [it for it in results if isinstance(it, Ticket)]
        (lost,) = [it for it in results if isinstance(it, TicketIsClaimed)]
        winner = one if won.assignee == one.key else other
        assert str(lost) == f"Ticket {number} belongs to {winner.person.name}."
        await desk.close(AS_EVE, ticket.id)


async def test_of_two_who_claim_at_once_one_wins_and_the_other_is_told_who(
    desk: Desk, agents: AgentDesk
) -> None:
    one, other = member("one", MANAGER), member("other one", MANAGER)
    for number in range(1, 101):
        ticket = await opened(desk)

        results = await asyncio.gather(
            agents.claim(one, ticket.id), agents.claim(other, ticket.id), return_exceptions=True
        )

        (won,) = [it for it in results if isinstance(it, Ticket)]
        (lost,) = [it for it in results if isinstance(it, TicketIsClaimed)]
        winner = one if won.assignee == one.key else other
        assert str(lost) == f"Ticket {number} belongs to {winner.person.name}."
