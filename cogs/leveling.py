"""Changing a ticket's level."""

from typing import Literal

import discord
from discord import app_commands

from cogs.action import Action, AskedHere, in_ticket
from cogs.card_buttons import CardSelect, Choice
from texts.text import Text
from tickets.model import IssueLevel, Ticket


class Leveling(Action):
    def selects(self) -> list[CardSelect]:
        return [CardSelect("level", Text("level-select"), self._choices, self.set_level)]

    async def _choices(self, _: discord.Interaction, ticket: Ticket) -> list[Choice]:
        return [
            Choice(
                it,
                Text("level-choice", level=Text("level", level=it)),
                is_so=it is ticket.issue_level,
            )
            for it in IssueLevel
        ]

    @app_commands.command()
    @app_commands.describe(level="How pressing it is; the channel moves to that category")
    @app_commands.guild_only()
    async def level(
        self, interaction: discord.Interaction, level: Literal["NORMAL", "URGENT", "CRITICAL"]
    ) -> None:
        """Change how pressing this ticket is."""
        await self.set_level(interaction, level)

    @in_ticket
    async def set_level(self, asked: AskedHere, level: str) -> Text:
        """Change how pressing this ticket is."""
        changed = {"issue_level": level}
        ticket = await self.means.desk.change(asked.caller, asked.ticket_id, changed, source=asked.source)
        level_now = Text("level", level=ticket.issue_level)
        return Text("level-is-set", number=ticket.number, level=level_now)
