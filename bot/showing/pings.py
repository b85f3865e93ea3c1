"""Decides who is pinged. Each ping is part of a new message, because edits ping nobody."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import discord

from tickets.calling import LOOKED_AT, called_by, calls
from tickets.events import Change, Event, PartChanged
from tickets.model import IssueLevel, Part, SupportRole, Ticket, UserKey
from tickets.ports.agents import Agent, Agents, agent_with
from tickets.ports.store import Log
from tickets.targets import SlaState

NOBODY: Final = discord.AllowedMentions.none()
MOST_SUBSCRIBERS: Final = 20
"""The people and roles that one message pings."""


@dataclass(frozen=True, slots=True)
class Pinged:
    """Members of the guild, or roles, by their ids."""

    members: tuple[int, ...] = ()
    roles: tuple[int, ...] = ()

    @property
    def mention(self) -> str:
        return " ".join([*(f"<@&{it}>" for it in self.roles), *(f"<@{it}>" for it in self.members)])

    @property
    def allowed(self) -> discord.AllowedMentions:
        """The setting with which a message pings them and nobody else."""
        members, roles = ([discord.Object(it) for it in those] for those in (self.members, self.roles))
        return discord.AllowedMentions(everyone=False, users=members, roles=roles)

    def first(self) -> "Pinged":
        """Only the first of them."""
        return Pinged(roles=self.roles[:1]) if self.roles else Pinged(self.members[:1])


@dataclass(frozen=True, slots=True)
class WantedPings:
    """What staff of this deployment wants to be pinged for."""

    new_ticket: bool = True
    message: bool = True
    """The first word of a requester since staff answered; it pings the assignee and the subscribers."""
    assigned: bool = True
    transferred: bool = True
    critical: bool = True
    missed: bool = True
    """A missed SLA target; it pings the next higher role."""


class Pings:
    """Decides whom an event pings. ``roles`` are Discord's ids."""

    def __init__(
        self, agents: Agents, log: Log, roles: Mapping[SupportRole, int], wanted: Callable[[], WantedPings]
    ) -> None:
        """``wanted`` returns what is wanted now."""
        self._agents = agents
        self._log = log
        self._roles = roles
        self._wanted = wanted

    async def for_new(self, ticket: Ticket) -> Pinged | None:
        """For a new ticket: the assignee, if there is one already, or else the support role."""
        if not self._wanted().new_ticket:
            return None
        assignee = await self._member(ticket.assignee)
        return assignee or self._role(ticket)

    async def for_message(self, event: Event, ticket: Ticket) -> Pinged | None:
        """For a message of the requester: the assignee and the subscribers, unless an earlier message called
        them and staff has done nothing since."""
        called = await self._called(event, ticket)
        if not called:
            return None  # as most messages: nothing is read on their way to Discord
        agents = await self._agents.all()
        return _members(agents, [it for it in called if not _is_gone(agents, it)])

    async def instead_of_assignee(self, event: Event, ticket: Ticket) -> Pinged | None:
        """The support role, where this calls an assignee who has left the guild or is no longer staff."""
        if ticket.assignee is None or not _is_gone(await self._agents.all(), ticket.assignee):
            return None
        return self._role(ticket) if ticket.assignee in await self._called(event, ticket) else None

    async def _called(self, event: Event, ticket: Ticket) -> list[UserKey]:
        keys = [*([ticket.assignee] if ticket.assignee else []), *ticket.subscribers[:MOST_SUBSCRIBERS]]
        is_over = ticket.waiting_since is None or ticket.answered_seq > event.seq
        if not keys or is_over or not calls(event) or not self._wanted().message:
            return []
        answered = max(ticket.answered_seq, event.seq - LOOKED_AT)
        return called_by(event, await self._log.events(ticket.id, after=answered), keys)

    async def for_changes(self, event: Event, ticket: Ticket, changes: Sequence[Change]) -> Pinged | None:
        """For changes: a new assignee who did not take the ticket themselves; the support role if it is new,
        or if the ticket became CRITICAL."""
        new, wanted = {change.field: change.new for change in changes}, self._wanted()
        got = new.get("assignee")
        assignee = await self._other(event, UserKey.parse(got)) if got and wanted.assigned else None
        is_critical = new.get("issue_level") == IssueLevel.CRITICAL
        is_roles = ("support_role" in new and wanted.transferred) or (is_critical and wanted.critical)
        members, roles = assignee.members if assignee else (), self._role(ticket).roles if is_roles else ()
        return Pinged(members, roles) if members or roles else None

    async def for_part(self, event: Event, changed: PartChanged) -> Pinged | None:
        """For a colleague who was added by somebody else."""
        if changed.part is not Part.COLLEAGUE or changed.ends or not self._wanted().assigned:
            return None
        return await self._other(event, changed.who)

    async def _other(self, event: Event, key: UserKey) -> Pinged | None:
        """The member with this key, unless they are the actor."""
        agent = agent_with(await self._agents.all(), key)
        is_own = event.actor.key == key or (agent is not None and event.actor.key in agent.keys)
        return None if is_own else await self._member(key)

    def for_target(self, state: SlaState, ticket: Ticket) -> Pinged | None:
        """For a missed target: the next higher role, or the highest one itself."""
        if state is not SlaState.BREACHED or not self._wanted().missed:
            return None
        return Pinged(roles=(self._roles[ticket.support_role.and_above[:2][-1]],))

    def _role(self, ticket: Ticket) -> Pinged:
        return Pinged(roles=(self._roles[ticket.support_role],))

    async def _member(self, key: UserKey | None) -> Pinged | None:
        """The member in Discord. None for somebody who works over the API only."""
        return _members(await self._agents.all(), [key]) if key else None


def _members(agents: Sequence[Agent], keys: Sequence[UserKey]) -> Pinged | None:
    ids = [_discord_id(agents, key) for key in keys]
    members = tuple(dict.fromkeys(int(it) for it in ids if it is not None))
    return Pinged(members) if members else None


def _is_gone(agents: Sequence[Agent], key: UserKey) -> bool:
    """Whether they have left the guild, or are no longer staff there."""
    agent = agent_with(agents, key)
    return agent is not None and agent.discord_id is not None and agent.sees == ()


def _discord_id(agents: Sequence[Agent], key: UserKey) -> str | None:
    agent = agent_with(agents, key)
    if agent is not None:
        return agent.discord_id
    return key.id if key.issuer == UserKey.DISCORD else None
