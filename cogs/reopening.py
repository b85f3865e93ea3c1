"""Reopening a closed ticket."""

import discord
from discord import app_commands

from cogs.action import Action, Asked, by_staff, channel_here
from cogs.carrying_buttons import CarryingButton
from cogs.other_tickets import seen_ticket
from cogs.replies import Declined
from texts.text import Text


class Reopening(Action):
    def notice_buttons(self) -> list[CarryingButton]:
        return [CarryingButton("reopen", Text("reopen-button"), self._pressed)]

    async def _pressed(self, interaction: discord.Interaction, _: str) -> None:
        """Open this ticket again."""
        await self.reopen_it(interaction, None)

    @app_commands.command()
    @app_commands.describe(number="The ticket's number; not needed in its channel")
    @app_commands.guild_only()
    async def reopen(
        self, interaction: discord.Interaction, number: app_commands.Range[int, 1, 10**9] | None = None
    ) -> None:
        """Open a closed ticket again; if its channel is gone, it gets a new one."""
        await self.reopen_it(interaction, number)

    @by_staff
    async def reopen_it(self, asked: Asked, number: int | None) -> Text:
        """Reopen the ticket with this number, or without a number the ticket of the channel, which the
        person sees."""
        if number is None:
            channel = await channel_here(self.means, asked.interaction)
            if channel is None:
                raise Declined(Text("give-number"))
            ticket_id = channel.ticket_id
        else:
            ticket_id = (await seen_ticket(self.means, asked, number)).id
        ticket = await self.means.desk.reopen(asked.caller, ticket_id, source=asked.source)
        return Text("reopened", number=ticket.number)
