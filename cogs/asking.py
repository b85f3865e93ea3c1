"""Asking the requester whether all is done."""

from discord import app_commands

from cogs.action import Action, AskedHere, in_ticket
from texts.text import Text


class Asking(Action):
    @app_commands.command(name="ask-close")
    @app_commands.guild_only()
    @in_ticket
    async def ask_close(self, asked: AskedHere) -> Text:
        """Ask the requester whether this ticket can be closed."""
        await self.means.times.ask_close(asked.caller, asked.ticket_id, source=asked.source)
        return Text("requester-is-asked")
