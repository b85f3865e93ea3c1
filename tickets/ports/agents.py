"""The agents: staff whom tickets can be assigned to, whether they work in Discord, over the API, or both."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol

from tickets.model import SupportRole, Ticket, UserKey


class Assignment(StrEnum):
    """To whom new tickets go."""

    NONE = "none"
    ROUND_ROBIN = "round_robin"
    LEAST_BUSY = "least_busy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """One agent. ``discord_id`` links their user in Discord to their user at a backend."""

    key: UserKey
    name: str
    discord_id: str | None = None
    support_roles: tuple[SupportRole, ...] = ()
    on_duty: bool = False
    sees: tuple[SupportRole, ...] | None = None
    """The support roles whose tickets they see in Discord, as last seen there. Empty if they have left the
    guild or lost their roles. None if nobody has looked, as for agents who are not in Discord."""

    capacity: int | None = None
    """Open tickets that they may be given at most; None for the desk's number."""

    def may_get(self, role: SupportRole) -> bool:
        """Whether tickets that ask for this support role may be given to them."""
        return self.sees is None or role in self.sees

    def room(self, capacity: int | None) -> int | None:
        """Open tickets that they may be given at most, if the desk's number is ``capacity``; None for any
        number."""
        return capacity if self.capacity is None else self.capacity

    def sees_ticket(self, ticket: Ticket, role: SupportRole | None = None) -> bool:
        """Whether they see the ticket, or would see it if it asked for another ``role``."""
        return self.may_get(role or ticket.support_role) or self.is_added_to(ticket)

    def is_added_to(self, ticket: Ticket) -> bool:
        """Whether they see the ticket as a colleague, whatever their support role. Whoever is no longer staff
        sees none."""
        return self.sees != () and not set(self.keys).isdisjoint(ticket.colleagues)

    @property
    def keys(self) -> tuple[UserKey, ...]:
        """Every key under which tickets may be assigned to them."""
        if self.discord_id is None:
            return (self.key,)
        return tuple({self.key: None, UserKey(UserKey.DISCORD, self.discord_id): None})

    def linked_to(self, other: "Agent") -> "Agent":
        """The same agent, with everything known about them as a user of Discord alone."""
        roles = {*self.support_roles, *other.support_roles}
        return replace(
            self,
            discord_id=other.discord_id,
            sees=other.sees,
            capacity=other.capacity if self.capacity is None else self.capacity,
            on_duty=self.on_duty or other.on_duty,
            support_roles=tuple(role for role in SupportRole if role in roles),
        )


class Agents(Protocol):
    """The table of agents; there are few."""

    async def all(self) -> list[Agent]:
        """All agents, in the order of their keys."""
        ...

    async def add(self, agent: Agent) -> None:
        """Keep a new one. One of this key stays as they are."""
        ...

    async def change(self, key: UserKey, change: Callable[[Agent], Agent]) -> Agent | None:
        """Change the agent as a whole, in no one else's way; ``change`` may be called again. None if they are
        gone."""
        ...

    async def remove(self, key: UserKey) -> None: ...

    async def take_turn(self, keys: Sequence[UserKey]) -> UserKey | None:
        """The agent among these whose last turn is the longest ago. They have had their turn now."""
        ...

    async def load(self, keys: Iterable[UserKey]) -> dict[UserKey, int]:
        """How many open tickets each has. Agents without any are left out."""
        ...


def agent_with(agents: Iterable[Agent], key: UserKey) -> Agent | None:
    """The agent with this key. A linked agent comes before one known only from Discord."""
    found = [agent for agent in agents if key in agent.keys]
    return min(found, key=lambda it: it.key.issuer == UserKey.DISCORD, default=None)


def agent_called(agents: Iterable[Agent], agent_id: str, issuer: str) -> Agent | None:
    """The agent with this id: first the id that a backend of this issuer gave them, then the id in
    Discord."""
    found = [agent for agent in agents if agent_id in {key.id for key in agent.keys}]
    return min(found, key=lambda it: it.key != UserKey(issuer, agent_id), default=None)


async def chosen_for(
    agents: Agents,
    how: Assignment,
    role: SupportRole,
    capacity: int | None = None,
    but: Collection[UserKey] = (),
) -> Agent | None:
    """The agent who gets a new ticket for this support role; None if nobody of it is on duty and has room for
    one. ``capacity`` is that of agents without one of their own. The agents ``but`` do not get it."""
    on_duty = [
        it
        for it in await agents.all()
        if it.on_duty and role in it.support_roles and it.may_get(role) and it.key not in but
    ]
    rooms = {it.key: it.room(capacity) for it in on_duty}
    if any(room is not None for room in rooms.values()) or (
        how is Assignment.LEAST_BUSY and len(on_duty) > 1
    ):
        loads = await load_of(agents, on_duty)
        on_duty = [it for it in on_duty if (room := rooms[it.key]) is None or loads[it.key] < room]
        if how is Assignment.LEAST_BUSY:
            least = min((loads[it.key] for it in on_duty), default=0)
            on_duty = [it for it in on_duty if loads[it.key] == least]
    turn = await agents.take_turn([it.key for it in on_duty]) if on_duty else None
    return next((it for it in on_duty if it.key == turn), None)


async def given(agents: Agents, agent: Agent, ticket: Ticket) -> Ticket:
    """The ticket, once it was given to the agent: they are one, also if they were removed right before."""
    if not any(it.key == agent.key for it in await agents.all()):
        await agents.add(agent)
    return ticket


async def linked_as_well(agents: Agents, agent: Agent, before: Agent | None) -> Agent | None:
    """Who was linked with the agent's user of Discord at the same time; the agent is then left as ``before``.
    Of two, each may find the other, and neither is linked."""
    others = [it for it in await agents.all() if it.key != agent.key and it.key.issuer != UserKey.DISCORD]
    twin = next((it for it in others if it.discord_id and it.discord_id == agent.discord_id), None)
    if twin is not None and before is not None:
        await agents.change(agent.key, lambda _: before)
    elif twin is not None:
        await agents.remove(agent.key)
    return twin


async def load_of(agents: Agents, those: Sequence[Agent]) -> dict[UserKey, int]:
    """How many tickets that are not closed each of the agents has, under all their keys."""
    loads = await agents.load({key for agent in those for key in agent.keys})
    return {agent.key: sum(loads.get(key, 0) for key in agent.keys) for agent in those}
