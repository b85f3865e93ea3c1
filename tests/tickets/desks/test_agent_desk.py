"""Who has a ticket, and who becomes an agent by it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.people import ANN, AS_ANN, AS_BEN, AS_EVE, AS_SAM, BEN, EVE, SAM
from tickets.desks.agent_desk import AgentChanges, AgentDesk, Loaded
from tickets.desks.ticket_desk import Desk, Said
from tickets.events import Change, TicketChanged
from tickets.model import Caller, Person, SupportRole, Ticket, TicketId, UserKey, UserRole
from tickets.ports.agents import Agent
from tickets.ports.store import Appended, Store
from tickets.ports.users import Block
from tickets.refusals import (
    AdminOnly,
    AgentHasTickets,
    AgentIsLinked,
    AgentNotFound,
    StaffOnly,
    TicketIsClaimed,
    TicketIsClosed,
    TicketNotFound,
    UserIsBlocked,
)
from tickets.sources import from_command

SAM_IN_DISCORD = Agent(key=SAM.key, name="Sam", discord_id="1001")


@pytest.fixture
def agents(desk: Desk, store: Store) -> AgentDesk:
    return AgentDesk(desk, store)


async def changes(store: Store, ticket: Ticket) -> list[TicketChanged]:
    return [it.data for it in await store.log.events(ticket.id) if isinstance(it.data, TicketChanged)]


async def test_whoever_claims_has_the_ticket_and_is_an_agent(
    agents: AgentDesk, store: Store, ticket: Ticket
) -> None:
    claimed = await agents.claim(AS_SAM, ticket.id, source=from_command(12))
    again = await agents.claim(AS_SAM, "1", source=from_command(13))

    assert again == claimed == replace(ticket, assignee=SAM.key, seq=2, version=2)
    assert await changes(store, ticket) == [TicketChanged((Change("assignee", None, str(SAM.key)),))]
    assert await agents.agents(AS_EVE) == [Loaded(SAM_IN_DISCORD, 1)]


async def test_a_command_that_is_processed_twice_is_answered_twice(agents: AgentDesk, ticket: Ticket) -> None:
    source = from_command(12)
    await agents.claim(AS_SAM, ticket.id, source=source)
    await agents.release(AS_EVE, ticket.id)

    again = await agents.claim(AS_SAM, ticket.id, source=source)

    assert (again.assignee, again.seq) == (None, 3)


async def test_what_somebody_has_nobody_else_claims(agents: AgentDesk, ticket: Ticket) -> None:
    await agents.claim(AS_SAM, ticket.id)

    with pytest.raises(TicketIsClaimed, match=r"Ticket 1 belongs to Sam\."):
        await agents.claim(AS_EVE, ticket.id)


async def test_who_is_unknown_goes_by_the_id(agents: AgentDesk, desk: Desk, ticket: Ticket) -> None:
    await desk.change(AS_EVE, ticket.id, {"assignee": "shop zoe"})

    with pytest.raises(TicketIsClaimed, match=r"Ticket 1 belongs to zoe\."):
        await agents.claim(AS_EVE, ticket.id)


@pytest.mark.parametrize("who", [SAM, EVE])
async def test_a_closed_ticket_stays_whose_it_is(
    agents: AgentDesk, desk: Desk, ticket: Ticket, who: Person
) -> None:
    await agents.assign(AS_EVE, ticket.id, who)
    await desk.close(AS_EVE, ticket.id)

    for attempt in (
        agents.claim(Caller(who), ticket.id),
        agents.release(AS_EVE, ticket.id),
        agents.assign(AS_EVE, ticket.id, who),
        agents.change(AS_EVE, ticket.id, {"assignee": str(who.key)}),
    ):
        with pytest.raises(TicketIsClosed):
            await attempt
    assert (await desk.ticket(AS_EVE, ticket.id)).assignee == who.key


async def test_a_ticket_is_released_once(agents: AgentDesk, store: Store, ticket: Ticket) -> None:
    await agents.claim(AS_SAM, ticket.id)

    released = [await agents.release(AS_EVE, ticket.id) for _ in range(2)]

    assert [(it.assignee, it.seq) for it in released] == [(None, 3)] * 2


@pytest.mark.parametrize("door", ["command", "field"])
async def test_whoever_is_given_a_ticket_is_an_agent_by_every_door(
    agents: AgentDesk, store: Store, ticket: Ticket, door: str
) -> None:
    await store.people.remember(SAM)
    await agents.claim(AS_EVE, ticket.id)

    if door == "command":
        given = await agents.assign(AS_EVE, ticket.id, SAM)
    else:
        given = await agents.change(AS_EVE, ticket.id, {"assignee": str(SAM.key), "topic": "x"})

    assert given.assignee == SAM.key
    assert SAM_IN_DISCORD in [it.agent for it in await agents.agents(AS_EVE)]


@pytest.mark.parametrize("door", ["command", "field"])
async def test_a_linked_agent_has_tickets_under_one_key(
    agents: AgentDesk, store: Store, ticket: Ticket, door: str
) -> None:
    await agents.put(AS_EVE, "sam", AgentChanges(name="Sam", discord_id="1001"))
    await store.people.remember(SAM)

    if door == "command":
        given = await agents.assign(AS_EVE, ticket.id, SAM)
    else:
        given = await agents.change(AS_EVE, ticket.id, {"assignee": str(SAM.key)})

    assert given.assignee == UserKey("shop", "sam")
    assert (await agents.claim(AS_SAM, ticket.id)).seq == given.seq


async def test_who_is_refused_makes_nobody_an_agent(agents: AgentDesk, ticket: Ticket) -> None:
    to_ben = {"assignee": str(BEN.key)}

    for attempt in (
        agents.claim(AS_ANN, ticket.id),
        agents.release(AS_ANN, ticket.id),
        agents.assign(AS_ANN, ticket.id, BEN),
        agents.change(AS_ANN, ticket.id, to_ben),
        agents.go(AS_ANN, on_duty=True, support_roles=[]),
        agents.agents(AS_ANN),
        agents.tickets(AS_ANN, "sam", after=None, limit=1),
    ):
        with pytest.raises(StaffOnly):
            await attempt
    with pytest.raises(TicketNotFound):
        await agents.change(AS_BEN, ticket.id, to_ben)
    assert await agents.agents(AS_EVE) == []


async def test_who_is_blocked_gets_and_gives_nothing(agents: AgentDesk, store: Store, ticket: Ticket) -> None:
    await store.users.block(SAM.key, Block())

    for attempt in (
        agents.claim(AS_SAM, ticket.id),
        agents.release(AS_SAM, ticket.id),
        agents.assign(AS_SAM, ticket.id, EVE),
        agents.change(AS_SAM, ticket.id, {"assignee": str(EVE.key)}),
        agents.change(AS_SAM, ticket.id, {"topic": ticket.topic}),
        agents.go(AS_SAM, on_duty=True, support_roles=[]),
    ):
        with pytest.raises(UserIsBlocked):
            await attempt
    assert await agents.agents(AS_EVE) == []


async def test_of_discord_and_a_backend_becomes_one_agent(agents: AgentDesk, ticket: Ticket) -> None:
    await agents.go(AS_SAM, on_duty=True, support_roles=[SupportRole.TECHNICAL])
    await agents.claim(AS_SAM, ticket.id)

    linked, is_new = await agents.put(AS_EVE, "sam", AgentChanges(discord_id="1001"))

    assert (linked.agent.key, linked.agent.on_duty, linked.open_tickets, is_new) == (
        UserKey("shop", "sam"),
        True,
        1,
        True,
    )
    assert [it.agent for it in await agents.agents(AS_EVE)] == [linked.agent]
    with pytest.raises(AgentIsLinked):
        await agents.put(AS_EVE, "lee", AgentChanges(discord_id="1001"))


async def test_an_agent_stays_as_long_as_tickets_are_theirs(
    agents: AgentDesk, desk: Desk, ticket: Ticket
) -> None:
    await agents.claim(AS_SAM, ticket.id)

    with pytest.raises(AgentHasTickets):
        await agents.remove(AS_EVE, "1001")
    with pytest.raises(AdminOnly):
        await agents.remove(AS_SAM, "1001")
    await desk.close(AS_SAM, ticket.id)
    await agents.remove(AS_EVE, "1001")

    assert await agents.agents(AS_EVE) == []
    with pytest.raises(AgentNotFound):
        await agents.tickets(AS_EVE, "1001", after=None, limit=1)


async def test_an_agent_who_claims_a_ticket_while_they_are_removed_stays(
    agents: AgentDesk, store: Store, ticket: Ticket, monkeypatch: pytest.MonkeyPatch
) -> None:
    await agents.go(AS_SAM, on_duty=True, support_roles=[SupportRole.GENERAL])
    (known,) = await store.agents.all()
    remove = store.agents.remove

    async def claim_and_remove(key: UserKey) -> None:
        await agents.claim(AS_SAM, ticket.id)
        await remove(key)

    monkeypatch.setattr(store.agents, "remove", claim_and_remove)
    with pytest.raises(AgentHasTickets):
        await agents.remove(AS_EVE, "1001")

    assert await store.agents.all() == [known]


@pytest.mark.parametrize("how", ["claim", "assign", "change", "answer"])
async def test_whoever_is_removed_right_before_they_get_a_ticket_is_an_agent(
    agents: AgentDesk, desk: Desk, store: Store, ticket: Ticket, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    await agents.go(AS_SAM, on_duty=True, support_roles=[SupportRole.GENERAL])
    (known,) = await store.agents.all()
    message = await desk.post(AS_SAM, ticket.id, Said("On my way"))
    append = store.log.append

    async def remove_and_append(*args: Any, **more: Any) -> Appended:
        if await store.agents.all():
            await agents.remove(AS_EVE, "1001")
        return await append(*args, **more)

    monkeypatch.setattr(store.log, "append", remove_and_append)
    match how:
        case "claim":
            await agents.claim(AS_SAM, ticket.id)
        case "assign":
            await agents.assign(AS_EVE, ticket.id, SAM)
        case "change":
            await agents.change(AS_EVE, ticket.id, {"assignee": str(SAM.key)})
        case _:
            monkeypatch.setattr(desk, "rules", replace(desk.rules, claim_on_answer=True))
            await agents.answered(AS_SAM, message)

    assert (await desk.ticket(AS_EVE, ticket.id)).assignee == SAM.key
    assert await store.agents.all() == [known]


async def test_changes_of_an_agent_that_cross_are_both_made(
    agents: AgentDesk, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    await agents.go(AS_SAM, on_duty=True, support_roles=[SupportRole.GENERAL])
    change = store.agents.change

    async def go_and_change(key: UserKey, how: Callable[[Agent], Agent]) -> Agent | None:
        monkeypatch.setattr(store.agents, "change", change)
        await agents.go(AS_SAM, on_duty=False, support_roles=[SupportRole.TECHNICAL])
        return await change(key, how)

    monkeypatch.setattr(store.agents, "change", go_and_change)
    await agents.put(AS_EVE, "1001", AgentChanges(name="Samuel", capacity=3, sets_capacity=True))

    (known,) = await store.agents.all()
    assert (known.name, known.capacity, known.on_duty) == ("Samuel", 3, False)
    assert known.support_roles == (SupportRole.TECHNICAL,)


async def test_a_ticket_that_is_not_there_is_nobodys(agents: AgentDesk) -> None:
    with pytest.raises(TicketNotFound):
        await agents.claim(AS_SAM, TicketId("nothing"))
    with pytest.raises(TicketNotFound):
        await agents.assign(AS_SAM, "77", EVE)


async def test_staff_who_asks_is_no_agent_of_their_own_ticket_until_claimed(
    agents: AgentDesk, desk: Desk, store: Store, ticket: Ticket
) -> None:
    await agents.put(AS_EVE, "ann", AgentChanges(on_duty=False))
    staff_ann = Caller(replace(ANN, role=UserRole.AGENT))

    claimed = await agents.claim(staff_ann, ticket.id)

    assert claimed.assignee == claimed.requester == ANN.key
