"""Assigning a ticket to somebody of staff."""

import discord
from discord import app_commands
from discord.ext import commands

from cogs.here import origin_of, staff_here
from cogs.replies import answering, tell
from cogs.staff import Staff
from tickets.desks.agent_desk import AgentDesk
from tickets.ports.channels import Channels, event_id_from_discord


class Assigning(commands.Cog):
    def __init__(self, desk: AgentDesk, channels: Channels, staff: Staff) -> None:
        self._desk = desk
        self._channels = channels
        self._staff = staff

    @app_commands.command()
    @app_commands.describe(member="Who gets it; somebody of staff")
    @app_commands.guild_only()
    async def assign(self, interaction: discord.Interaction, member: discord.Member) -> None:
        """Give this ticket to somebody of staff, whoever has it now."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        async with answering(interaction):
            here = await staff_here(interaction, self._staff, self._channels)
            if here is None:
                return
            caller, channel = here
            assignee = self._staff.caller(member)
            if assignee is None:
                await tell(interaction, "A ticket can only be assigned to somebody of staff.")
                return
            ticket = await self._desk.assign(
                caller,
                channel.ticket_id,
                assignee.person,
                event_id=event_id_from_discord(interaction.id),
                origin=origin_of(channel),
            )
            name = discord.utils.escape_markdown(assignee.person.name)
            await tell(interaction, f"Ticket {ticket.number} is {name}'s now.")
