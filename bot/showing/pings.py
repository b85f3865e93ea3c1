"""Who is to look now. Each ping is part of a message that is new: edits ping nobody."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import discord

from tickets.events import Change, Event, PartChanged
from tickets.model import AuthorType, IssueLevel, Part, SupportRole, Ticket, UserKey
from tickets.ports.agents import Agent, Agents, agent_with
from tickets.targets import SlaState

NOBODY: Final = discord.AllowedMentions.none()
MOST_SUBSCRIBERS: Final = 20
"""Who are pinged by one message."""


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
        """Lets a message ping them and nobody else."""
        members, roles = ([discord.Object(it) for it in those] for those in (self.members, self.roles))
        return discord.AllowedMentions(everyone=False, users=members, roles=roles)

    def first(self) -> "Pinged":
        """The first of them alone."""
        return Pinged(roles=self.roles[:1]) if self.roles else Pinged(self.members[:1])


@dataclass(frozen=True, slots=True)
class WantedPings:
    """What staff of a deployment wants to be pinged for."""

    new_ticket: bool = True
    message: bool = True
    """The first message of a requester since staff answered; it pings the assignee and the
    subscribers."""
    assigned: bool = True
    transferred: bool = True
    critical: bool = True
    missed: bool = True
    """A target of the SLA that was missed; it pings the next role up."""


class Pings:
    """Decides whom an event pings; ``roles`` are Discord's ids."""

    def __init__(
        self, agents: Agents, roles: Mapping[SupportRole, int], wanted: Callable[[], WantedPings]
    ) -> None:
        """``wanted`` gives what is wanted now."""
        self._agents = agents
        self._roles = roles
        self._wanted = wanted

    async def for_new(self, ticket: Ticket) -> Pinged | None:
        """The assignee alone, if there is one already; else the support role."""
        if not self._wanted().new_ticket:
            return None
        assignee = await self._member(ticket.assignee)
        return assignee or self._role(ticket)

    async def for_message(self, event: Event, ticket: Ticket) -> Pinged | None:
        """The assignee and the subscribers, if it has been staff's turn only since this event of the
        requester's."""
        is_first = ticket.waiting_since == event.at and event.actor.type is AuthorType.REQUESTER
        if not is_first or not self._wanted().message:
            return None
        keys = [*([ticket.assignee] if ticket.assignee else []), *ticket.subscribers[:MOST_SUBSCRIBERS]]
        return await self._members(keys)

    async def for_changes(self, event: Event, ticket: Ticket, changes: Sequence[Change]) -> Pinged | None:
        """The new assignee, unless they took it; the support role, if it is new or the ticket CRITICAL."""
        new, wanted = {change.field: change.new for change in changes}, self._wanted()
        got = new.get("assignee")
        assignee = await self._other(event, UserKey.parse(got)) if got and wanted.assigned else None
        is_critical = new.get("issue_level") == IssueLevel.CRITICAL
        is_roles = ("support_role" in new and wanted.transferred) or (is_critical and wanted.critical)
        members, roles = assignee.members if assignee else (), self._role(ticket).roles if is_roles else ()
        return Pinged(members, roles) if members or roles else None

    async def for_part(self, event: Event, changed: PartChanged) -> Pinged | None:
        """A colleague whom somebody else lets in."""
        if changed.part is not Part.COLLEAGUE or changed.ends or not self._wanted().assigned:
            return None
        return await self._other(event, changed.who)

    async def _other(self, event: Event, key: UserKey) -> Pinged | None:
        """Who that is, unless they did it themselves."""
        agent = agent_with(await self._agents.all(), key)
        is_own = event.actor.key == key or (agent is not None and event.actor.key in agent.keys)
        return None if is_own else await self._member(key)

    def for_target(self, state: SlaState, ticket: Ticket) -> Pinged | None:
        """The next role up, if a target was missed; the same where there is none above."""
        if state is not SlaState.BREACHED or not self._wanted().missed:
            return None
        return Pinged(roles=(self._roles[ticket.support_role.and_above[:2][-1]],))

    def _role(self, ticket: Ticket) -> Pinged:
        return Pinged(roles=(self._roles[ticket.support_role],))

    async def _member(self, key: UserKey | None) -> Pinged | None:
        """Who that is in Discord; None for somebody who works over the API alone."""
        return await self._members([key]) if key else None

    async def _members(self, keys: Sequence[UserKey]) -> Pinged | None:
        agents = await self._agents.all()
        ids = [_discord_id(agents, key) for key in keys]
        members = tuple(dict.fromkeys(int(it) for it in ids if it is not None))
        return Pinged(members) if members else None


def _discord_id(agents: Sequence[Agent], key: UserKey) -> str | None:
    agent = agent_with(agents, key)
    if agent is not None:
        return agent.discord_id
    return key.id if key.issuer == UserKey.DISCORD else None
