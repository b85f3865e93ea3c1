"""Giving a ticket to another part of staff."""

from typing import Literal

import discord
from discord import app_commands

from cogs.action import Action, AskedHere, in_ticket
from cogs.card_buttons import CardSelect, Choice
from texts.text import Text
from tickets.characters import clean_text, shows_nothing
from tickets.model import SupportRole, Ticket


class Transferring(Action):
    def selects(self) -> list[CardSelect]:
        return [CardSelect("team", Text("team-select"), self._choices, self.pass_on)]

    async def _choices(self, _: discord.Interaction, ticket: Ticket) -> list[Choice]:
        return [
            Choice(
                it,
                Text("team-choice", role=Text("support-role", role=it)),
                is_so=it is ticket.support_role,
            )
            for it in SupportRole
        ]

    @app_commands.command()
    @app_commands.describe(role="Who is asked for: this support role and those above it see the ticket")
    @app_commands.guild_only()
    async def team(
        self, interaction: discord.Interaction, role: Literal["GENERAL", "TECHNICAL", "MANAGER", "ADMIN"]
    ) -> None:
        """Give this ticket to another support role."""
        await self.pass_on(interaction, role)

    @in_ticket
    async def pass_on(self, asked: AskedHere, role: str) -> Text:
        """Give this ticket to another support role."""
        ticket = await self.means.routing.transfer(
            asked.caller, asked.ticket_id, SupportRole(role), source=asked.source
        )
        return Text("passed", number=ticket.number, role=Text("support-role", role=ticket.support_role))

    @app_commands.command()
    @app_commands.describe(note="Why, for those who go on with it; the requester never sees it")
    @app_commands.guild_only()
    @in_ticket
    async def escalate(self, asked: AskedHere, note: app_commands.Range[str, 1, 1000] | None = None) -> Text:
        """Give this ticket to the next support role up."""
        why = None if shows_nothing(note or "") else clean_text(note or "")
        ticket = await self.means.routing.escalate(asked.caller, asked.ticket_id, why, source=asked.source)
        return Text("passed", number=ticket.number, role=Text("support-role", role=ticket.support_role))
