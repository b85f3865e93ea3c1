"""What is for staff or admins alone is refused to others, in words that say what they asked for."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest

from tests.clocks import NOON, Hands
from tests.people import AS_ANN, AS_SAM, BEN, EVE, GUEST
from tickets.desks.agent_desk import AgentChanges, AgentDesk
from tickets.desks.feedback_desk import FeedbackDesk
from tickets.desks.report_desk import ReportDesk
from tickets.desks.routing_desk import RoutingDesk
from tickets.desks.staff_desk import StaffDesk
from tickets.desks.ticket_desk import Desk, NewTicket, Said
from tickets.desks.user_desk import UserChanges, UserDesk
from tickets.figures import By
from tickets.model import Caller, Status, Ticket
from tickets.policy import Rules
from tickets.ports.reports import Span
from tickets.ports.store import Store
from tickets.refusals import AdminOnly, Refusal, StaffOnly, TooManyOpenTickets

EVER = Span(0, NOON * 2)


@dataclass
class Desks:
    """All of them, over one store."""

    store: Store
    clock: Hands
    desk: Desk

    def __post_init__(self) -> None:
        self.agents = AgentDesk(self.desk, self.store)
        self.feedback = FeedbackDesk(self.desk, self.store)
        self.reports = ReportDesk(self.store, self.clock)
        self.staff = StaffDesk(self.desk, self.store)
        self.users = UserDesk(self.desk, self.store)
        self.routing = RoutingDesk(self.desk, self.staff, self.agents, self.store)

    async def resolved(self, caller: Caller) -> list[list[Ticket]]:
        return [page async for page in self.reports.resolved(caller, EVER)]


@pytest.fixture
def desks(desk: Desk, store: Store, clock: Hands) -> Desks:
    return Desks(store, clock, desk)


Act = Callable[[Desks, Caller], Awaitable[object]]

FOR_STAFF: dict[str, Act] = {
    "see agents": lambda it, who: it.agents.agents(who),
    "see the tickets of agents": lambda it, who: it.agents.tickets(who, "eve", after=None, limit=1),
    "be on duty": lambda it, who: it.agents.go(who, on_duty=True, support_roles=[]),
    "claim tickets": lambda it, who: it.agents.claim(who, "1"),
    "release tickets": lambda it, who: it.agents.release(who, "1"),
    "assign tickets": lambda it, who: it.agents.assign(who, "1", EVE),
    "see all feedback": lambda it, who: it.feedback.all(who, after=None, limit=1),
    "see reports": lambda it, who: it.resolved(who),
    "see statistics": lambda it, who: it.reports.figures(who, EVER, By.ALL),
    "have tickets": lambda it, who: it.routing.own(who, after=None, limit=1),
    "see the history of a ticket": lambda it, who: it.staff.history(who, "1"),
    "see the queue": lambda it, who: it.staff.queue(who, after=None, limit=1),
    "see users": lambda it, who: it.users.users(who, after=None, limit=1),
    "change users": lambda it, who: it.users.change(who, BEN.key, UserChanges(note="x")),
}
FOR_ADMINS: dict[str, Act] = {
    "change agents": lambda it, who: it.agents.put(who, "eve", AgentChanges()),
    "remove agents": lambda it, who: it.agents.remove(who, "eve"),
    "remove feedback": lambda it, who: it.feedback.remove(who, "1"),
    "merge users": lambda it, who: it.users.merge(who, BEN.key, GUEST.key),
}


async def refusal(act: Act, desks: Desks, who: Caller) -> Refusal:
    with pytest.raises(Refusal) as refused:
        await act(desks, who)
    return refused.value


@pytest.mark.parametrize("what", FOR_STAFF)
async def test_what_is_for_staff_is_refused_to_requesters(desks: Desks, ticket: Ticket, what: str) -> None:
    refused = await refusal(FOR_STAFF[what], desks, AS_ANN)

    assert isinstance(refused, StaffOnly)
    assert str(refused) == f"Only staff may {what}."


@pytest.mark.parametrize("what", FOR_ADMINS)
@pytest.mark.parametrize("who", [AS_ANN, AS_SAM], ids=["requester", "agent"])
async def test_what_is_for_admins_is_refused_to_agents_too(
    desks: Desks, ticket: Ticket, what: str, who: Caller
) -> None:
    refused = await refusal(FOR_ADMINS[what], desks, who)

    assert isinstance(refused, AdminOnly)
    assert str(refused) == f"Only an admin may {what}."


async def test_a_reopened_ticket_counts_as_an_open_one(store: Store, clock: Hands) -> None:
    desk = Desk(store, clock, Rules(max_open_tickets=1))
    first = await desk.open(AS_ANN, NewTicket(topic="x", description="y"))
    await desk.close(AS_SAM, first.id)
    await desk.open(AS_ANN, NewTicket(topic="x", description="y"))

    with pytest.raises(TooManyOpenTickets):
        await desk.reopen(AS_ANN, first.id)
    assert (await desk.reopen(AS_SAM, first.id)).status is Status.OPEN


async def test_pages_of_messages_and_of_notes_are_as_long_as_wanted_and_link_the_next(
    desks: Desks, ticket: Ticket
) -> None:
    for number in range(4):
        await desks.desk.post(AS_SAM, ticket.id, Said(f"m{number}"))
        await desks.desk.add_note(AS_SAM, ticket.id, Said(f"n{number}"))

    for read, letter in ((desks.desk.messages, "m"), (desks.staff.notes, "n")):
        first = await read(AS_SAM, ticket.id, limit=2)
        assert [it.content for it in first.items] == [f"{letter}0", f"{letter}1"]
        assert first.next is not None
        second = await read(AS_SAM, ticket.id, after_seq=first.next.numbers[0], limit=2)
        assert ([it.content for it in second.items], second.next) == ([f"{letter}2", f"{letter}3"], None)
        assert len((await read(AS_SAM, ticket.id)).items) == 4
