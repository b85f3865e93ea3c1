"""The tickets that are assigned to the person."""

from dataclasses import replace

import discord
from discord import app_commands

from cogs.action import Action, Asked, by_staff
from cogs.carrying_buttons import CarryingButton
from cogs.lists import PER_PAGE, listed, to_cursor, to_text
from cogs.replies import Answer
from texts.text import Text, Words


class OwnTickets(Action):
    def carrying_buttons(self) -> list[CarryingButton]:
        return [self._more()]

    def board_buttons(self) -> list[CarryingButton]:
        return [replace(self._more(), label=Text("my-tickets-button"))]

    def _more(self) -> CarryingButton:
        return CarryingButton("mine", Text("more-button"), self._show)

    @app_commands.command()
    @app_commands.guild_only()
    async def mine(self, interaction: discord.Interaction) -> None:
        """See the open tickets that are assigned to you."""
        await self._show(interaction, "")

    @by_staff
    async def _show(self, asked: Asked, begins_after: str) -> Answer | Words:
        """See your open tickets, a page at a time."""
        after = to_cursor(begins_after)
        page = await self.means.routing.own(asked.caller, after=after, limit=PER_PAGE)
        if not page.items and after is None:
            return Text("no-own-tickets")
        return await listed(Text("own-tickets-heading"), page, self.means.lines, to_text, self._more())
