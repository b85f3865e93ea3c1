"""Releasing a ticket."""

import discord
from discord import app_commands
from discord.ext import commands

from cogs.here import origin_of, staff_here
from cogs.replies import answering, tell
from cogs.staff import Staff
from tickets.desks.agent_desk import AgentDesk
from tickets.ports.channels import Channels, event_id_from_discord


class Releasing(commands.Cog):
    def __init__(self, desk: AgentDesk, channels: Channels, staff: Staff) -> None:
        self._desk = desk
        self._channels = channels
        self._staff = staff

    @app_commands.command()
    @app_commands.guild_only()
    async def release(self, interaction: discord.Interaction) -> None:
        """Let this ticket be nobody's, so that others can claim it."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        async with answering(interaction):
            here = await staff_here(interaction, self._staff, self._channels)
            if here is None:
                return
            caller, channel = here
            ticket = await self._desk.release(
                caller,
                channel.ticket_id,
                event_id=event_id_from_discord(interaction.id),
                origin=origin_of(channel),
            )
            await tell(interaction, f"Ticket {ticket.number} is nobody's now.")
