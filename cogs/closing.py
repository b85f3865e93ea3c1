"""Closing a ticket: the command and the button on the card."""

from functools import partial
from typing import Literal

import discord
from discord import app_commands

from cogs.action import Action, AskedHere, in_ticket
from cogs.card_buttons import CardButton
from cogs.replies import Declined
from cogs.spans import span_of
from texts.language import Language
from texts.text import Text, in_language
from tickets.characters import clean_text, shows_nothing
from tickets.model import Status


class CloseForm(discord.ui.Modal):
    def __init__(self, closing: "Closing", language: Language) -> None:
        super().__init__(title=in_language(Text("close-form"), language))
        self._closing = closing
        self.reason: discord.ui.TextInput[CloseForm] = discord.ui.TextInput(
            label=in_language(Text("reason-for-requester"), language),
            custom_id="reason",
            required=False,
            max_length=500,
        )
        self.add_item(self.reason)

    async def on_submit(self, interaction: discord.Interaction) -> None:
        await self._closing.close_here(interaction, None, self.reason.value or None)


class Closing(Action):
    def buttons(self) -> list[CardButton]:
        return [CardButton("close", Text("close-button"), self._ask_for_reason)]

    async def _ask_for_reason(self, interaction: discord.Interaction) -> None:
        """Close this ticket; a form asks why."""
        await interaction.response.send_modal(CloseForm(self, self.language(interaction)))

    @app_commands.command()
    @app_commands.describe(
        outcome="How it ended; without it RESOLVED if staff has posted, else UNRESOLVED",
        reason="Why; the requester sees it",
        span="After so long, like 2h or 1d, unless somebody writes before",
    )
    @app_commands.rename(span="in")
    @app_commands.guild_only()
    async def close(
        self,
        interaction: discord.Interaction,
        outcome: Literal["RESOLVED", "UNRESOLVED"] | None = None,
        reason: app_commands.Range[str, 1, 500] | None = None,
        span: app_commands.Range[str, 1, 30] | None = None,
    ) -> None:
        """Close this ticket, file its transcript and remove its channel."""
        if span is None:
            await self.close_here(interaction, Status(outcome) if outcome else None, reason)
        else:
            await self.close_later(interaction, span, outcome, reason)

    @in_ticket
    async def close_later(self, asked: AskedHere, span: str, outcome: str | None, reason: str | None) -> Text:
        """Plan the closing; then it is RESOLVED if staff has posted."""
        if outcome is not None:
            raise Declined(Text("outcome-is-given-later"))
        at = self.means.clock() + span_of(span)
        await self.means.times.plan_closing(
            asked.caller, asked.ticket_id, at, _reason(reason), source=asked.source
        )
        return Text("closing-is-planned", at=f"<t:{at // 1000}:R>")

    @in_ticket
    async def close_here(self, asked: AskedHere, outcome: Status | None, reason: str | None) -> Text:
        """Close the ticket, once everything is processed that was said in its channel before."""
        close = partial(
            self.means.desk.close,
            asked.caller,
            asked.ticket_id,
            outcome,
            _reason(reason),
            source=asked.source,
        )
        ticket = await self.means.turns.in_turn(asked.channel.channel_id, close)
        return Text("closed", number=ticket.number, status=Text("status", status=ticket.status))


def _reason(text: str | None) -> str | None:
    return None if shows_nothing(text or "") else clean_text(text or "")
