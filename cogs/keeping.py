"""Keeping the channel of a closed ticket, or calling off a planned closing: the command, and the button
below the lines about it."""

import discord
from discord import app_commands

from cogs.action import Action, AskedHere, in_ticket
from cogs.carrying_buttons import CarryingButton
from cogs.replies import Answer
from texts.text import Text
from tickets.model import Ticket


class Keeping(Action):
    def notice_buttons(self) -> list[CarryingButton]:
        return [self._button()]

    def plan_buttons(self) -> list[CarryingButton]:
        return [self._button()]

    def _button(self) -> CarryingButton:
        return CarryingButton("keep", Text("keep-open-button"), self._pressed)

    async def _pressed(self, interaction: discord.Interaction, _: str) -> None:
        """Keep this channel for another day; below a planned closing: call it off."""
        await self.keep_here(interaction)

    @app_commands.command()
    @app_commands.guild_only()
    @in_ticket
    async def keep(self, asked: AskedHere) -> Text:
        """Keep this channel for another day, or call off the closing that is planned."""
        return _told(await self._kept(asked))

    @in_ticket
    async def keep_here(self, asked: AskedHere) -> Answer | Text:
        """Keep the channel. The line about its removal then says until when it stays."""
        ticket = await self._kept(asked)
        if ticket.kept_until is None:
            return _told(ticket)
        name = discord.utils.escape_markdown(asked.caller.person.name)
        notice = await self.means.lines.notice(ticket, ticket.kept_until, name)
        return Answer(notice, replaces=True)

    async def _kept(self, asked: AskedHere) -> Ticket:
        return await self.means.keeping.keep_open(asked.caller, asked.ticket_id, source=asked.source)


def _told(ticket: Ticket) -> Text:
    if ticket.kept_until is None:
        return Text("closing-is-called-off", number=ticket.number)
    return Text("channel-is-kept", at=f"<t:{ticket.kept_until // 1000}:R>")
