"""Assigning a ticket to somebody of staff."""

import re
from collections import Counter
from collections.abc import Sequence

import discord
from discord import app_commands

from cogs.action import Action, AskedHere, in_ticket
from cogs.card_buttons import CardSelect, Choice
from cogs.replies import Declined
from texts.text import Text
from tickets.model import Caller, Ticket

OFFERED = 25
"""The number of choices that Discord accepts."""
ASKED_FOR = 100
"""The number of members from whom the choices are taken: as many as Discord gives at once."""


class Assigning(Action):
    def selects(self) -> list[CardSelect]:
        return [CardSelect("assign", Text("assign-select"), self._choices, self.give)]

    async def _choices(self, interaction: discord.Interaction, ticket: Ticket) -> list[Choice]:
        has_it = ticket.assignee.id if ticket.assignee else None
        return [
            Choice(id_, Text("assign-choice", name=name), is_so=id_ == has_it)
            for id_, name in await self._offered(interaction, "")
        ]

    @app_commands.command()
    @app_commands.describe(member="Who gets it: somebody of staff who sees this channel")
    @app_commands.guild_only()
    async def assign(self, interaction: discord.Interaction, member: app_commands.Range[str, 1, 100]) -> None:
        """Give this ticket to somebody of staff who sees it, whoever has it now."""
        await self.give(interaction, member)

    @in_ticket
    async def give(self, asked: AskedHere, member: str) -> Text:
        """Give this ticket to somebody of staff who sees it."""
        chosen = await _chosen(_guild_of(asked.interaction), member)
        assignee = self.means.staff.caller(chosen) if chosen is not None else None
        if chosen is None or assignee is None:
            raise Declined(Text("assign-to-staff"))
        if not _sees(chosen, asked.interaction.channel):
            name = discord.utils.escape_markdown(chosen.display_name)
            raise Declined(Text("member-does-not-see", name=name))
        if chosen.is_timed_out():
            name = discord.utils.escape_markdown(chosen.display_name)
            raise Declined(Text("member-is-timed-out", name=name))
        ticket = await self.means.agents.assign(
            asked.caller, asked.ticket_id, assignee.person, source=asked.source
        )
        name = discord.utils.escape_markdown(assignee.person.name)
        return Text("assigned", number=ticket.number, name=name)

    @assign.autocomplete("member")
    async def offer(self, interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """Members of staff who see the channel, whose names begin with the typed text: agents first, then, if
        anything was typed, others."""
        offered = await self._offered(interaction, typed)
        return [app_commands.Choice(name=name[:100], value=id_) for id_, name in offered]

    async def _offered(self, interaction: discord.Interaction, typed: str) -> list[tuple[str, str]]:
        """Their ids and names. Two of the same name are told apart by their users' names."""
        caller = self.means.staff.caller(interaction.user)
        if caller is None:
            return []
        guild = _guild_of(interaction)
        found = [*await self._agents(caller, guild, typed), *(await _called(guild, typed) if typed else ())]
        may_get = {it.id: it for it in found if self.means.staff.sees(it) and _sees(it, interaction.channel)}
        offered = [*may_get.values()][:OFFERED]
        often = Counter(it.display_name for it in offered)
        users = [f" (@{it.name})" if often[it.display_name] > 1 else "" for it in offered]
        return [(str(it.id), it.display_name + user) for it, user in zip(offered, users, strict=True)]

    async def _agents(self, caller: Caller, guild: discord.Guild, typed: str) -> Sequence[discord.Member]:
        """The agents whose names begin with the typed text."""
        agents = [it.agent for it in await self.means.agents.agents(caller)]
        called = [it for it in agents if it.name.lower().startswith(typed.lower().lstrip("@"))]
        ids = [int(it.discord_id) for it in called if it.discord_id is not None]
        if not ids:
            return []
        return await guild.query_members(user_ids=ids[:ASKED_FOR], limit=ASKED_FOR, cache=False)


def _guild_of(interaction: discord.Interaction) -> discord.Guild:
    if interaction.guild is None:
        raise Declined(Text("not-a-ticket-channel"))
    return interaction.guild


def _sees(member: discord.Member, channel: object) -> bool:
    there = channel.parent if isinstance(channel, discord.Thread) else channel
    return isinstance(there, discord.TextChannel) and there.permissions_for(member).view_channel


async def _called(guild: discord.Guild, name: str) -> Sequence[discord.Member]:
    return await guild.query_members(query=name.lstrip("@"), limit=ASKED_FOR, cache=False)


async def _chosen(guild: discord.Guild, given: str) -> discord.Member | None:
    """The member for an id, a mention or a full name, with their present roles. None if there is none."""
    if (ids := re.fullmatch(r"<@!?(\d{15,20})>|(\d{15,20})", given.strip())) is not None:
        member_id = int(ids[1] or ids[2])
    else:
        name = given.strip().lstrip("@")
        same = [it for it in await _called(guild, name) if name in (it.display_name, it.name)] if name else []
        if len(same) != 1:
            return None
        member_id = same[0].id
    try:
        return await guild.fetch_member(member_id)
    except discord.NotFound:
        return None
