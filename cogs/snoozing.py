"""Putting a ticket aside."""

import discord
from discord import app_commands

from cogs.action import Action, AskedHere, in_ticket
from cogs.card_buttons import CardSelect, Choice
from cogs.spans import moment_of
from texts.text import Text
from tickets.model import UNTIL_A_WORD, Ticket

SPANS = {"1h": "hour", "4h": "four-hours", "1d": "day", "3d": "three-days", "1w": "week"}
"""The options of a select, and their names in the texts."""
A_WORD, NO_MORE = "a word", "no more"
"""What a select carries in place of a span."""


class Snoozing(Action):
    def selects(self) -> list[CardSelect]:
        return [CardSelect("snooze", Text("snooze-select"), self._choices, self._chosen)]

    async def _choices(self, _: discord.Interaction, ticket: Ticket) -> list[Choice]:
        spans = [Choice(span, Text("snooze-choice", span=words)) for span, words in SPANS.items()]
        choices = [*spans, Choice(A_WORD, Text("snooze-choice-word"))]
        over = Choice(NO_MORE, Text("snooze-choice-over"))
        return [over, *choices] if ticket.snoozed_until else choices

    async def _chosen(self, interaction: discord.Interaction, chosen: str) -> None:
        """Put this ticket aside, or take it up again."""
        if chosen == NO_MORE:
            await self.take_up(interaction)
        else:
            await self.put_aside(interaction, None if chosen == A_WORD else chosen)

    @app_commands.command()
    @app_commands.describe(
        span="For how long or until when, like 2h or tomorrow 9:00; without it until the requester writes"
    )
    @app_commands.rename(span="time")
    @app_commands.guild_only()
    async def snooze(
        self, interaction: discord.Interaction, span: app_commands.Range[str, 1, 30] | None = None
    ) -> None:
        """Put this ticket aside, for a time or until the requester writes."""
        await self.put_aside(interaction, span)

    @in_ticket
    async def put_aside(self, asked: AskedHere, span: str | None) -> Text:
        now = self.means.clock()
        until = UNTIL_A_WORD if span is None else moment_of(span, now, self.means.zone())
        await self.means.times.snooze(asked.caller, asked.ticket_id, until, source=asked.source)
        if until == UNTIL_A_WORD:
            return Text("snoozed-until-a-word")
        return Text("snoozed", until=f"<t:{until // 1000}:f>")

    @app_commands.command()
    @app_commands.guild_only()
    async def unsnooze(self, interaction: discord.Interaction) -> None:
        """Take this ticket up again."""
        await self.take_up(interaction)

    @in_ticket
    async def take_up(self, asked: AskedHere) -> Text:
        ticket = await self.means.times.end_snooze(asked.caller, asked.ticket_id, source=asked.source)
        return Text("unsnoozed", number=ticket.number)
