"""What has become of a ticket so far."""

from discord import app_commands

from cogs.action import Action, AskedHere, in_ticket

MOST = 25
"""Changes that are shown: the newest ones."""
ROOM = 1900
"""Characters of an answer."""


class Remembering(Action):
    @app_commands.command()
    @app_commands.guild_only()
    @in_ticket
    async def history(self, asked: AskedHere) -> str:
        """See who changed what on this ticket, and when."""
        entries = await self.means.staff_desk.history(asked.caller, asked.ticket_id)
        lines = await self.means.lines.history(entries[-MOST:])
        while len("\n".join(lines)) > ROOM:
            lines = lines[1:]
        return "\n".join(lines)
