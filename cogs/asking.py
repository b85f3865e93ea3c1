"""Asking the requester whether all is done."""

import discord
from discord import app_commands

from cogs.action import Action, AskedHere, in_ticket
from cogs.card_buttons import CardButton
from texts.text import Text


class Asking(Action):
    def buttons(self) -> list[CardButton]:
        return [CardButton("ask-close", Text("ask-close-button"), self.ask_here, in_more=True)]

    @app_commands.command(name="ask-close")
    @app_commands.guild_only()
    async def ask_close(self, interaction: discord.Interaction) -> None:
        """Ask the requester whether this ticket can be closed."""
        await self.ask_here(interaction)

    @in_ticket
    async def ask_here(self, asked: AskedHere) -> Text:
        """Ask the requester whether this ticket can be closed."""
        await self.means.times.ask_close(asked.caller, asked.ticket_id, source=asked.source)
        return Text("requester-is-asked")
