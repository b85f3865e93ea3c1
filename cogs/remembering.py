"""The history of a ticket."""

from discord import app_commands

from cogs.action import Action, AskedHere, in_ticket
from texts.text import Words, in_language

MOST = 25
"""Changes that are shown: the newest ones."""
ROOM = 1900
"""Characters of an answer."""


class Remembering(Action):
    @app_commands.command()
    @app_commands.guild_only()
    @in_ticket
    async def history(self, asked: AskedHere) -> Words:
        """See who changed what on this ticket, and when."""
        entries = await self.means.staff_desk.history(asked.caller, asked.ticket_id)
        words = await self.means.lines.history(entries[-MOST:])
        lines = [in_language(it, asked.language) for it in words]
        while len("\n".join(lines)) > ROOM:
            lines = lines[1:]
        return "\n".join(lines)
