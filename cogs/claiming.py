"""Claiming a ticket."""

from discord import app_commands

from cogs.action import Action, AskedHere, in_ticket
from texts.text import Text


class Claiming(Action):
    @app_commands.command()
    @app_commands.guild_only()
    @in_ticket
    async def claim(self, asked: AskedHere) -> Text:
        """Take this ticket: it is yours then, unless somebody else has it."""
        ticket = await self.means.agents.claim(asked.caller, asked.ticket_id, source=asked.source)
        return Text("claimed", number=ticket.number)
