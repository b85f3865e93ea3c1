"""Assigning a ticket to somebody of staff."""

import discord
from discord import app_commands

from cogs.action import Action, AskedHere, in_ticket
from cogs.replies import Declined


class Assigning(Action):
    @app_commands.command()
    @app_commands.describe(member="Who gets it; somebody of staff")
    @app_commands.guild_only()
    @in_ticket
    async def assign(self, asked: AskedHere, member: discord.Member) -> str:
        """Give this ticket to somebody of staff, whoever has it now."""
        assignee = self.means.staff.caller(member)
        if assignee is None:
            raise Declined("A ticket can only be assigned to somebody of staff.")
        ticket = await self.means.agents.assign(
            asked.caller, asked.ticket_id, assignee.person, source=asked.source
        )
        return f"Ticket {ticket.number} is {discord.utils.escape_markdown(assignee.person.name)}'s now."
