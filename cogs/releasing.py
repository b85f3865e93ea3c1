"""Releasing a ticket."""

from discord import app_commands

from cogs.action import Action, AskedHere, in_ticket
from texts.text import Text


class Releasing(Action):
    @app_commands.command()
    @app_commands.guild_only()
    @in_ticket
    async def release(self, asked: AskedHere) -> Text:
        """Let this ticket be nobody's, so that others can claim it."""
        ticket = await self.means.agents.release(asked.caller, asked.ticket_id, source=asked.source)
        return Text("released", number=ticket.number)
