"""Agents at the desk: who they are, whether they are on duty, and which tickets are theirs."""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial

from tickets import policy
from tickets.desks.blocking import Blocks
from tickets.desks.deciding import NothingChanges, changes_to, on_ticket
from tickets.desks.ticket_desk import Desk
from tickets.events import EventData
from tickets.model import (
    SYSTEM,
    AuthorType,
    Caller,
    EventId,
    Message,
    Person,
    SupportRole,
    Ticket,
    TicketId,
    UserKey,
    UserRole,
)
from tickets.ports.agents import Agent, agent_called, agent_with, given, linked_as_well, load_of
from tickets.ports.lists import Cursor, Page
from tickets.ports.store import Store
from tickets.refusals import (
    AgentDoesNotSeeTicket,
    AgentHasTickets,
    AgentIsLinked,
    AgentNotFound,
    TicketIsClaimed,
)
from tickets.sources import Source, from_api, from_nobody


class _IsClaimed(Exception):
    """Somebody else has the ticket of this number, whose name is still to be found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentChanges:
    """What to change. None leaves a value as it is."""

    name: str | None = None
    discord_id: str | None = None
    support_roles: tuple[SupportRole, ...] | None = None
    on_duty: bool | None = None
    capacity: int | None = None
    sets_capacity: bool = False
    """Whether ``capacity`` is set, also to None."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """An agent, and how many open tickets they have."""

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
        """All agents."""
        policy.must_be_staff(caller, "see agents")
        agents = await self._agents.all()
        loads = await load_of(self._agents, agents)
        return [Loaded(agent, loads[agent.key]) for agent in agents]

    async def agent(self, caller: Caller, agent_id: str) -> Loaded:
        """One of them."""
        policy.must_be_staff(caller, "see agents")
        agent = await self._named(caller, agent_id)
        return Loaded(agent, (await load_of(self._agents, [agent]))[agent.key])

    async def tickets(
        self, caller: Caller, agent_id: str, *, after: Cursor | None, limit: int
    ) -> Page[Ticket]:
        """The tickets that are assigned to the agent, closed ones too, newest first."""
        policy.must_be_staff(caller, "see the tickets of agents")
        agent = await self._named(caller, agent_id)
        return await self._store.waiting.assigned(agent.keys, after, limit)

    async def put(self, caller: Caller, agent_id: str, changes: AgentChanges) -> tuple[Loaded, bool]:
        """Make or change an agent, and link them to a user of Discord. Returns whether they are new."""
        policy.must_be_admin(caller, "change agents")
        await self._blocks.must_not_be_blocked(caller.key)
        agents = await self._agents.all()
        before = agent_called(agents, agent_id, caller.key.issuer)
        agent = before or Agent(key=UserKey(caller.key.issuer, agent_id), name=changes.name or agent_id)
        others = [it for it in agents if it.key != agent.key]
        linked = agent_with(others, UserKey(UserKey.DISCORD, changes.discord_id or ""))
        if linked is not None and linked.key.issuer != UserKey.DISCORD:
            raise AgentIsLinked(linked.discord_id or "", linked.key.id)

        def changed(now: Agent) -> Agent:
            return _changed(now if linked is None else now.linked_to(linked), changes)

        agent = await self._changed(agent, changed)
        if (twin := await linked_as_well(self._agents, agent, before)) is not None:
            raise AgentIsLinked(twin.discord_id or "", twin.key.id)
        if linked is not None:
            await self._agents.remove(linked.key)
        loads = await load_of(self._agents, [agent])
        return Loaded(agent, loads[agent.key]), before is None

    async def remove(self, caller: Caller, agent_id: str) -> None:
        """Forget an agent who has no open tickets."""
        policy.must_be_admin(caller, "remove agents")
        await self._blocks.must_not_be_blocked(caller.key)
        agent = await self._named(caller, agent_id)
        if count := (await load_of(self._agents, [agent]))[agent.key]:
            raise AgentHasTickets(agent.name, count)
        await self._agents.remove(agent.key)
        if count := (await load_of(self._agents, [agent]))[agent.key]:  # they were given one meanwhile
            await self._agents.add(agent)
            raise AgentHasTickets(agent.name, count)

    async def go(self, caller: Caller, *, on_duty: bool, support_roles: Sequence[SupportRole]) -> Agent:
        """Go on or off duty. New tickets may be given to agents on duty."""
        policy.must_be_staff(caller, "be on duty")
        await self._blocks.must_not_be_blocked(caller.key)
        duty = partial(replace, on_duty=on_duty, support_roles=tuple(support_roles))
        return await self._changed(await self._agent(caller.person), duty)

    async def claim(self, caller: Caller, address: str, *, source: Source | None = None) -> Ticket:
        """Take a ticket that nobody has. Raises TicketIsClaimed, which names who has it."""
        policy.must_be_staff(caller, "claim tickets")
        await self._blocks.must_not_be_blocked(caller.key)
        agent = await self._agent(caller.person)

        def decide(ticket: Ticket, _: Message | None) -> EventData:
            if ticket.assignee is not None and ticket.assignee not in agent.keys:
                raise _IsClaimed(ticket.number, ticket.assignee)
            policy.may_change(caller, ticket, frozenset({"assignee"}))
            return changes_to(ticket, {"assignee": str(agent.key)})

        try:
            ticket = await self._desk.appending.ticket_after(caller, address, decide, source)
        except _IsClaimed as it:
            number, assignee = it.args
            raise TicketIsClaimed(number, await self._name_of(assignee)) from None
        return await given(self._agents, agent, ticket)

    async def answered(self, caller: Caller, message: Message, *, source: Source | None = None) -> None:
        """Give the ticket to whoever answered it first, if nobody has it and the deployment wants that."""
        if not self._desk.rules.claim_on_answer or not caller.is_staff or caller.is_service:
            return
        if message.author.type is not AuthorType.STAFF:
            return
        agent = await self._agent(caller.person)

        def decide(ticket: Ticket, _: Message | None) -> EventData:
            if ticket.is_closed or ticket.assignee is not None:
                raise NothingChanges(ticket)
            if ticket.first_response_at != message.created_at:
                raise NothingChanges(ticket)
            return changes_to(ticket, {"assignee": str(agent.key)})

        source = source or from_api()
        claiming = Source(EventId(f"{message.id}:claim"), source.origin)
        ticket = await self._desk.appending.ticket_after(caller, message.ticket_id, decide, claiming)
        if ticket.first_response_at == message.created_at:
            await given(self._agents, agent, ticket)

    async def release(self, caller: Caller, address: str, *, source: Source | None = None) -> Ticket:
        """Release the ticket, so that nobody has it."""
        policy.must_be_staff(caller, "release tickets")
        await self._blocks.must_not_be_blocked(caller.key)
        return await self._desk.change(caller, address, {"assignee": None}, source=source)

    async def assign(
        self, caller: Caller, address: str, to: Person, *, source: Source | None = None
    ) -> Ticket:
        """Give the ticket to somebody of staff, whoever has it now."""
        policy.must_be_staff(caller, "assign tickets")
        await self._blocks.must_not_be_blocked(caller.key)
        agent = await self._agent(to)
        await self._must_see(caller, address, agent)
        ticket = await self._desk.change(caller, address, {"assignee": str(agent.key)}, source=source)
        return await given(self._agents, agent, ticket)

    async def take_back(self, ticket_id: TicketId) -> None:
        """Release the ticket if its assignee is now known not to see it."""
        agents = await self._agents.all()

        def decide(ticket: Ticket, _: Message | None) -> EventData:
            agent = agent_with(agents, ticket.assignee) if ticket.assignee is not None else None
            if ticket.is_closed or agent is None or agent.sees_ticket(ticket):
                raise NothingChanges(ticket)
            return changes_to(ticket, {"assignee": None})

        with suppress(NothingChanges):
            by_nobody = on_ticket(ticket_id, lambda _: SYSTEM, decide)
            await self._store.log.append(ticket_id, from_nobody(), by_nobody)

    async def change(
        self,
        caller: Caller,
        address: str,
        values: Mapping[str, str | None],
        *,
        versions: Collection[int] | None = None,
    ) -> Ticket:
        """Like ``Desk.change``. Whoever is given the ticket becomes an agent first."""
        if (assignee := values.get("assignee")) is not None and caller.is_staff:
            await self._blocks.must_not_be_blocked(caller.key)
            agent = await self._enrolled(caller, address, UserKey.parse(assignee), values)
            if agent is not None:
                values = {**values, "assignee": str(agent.key)}
                ticket = await self._desk.change(caller, address, values, versions=versions)
                return await given(self._agents, agent, ticket)
        return await self._desk.change(caller, address, values, versions=versions)

    async def _enrolled(
        self, caller: Caller, address: str, key: UserKey, values: Mapping[str, str | None]
    ) -> Agent | None:
        """The agent. Somebody known only by a key cannot become one: None."""
        agent = agent_with(await self._agents.all(), key)
        if agent is None:
            people = {**await self._store.people.people([key]), caller.key: caller.person}
            return await self._new_agent(people[key]) if key in people else None
        role = values.get("support_role")
        await self._must_see(caller, address, agent, SupportRole(role) if role else None)
        return agent

    async def _must_see(
        self, caller: Caller, address: str, agent: Agent, role: SupportRole | None = None
    ) -> None:
        """Raises AgentDoesNotSeeTicket if the agent is known not to see tickets of this support role, or of
        the ticket's."""
        ticket = await self._desk.ticket(caller, address)
        if not agent.sees_ticket(ticket, role):
            raise AgentDoesNotSeeTicket(agent.name, role or ticket.support_role)

    async def _agent(self, person: Person) -> Agent:
        """Whoever acts as an agent becomes one. Staff in Discord are stored with their present roles."""
        agent = agent_with(await self._agents.all(), person.key)
        if agent is None:
            return await self._new_agent(person)
        if person.key.issuer == UserKey.DISCORD and _as_seen(agent, person) != agent:
            return await self._changed(agent, lambda now: _as_seen(now, person))
        return agent

    async def _new_agent(self, person: Person) -> Agent:
        discord_id = person.key.id if person.key.issuer == UserKey.DISCORD else None
        agent = Agent(key=person.key, name=person.name, discord_id=discord_id)
        await self._store.people.remember(person)
        await self._agents.add(agent)
        return agent

    async def _changed(self, agent: Agent, change: Callable[[Agent], Agent]) -> Agent:
        """The agent as they are by now, changed; or as they were found, if they are not there.

        Tickets show the assignee's name, so it is kept for agents who have never called."""
        if agent.key not in await self._store.people.people([agent.key]):
            name = change(agent).name
            await self._store.people.remember(Person(agent.key, name, UserRole.AGENT))
        while (changed := await self._agents.change(agent.key, change)) is None:
            await self._agents.add(agent)
        return changed

    async def _named(self, caller: Caller, agent_id: str) -> Agent:
        agent = agent_called(await self._agents.all(), agent_id, caller.key.issuer)
        if agent is None:
            raise AgentNotFound(agent_id)
        return agent

    async def _name_of(self, key: UserKey) -> str:
        if (agent := agent_with(await self._agents.all(), key)) is not None:
            return agent.name
        people = await self._store.people.people([key])
        return people[key].name if key in people else key.id


def _as_seen(agent: Agent, person: Person) -> Agent:
    """The agent with the support roles that they see in Discord now, if that is known."""
    seen = policy.support_roles_seen_by(person)
    return agent if agent.sees is None else replace(agent, sees=tuple(it for it in SupportRole if it in seen))


def _changed(agent: Agent, changes: AgentChanges) -> Agent:
    return replace(
        agent,
        name=agent.name if changes.name is None else changes.name,
        discord_id=agent.discord_id if changes.discord_id is None else changes.discord_id,
        support_roles=agent.support_roles if changes.support_roles is None else changes.support_roles,
        on_duty=agent.on_duty if changes.on_duty is None else changes.on_duty,
        capacity=changes.capacity if changes.sets_capacity else agent.capacity,
    )
