"""Who is to look now. Each ping is part of a message that is new: edits ping nobody."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import discord

from tickets.events import Change, Event
from tickets.model import AuthorType, IssueLevel, SupportRole, Ticket, UserKey
from tickets.ports.agents import Agents, agent_with
from tickets.targets import SlaState

NOBODY: Final = discord.AllowedMentions.none()


@dataclass(frozen=True, slots=True)
class Pinged:
    """A role or a member of the guild."""

    id: int
    is_role: bool

    @property
    def mention(self) -> str:
        return f"<@{'&' if self.is_role else ''}{self.id}>"

    @property
    def allowed(self) -> discord.AllowedMentions:
        """Lets a message ping them and nobody else."""
        them = [discord.Object(self.id)]
        return discord.AllowedMentions(
            everyone=False, users=[] if self.is_role else them, roles=them if self.is_role else []
        )


@dataclass(frozen=True, slots=True)
class WantedPings:
    """What staff of a deployment wants to be pinged for."""

    new_ticket: bool = True
    message: bool = True
    """The first message of a requester since staff answered; it pings the assignee."""
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
        """The assignee, if the requester had nothing to answer before this message."""
        is_first = ticket.waiting_since == event.at and event.actor.type is AuthorType.REQUESTER
        return await self._member(ticket.assignee) if is_first and self._wanted().message else None

    async def for_changes(self, event: Event, ticket: Ticket, changes: Sequence[Change]) -> Pinged | None:
        """The new assignee, unless they took it; or the support role, if it is new or the ticket CRITICAL."""
        new = {change.field: change.new for change in changes}
        if got := new.get("assignee"):
            key = UserKey.parse(got)
            agent = agent_with(await self._agents.all(), key)
            is_own = event.actor.key == key or (agent is not None and event.actor.key in agent.keys)
            return await self._member(key) if self._wanted().assigned and not is_own else None
        is_critical = new.get("issue_level") == IssueLevel.CRITICAL
        if ("support_role" in new and self._wanted().transferred) or (
            is_critical and self._wanted().critical
        ):
            return self._role(ticket)
        return None

    def for_target(self, state: SlaState, ticket: Ticket) -> Pinged | None:
        """The next role up, if a target was missed; the same where there is none above."""
        if state is not SlaState.BREACHED or not self._wanted().missed:
            return None
        return Pinged(self._roles[ticket.support_role.and_above[:2][-1]], is_role=True)

    def _role(self, ticket: Ticket) -> Pinged:
        return Pinged(self._roles[ticket.support_role], is_role=True)

    async def _member(self, key: UserKey | None) -> Pinged | None:
        """Who that is in Discord; None for somebody who works over the API alone."""
        agent = agent_with(await self._agents.all(), key) if key else None
        if agent is None or agent.discord_id is None:
            return None
        return Pinged(int(agent.discord_id), is_role=False)
