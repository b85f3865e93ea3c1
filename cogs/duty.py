"""Going on and off duty."""

from typing import Literal

import discord
from discord import app_commands
from discord.ext import commands

from cogs.replies import answering, tell
from cogs.staff import Staff
from tickets.desks.agent_desk import AgentDesk


class Duty(commands.Cog):
    def __init__(self, desk: AgentDesk, staff: Staff) -> None:
        self._desk = desk
        self._staff = staff

    @app_commands.command()
    @app_commands.describe(state="Where new tickets are assigned by themselves, they go to those on duty")
    @app_commands.guild_only()
    async def duty(self, interaction: discord.Interaction, state: Literal["on", "off"]) -> None:
        """Go on or off duty."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        async with answering(interaction):
            caller = self._staff.caller(interaction.user)
            if caller is None:
                await tell(interaction, "Only staff can do this.")
                return
            roles = self._staff.support_roles(interaction.user)
            await self._desk.go(caller, on_duty=state == "on", support_roles=roles)
            if state == "off":
                await tell(interaction, "You are off duty.")
            else:
                names = ", ".join(roles) or "no support role"
                await tell(interaction, f"You are on duty for {names}.")
