"""Keeping the channel of a closed ticket open: the button below the line about the closing."""

import discord

from cogs.action import Action, AskedHere, in_ticket
from cogs.carrying_buttons import CarryingButton
from cogs.replies import Answer
from texts.text import Text


class Keeping(Action):
    def notice_buttons(self) -> list[CarryingButton]:
        return [CarryingButton("keep", Text("keep-open-button"), self._pressed)]

    async def _pressed(self, interaction: discord.Interaction, _: str) -> None:
        await self.keep_here(interaction)

    @in_ticket
    async def keep_here(self, asked: AskedHere) -> Answer:
        """Everybody reads until when the channel stays, where they read before that it goes."""
        ticket, until = await self.means.keeping.keep(asked.caller, asked.ticket_id)
        name = discord.utils.escape_markdown(asked.caller.person.name)
        notice = await self.means.lines.notice(ticket, until, name)
        return Answer(notice, replaces=True)
