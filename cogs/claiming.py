"""Claiming a ticket."""

import discord
from discord import app_commands

from cogs.action import Action, AskedHere, in_ticket
from cogs.card_buttons import CardButton
from texts.text import Text


class Claiming(Action):
    def buttons(self) -> list[CardButton]:
        style, label = discord.ButtonStyle.primary, Text("claim-button")
        return [CardButton("claim", label, self.claim_here, style, lambda it: it.assignee is None)]

    @app_commands.command()
    @app_commands.guild_only()
    async def claim(self, interaction: discord.Interaction) -> None:
        """Take this ticket: it is yours then, unless somebody else has it."""
        await self.claim_here(interaction)

    @in_ticket
    async def claim_here(self, asked: AskedHere) -> Text:
        """Take this ticket."""
        ticket = await self.means.agents.claim(asked.caller, asked.ticket_id, source=asked.source)
        return Text("claimed", number=ticket.number)
