"""Two agents want the same at once, again and again, over every store: one gets it, the other hears who."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from tests.clocks import Hands
from tests.people import AS_ANN, AS_EVE, AS_SAM
from tickets.desks.agent_desk import AgentChanges, AgentDesk
from tickets.desks.routing_desk import RoutingDesk
from tickets.desks.staff_desk import StaffDesk
from tickets.desks.ticket_desk import Desk, NewTicket
from tickets.model import Caller, Ticket
from tickets.policy import Rules
from tickets.ports.store import Store
from tickets.refusals import AgentIsLinked, NothingWaits, Refusal, TicketIsClaimed, TicketIsClosed

ROUNDS = 30
BOTH = (AS_SAM, AS_EVE)
Act = Callable[[Caller, str], Awaitable[Ticket]]


class Desks:
    def __init__(self, store: Store, clock: Hands) -> None:
        self.store = store
        self.tickets = Desk(store, clock, Rules())
        self.agents = AgentDesk(self.tickets, store)
        self.routing = RoutingDesk(self.tickets, StaffDesk(self.tickets, store), self.agents, store)

    async def at_once(self, act: Act, ticket: Ticket) -> tuple[Caller, Refusal]:
        """Who got it, and what the other was told."""
        said = await asyncio.gather(*(act(who, ticket.id) for who in BOTH), return_exceptions=True)
        got = [who for who, it in zip(BOTH, said, strict=True) if isinstance(it, Ticket)]
        refused = [it for it in said if isinstance(it, Refusal)]
        assert len(got) == len(refused) == 1, said
        return got[0], refused[0]


@pytest.fixture
def desks(store: Store, clock: Hands) -> Desks:
    return Desks(store, clock)


async def test_of_two_who_claim_one_has_it_and_the_other_is_told_who(desks: Desks) -> None:
    ticket = await desks.tickets.open(AS_ANN, NewTicket(topic="No light", description="Really."))
    for _ in range(ROUNDS):
        winner, refusal = await desks.at_once(desks.agents.claim, ticket)

        assert isinstance(refusal, TicketIsClaimed)
        assert winner.person.name in str(refusal)
        assert (await desks.agents.release(winner, ticket.id)).assignee is None


async def test_of_two_who_take_the_only_one_that_waits_one_has_it(desks: Desks) -> None:
    ticket = await desks.tickets.open(AS_ANN, NewTicket(topic="No light", description="Really."))
    for _ in range(ROUNDS):
        winner, refusal = await desks.at_once(lambda who, _: desks.routing.take_next(who), ticket)

        assert isinstance(refusal, NothingWaits | TicketIsClaimed)
        assert (await desks.agents.release(winner, ticket.id)).assignee is None


async def test_of_two_who_close_one_closes(desks: Desks) -> None:
    ticket = await desks.tickets.open(AS_ANN, NewTicket(topic="No light", description="Really."))
    for _ in range(ROUNDS):
        winner, refusal = await desks.at_once(desks.tickets.close, ticket)

        closed = await desks.store.views.ticket(ticket.id)
        assert isinstance(refusal, TicketIsClosed)
        assert closed is not None
        assert closed.closed_by is not None
        assert closed.closed_by.key == winner.key
        await desks.tickets.reopen(AS_EVE, ticket.id)


async def test_of_two_who_are_linked_with_one_account_at_once_at_most_one_is(desks: Desks) -> None:
    agents = desks.agents
    for number in range(ROUNDS):
        discord_id = str(5000 + number)
        changes = AgentChanges(name="Kim", discord_id=discord_id)
        said = await asyncio.gather(
            *(agents.put(AS_EVE, it, changes) for it in ("new", "kim")), return_exceptions=True
        )

        linked = [it for it in await desks.store.agents.all() if it.discord_id == discord_id]
        refused = [it for it in said if isinstance(it, AgentIsLinked)]
        assert (len(linked), len(refused)) in ((1, 1), (0, 2)), said
