"""Releasing a ticket."""

import discord
from discord import app_commands

from cogs.action import Action, AskedHere, in_ticket
from cogs.card_buttons import CardButton
from texts.text import Text


class Releasing(Action):
    def buttons(self) -> list[CardButton]:
        label = Text("release-button")
        return [CardButton("release", label, self.release_here, is_for=lambda it: it.assignee is not None)]

    @app_commands.command()
    @app_commands.guild_only()
    async def release(self, interaction: discord.Interaction) -> None:
        """Let this ticket be nobody's, so that others can claim it."""
        await self.release_here(interaction)

    @in_ticket
    async def release_here(self, asked: AskedHere) -> Text:
        """Let this ticket be nobody's."""
        ticket = await self.means.agents.release(asked.caller, asked.ticket_id, source=asked.source)
        return Text("released", number=ticket.number)
