"""Reading a transcript in Discord, for those who see the ticket."""

import io

import discord
from discord import app_commands

from cogs.action import Action, Asked, by_staff
from cogs.carrying_buttons import CarryingButton
from cogs.other_tickets import seen_ticket
from cogs.replies import Answer
from texts.text import Text, Words


class Reading(Action):
    def carrying_buttons(self) -> list[CarryingButton]:
        return [self._button()]

    def transcript_buttons(self) -> list[CarryingButton]:
        return [self._button()]

    def _button(self) -> CarryingButton:
        return CarryingButton("transcript", Text("transcript-button"), self._show)

    @app_commands.command()
    @app_commands.describe(number="The ticket's number")
    @app_commands.guild_only()
    async def transcript(
        self, interaction: discord.Interaction, number: app_commands.Range[int, 1, 10**9]
    ) -> None:
        """Read the transcript of a ticket, notes included; you alone see it."""
        await self._show(interaction, str(number))

    @by_staff
    async def _show(self, asked: Asked, number: str) -> Answer | Words:
        """Read the transcript, if your role sees the ticket; below a post that shows nothing of it."""
        ticket = await seen_ticket(self.means, asked, number)
        transcript = await self.means.staff_desk.transcript(asked.caller, number)
        page = await self.means.transcripts.page(transcript)
        if len(page) > asked.interaction.filesize_limit:
            return Text("transcript-is-large", number=ticket.number, url=self.means.transcripts.url(ticket))
        file = discord.File(io.BytesIO(page), f"ticket-{ticket.number:04}.html")
        return Answer(Text("transcript-for-you", number=ticket.number), file=file)
