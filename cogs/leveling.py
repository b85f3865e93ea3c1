"""How pressing a ticket is."""

from typing import Literal

from discord import app_commands

from cogs.action import Action, AskedHere, in_ticket
from texts.text import Text


class Leveling(Action):
    @app_commands.command()
    @app_commands.describe(level="How pressing it is; the channel moves to that category")
    @app_commands.guild_only()
    @in_ticket
    async def level(self, asked: AskedHere, level: Literal["NORMAL", "URGENT", "CRITICAL"]) -> Text:
        """Change how pressing this ticket is."""
        changed = {"issue_level": level}
        ticket = await self.means.desk.change(asked.caller, asked.ticket_id, changed, source=asked.source)
        level_now = Text("level", level=ticket.issue_level)
        return Text("level-is-set", number=ticket.number, level=level_now)
