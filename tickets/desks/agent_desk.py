"""Agents at the desk: who they are, whether they are on duty, and which tickets are theirs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from tickets import policy
from tickets.desks.blocking import Blocks
from tickets.desks.ticket_desk import FROM_API, Desk
from tickets.events import Change, EventData, Origin, Stamp, TicketChanged
from tickets.ids import new_id
from tickets.model import Actor, Caller, EventId, Person, SupportRole, Ticket, UserKey, UserRole
from tickets.ports.agents import Agent, agent_called, agent_with, load_of
from tickets.ports.store import State, Store
from tickets.refusals import (
    AgentHasTickets,
    AgentIsLinked,
    AgentNotFound,
    TicketIsClaimed,
    TicketIsClosed,
    TicketNotFound,
)

_Decision = Callable[[Ticket], EventData]


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentChanges:
    """What is to be set; None leaves a thing as it is."""

    name: str | None = None
    discord_id: str | None = None
    support_roles: tuple[SupportRole, ...] | None = None
    on_duty: bool | None = None


@dataclass(frozen=True, slots=True)
class Loaded:
    """An agent, and how many tickets that are not closed are theirs."""

    agent: Agent
    open_tickets: int


class AgentDesk:
    """Every method raises a Refusal when the policy says no, and StoreUnavailable when the store is down."""

    def __init__(self, desk: Desk, store: Store) -> None:
        self._desk = desk
        self._store = store
        self._agents = store.agents
        self._blocks = Blocks(store.users)

    async def agents(self, caller: Caller) -> list[Loaded]:
        """All of them."""
        policy.must_be_staff(caller, "see agents")
        agents = await self._agents.all()
        loads = await load_of(self._agents, agents)
        return [Loaded(agent, loads[agent.key]) for agent in agents]

    async def tickets(
        self, caller: Caller, agent_id: str, *, before_number: int | None, limit: int
    ) -> list[Ticket]:
        """The tickets that are assigned to the agent, closed ones too, newest first."""
        policy.must_be_staff(caller, "see the tickets of agents")
        agent = await self._named(caller, agent_id)
        return await self._store.waiting.assigned(agent.keys, before_number, limit)

    async def put(self, caller: Caller, agent_id: str, changes: AgentChanges) -> tuple[Loaded, bool]:
        """Make or change an agent, and link them to a user of Discord; whether they are new."""
        policy.must_be_admin(caller, "change agents")
        await self._blocks.must_not_be_blocked(caller.key)
        agents = await self._agents.all()
        before = agent_called(agents, agent_id, caller.key.issuer)
        agent = before or Agent(key=UserKey(caller.key.issuer, agent_id), name=changes.name or agent_id)
        agent = _changed(agent, changes)
        of_discord = None
        if changes.discord_id is not None:
            of_discord = agent_with(agents, UserKey(UserKey.DISCORD, changes.discord_id))
            if of_discord is not None and of_discord.key != agent.key:
                if of_discord.key.issuer != UserKey.DISCORD:
                    raise AgentIsLinked(changes.discord_id, of_discord.key.id)
                agent = _changed(agent.linked_to(of_discord), changes)
        await self._save(agent)
        if of_discord is not None and of_discord.key != agent.key:
            await self._agents.remove(of_discord.key)
        loads = await load_of(self._agents, [agent])
        return Loaded(agent, loads[agent.key]), before is None

    async def remove(self, caller: Caller, agent_id: str) -> None:
        """Forget an agent who has no tickets but closed ones."""
        policy.must_be_admin(caller, "remove agents")
        await self._blocks.must_not_be_blocked(caller.key)
        agent = await self._named(caller, agent_id)
        if count := (await load_of(self._agents, [agent]))[agent.key]:
            raise AgentHasTickets(agent.name, count)
        await self._agents.remove(agent.key)

    async def go(self, caller: Caller, *, on_duty: bool, support_roles: Sequence[SupportRole]) -> Agent:
        """On or off duty; new tickets may go to those who are on duty."""
        policy.must_be_staff(caller, "be on duty")
        await self._blocks.must_not_be_blocked(caller.key)
        agent = replace(await self._agent(caller.person), on_duty=on_duty, support_roles=tuple(support_roles))
        await self._save(agent)
        return agent

    async def claim(
        self, caller: Caller, address: str, *, event_id: EventId | None = None, origin: Origin = FROM_API
    ) -> Ticket:
        """Take a ticket that is nobody's; raises TicketIsClaimed, naming who has it."""
        policy.must_be_staff(caller, "claim tickets")
        await self._blocks.must_not_be_blocked(caller.key)
        agent = await self._agent(caller.person)
        ticket = await self._desk.ticket(caller, address)
        holder = await self._name_of(ticket.assignee)

        def decide(ticket: Ticket) -> EventData:
            if ticket.assignee is not None and ticket.assignee not in agent.keys:
                raise TicketIsClaimed(ticket.number, holder or ticket.assignee.id)
            return _assigning(ticket, agent.key)

        try:
            return await self._assign(caller, ticket, decide, agent.key, event_id, origin)
        except TicketIsClaimed:
            fresh = await self._desk.ticket(caller, address)
            raise TicketIsClaimed(ticket.number, await self._name_of(fresh.assignee) or "another") from None

    async def release(
        self, caller: Caller, address: str, *, event_id: EventId | None = None, origin: Origin = FROM_API
    ) -> Ticket:
        """Let the ticket be nobody's."""
        policy.must_be_staff(caller, "release tickets")
        await self._blocks.must_not_be_blocked(caller.key)
        ticket = await self._desk.ticket(caller, address)
        return await self._assign(caller, ticket, lambda it: _assigning(it, None), None, event_id, origin)

    async def assign(
        self,
        caller: Caller,
        address: str,
        to: Person,
        *,
        event_id: EventId | None = None,
        origin: Origin = FROM_API,
    ) -> Ticket:
        """Give the ticket to somebody of staff, whoever has it now."""
        policy.must_be_staff(caller, "assign tickets")
        await self._blocks.must_not_be_blocked(caller.key)
        agent = await self._agent(to)
        ticket = await self._desk.ticket(caller, address)
        return await self._assign(
            caller, ticket, lambda it: _assigning(it, agent.key), agent.key, event_id, origin
        )

    async def enrol(self, key: UserKey) -> None:
        """Have somebody who was given a ticket among the agents."""
        people = await self._store.people.people([key])
        if key in people:
            await self._agent(people[key])

    async def _assign(
        self,
        caller: Caller,
        ticket: Ticket,
        decide: _Decision,
        to: UserKey | None,
        event_id: EventId | None,
        origin: Origin,
    ) -> Ticket:
        if ticket.assignee == to and not ticket.is_closed:
            return ticket
        await self._store.people.remember(caller.person)
        actor = Actor(policy.side(caller, ticket), caller.key)
        stamp = Stamp(event_id=event_id or EventId(new_id()), actor=actor, origin=origin)

        def on_state(state: State) -> EventData:
            if state.ticket is None:
                raise TicketNotFound(ticket.id)
            return decide(state.ticket)

        return (await self._store.log.append(ticket.id, stamp, on_state)).ticket

    async def _agent(self, person: Person) -> Agent:
        """Whoever does something as an agent is one."""
        agent = agent_with(await self._agents.all(), person.key)
        if agent is None:
            discord_id = person.key.id if person.key.issuer == UserKey.DISCORD else None
            agent = Agent(key=person.key, name=person.name, discord_id=discord_id)
            await self._store.people.remember(person)
            await self._agents.save(agent)
        return agent

    async def _save(self, agent: Agent) -> None:
        """Tickets show the assignee's name, so it is known of agents who have not called yet."""
        if agent.key not in await self._store.people.people([agent.key]):
            await self._store.people.remember(Person(agent.key, agent.name, UserRole.AGENT))
        await self._agents.save(agent)

    async def _named(self, caller: Caller, agent_id: str) -> Agent:
        agent = agent_called(await self._agents.all(), agent_id, caller.key.issuer)
        if agent is None:
            raise AgentNotFound(agent_id)
        return agent

    async def _name_of(self, key: UserKey | None) -> str | None:
        if key is None:
            return None
        agent = agent_with(await self._agents.all(), key)
        if agent is not None:
            return agent.name
        people = await self._store.people.people([key])
        return people[key].name if key in people else key.id


def _assigning(ticket: Ticket, to: UserKey | None) -> EventData:
    if ticket.is_closed:
        raise TicketIsClosed(ticket.number)
    old = str(ticket.assignee) if ticket.assignee else None
    return TicketChanged((Change("assignee", old, str(to) if to else None),))


def _changed(agent: Agent, changes: AgentChanges) -> Agent:
    return replace(
        agent,
        name=agent.name if changes.name is None else changes.name,
        discord_id=agent.discord_id if changes.discord_id is None else changes.discord_id,
        support_roles=agent.support_roles if changes.support_roles is None else changes.support_roles,
        on_duty=agent.on_duty if changes.on_duty is None else changes.on_duty,
    )
