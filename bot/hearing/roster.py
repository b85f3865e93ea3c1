"""Keeps up to date which tickets each agent sees in Discord, by their present roles.

Discord reports changed roles only to bots with the intent for all members. So it is asked from time to time,
and after a ticket was given to somebody, or somebody was taken out of its channel."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

import aiohttp
import discord

from cogs.staff import Staff
from tickets.desks.agent_desk import AgentDesk
from tickets.events import Event, PartChanged
from tickets.model import TicketId, UserKey
from tickets.ports.agents import Agent
from tickets.ports.store import Store, StoreUnavailable

log = logging.getLogger(__name__)

LOOK_EVERY = 10.0
"""Seconds between two checks. Each takes a message to the gateway, of which Discord accepts 120 a minute."""
BETWEEN = 1.0
"""Seconds between two checks if tickets are given all the time."""
ANSWER_WITHIN = 10.0
AWAY = (StoreUnavailable, TimeoutError, aiohttp.ClientError, discord.DiscordException, OSError)
AT_ONCE = 100
"""So many members may be asked for at once (Discord, "Request Guild Members")."""


class Roster:
    def __init__(
        self, client: discord.Client, store: Store, agents: AgentDesk, staff: Staff, guild_id: int
    ) -> None:
        self._client = client
        self._store = store
        self._agents = agents
        self._staff = staff
        self._guild_id = guild_id
        self._given: set[TicketId] = set()
        """Tickets that were given to somebody since the last check, or that somebody was taken out of."""
        self._news = asyncio.Event()

    async def run(self) -> None:
        """Check until cancelled."""
        stop_listening = self._store.bell.listen(self._heard)
        try:
            while True:
                self._news.clear()
                try:
                    await self.look()
                except AWAY as error:
                    log.info("it cannot be seen which roles agents have: %s", error or "no answer")
                await asyncio.sleep(BETWEEN)
                with suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_EVERY):
                        await self._news.wait()
        finally:
            stop_listening()

    async def look(self) -> None:
        """Ask Discord for all agents. A ticket whose assignee was given it, or was taken out of its channel,
        and does not see it is taken back."""
        guild = self._client.get_guild(self._guild_id)
        if guild is None or guild.unavailable or not self._client.is_ready():
            return
        given, self._given = self._given, set()
        try:
            asked = [it for it in await self._store.agents.all() if it.discord_id is not None]
            members = await _members(guild, [int(it.discord_id or 0) for it in asked])
            for key in [it.key for it in asked]:  # each may have changed meanwhile
                agent = next((it for it in await self._store.agents.all() if it.key == key), None)
                if agent is not None and (discord_id := agent.discord_id) in {it.discord_id for it in asked}:
                    await self._note(agent, members.get(int(discord_id or 0)))
            for ticket_id in given:
                await self._agents.take_back(ticket_id)
        except BaseException:
            self._given |= given
            raise

    async def _note(self, agent: Agent, member: discord.Member | None) -> None:
        sees = self._staff.sees(member) if member is not None else ()

        def noted(agent: Agent) -> Agent:
            now = replace(agent, sees=sees, on_duty=agent.on_duty and bool(sees))
            if agent.key.issuer == UserKey.DISCORD and agent.support_roles and member is not None:
                now = replace(now, support_roles=tuple(self._staff.support_roles(member)))
            return now

        if noted(agent) != agent:
            log.info("agent %s sees in Discord now: %s", agent.name, ", ".join(sees) or "no ticket")
            await self._store.agents.change(agent.key, noted)

    def _heard(self, event: Event, _: UserKey) -> None:
        is_out = isinstance(event.data, PartChanged) and event.data.ends
        if is_out or event.assignees - {event.actor.key}:  # who claims a ticket was not given it
            self._given.add(event.ticket_id)
            self._news.set()


async def _members(guild: discord.Guild, ids: Sequence[int]) -> Mapping[int, discord.Member]:
    """Those of the users who are members, with their roles."""
    found: dict[int, discord.Member] = {}
    async with asyncio.timeout(ANSWER_WITHIN):
        for start in range(0, len(ids), AT_ONCE):
            some = [*ids[start : start + AT_ONCE]]
            members = await guild.query_members(user_ids=some, limit=AT_ONCE, cache=False)
            found |= {it.id: it for it in members}
    return found
