"""Closing a ticket: the command and the button on the card."""

from dataclasses import replace
from functools import partial
from typing import Literal

import discord
from discord import app_commands

from cogs.action import Action, AskedHere, in_ticket
from cogs.canning import choices, meant
from cogs.card_buttons import MOST_CHOICES, CardButton
from cogs.carrying_buttons import CarryingButton
from cogs.form_ids import Again
from cogs.replies import Answer, Declined
from cogs.spans import moment_of
from texts.language import Language
from texts.text import Text, Words, in_language
from tickets.canned import matches
from tickets.characters import clean_text, shows_nothing
from tickets.model import EventId, Millis, Status, Ticket
from tickets.refusals import RequesterSpokeLast


class CloseForm(discord.ui.Modal):
    """Outcome, reason, and a canned answer, where these exist. ``canned`` are the names of the canned
    answers."""

    def __init__(self, closing: "Closing", language: Language, canned: list[str]) -> None:
        super().__init__(
            title=in_language(Text("close-form"), language), custom_id=closing.means.form_ids.of("close")
        )
        self._closing = closing
        resolved = in_language(Text("close-as-resolved"), language)
        unresolved = in_language(Text("close-as-unresolved"), language)
        self.outcome: discord.ui.RadioGroup[CloseForm] = discord.ui.RadioGroup(
            custom_id="outcome",
            required=False,
            options=[
                discord.RadioGroupOption(label=resolved, value=Status.RESOLVED),
                discord.RadioGroupOption(label=unresolved, value=Status.UNRESOLVED),
            ],
        )
        self.reason: discord.ui.TextInput[CloseForm] = discord.ui.TextInput(
            custom_id="reason", required=False, max_length=500
        )
        self.canned: discord.ui.Select[CloseForm] | None = None
        self._add(Text("close-outcome"), self.outcome, language)
        self._add(Text("reason-for-requester"), self.reason, language)
        if canned:
            self.canned = discord.ui.Select(
                custom_id="canned",
                required=False,
                min_values=0,
                options=[discord.SelectOption(label=it, value=it) for it in canned],
            )
            self._add(Text("close-canned"), self.canned, language)

    def _add(self, label: Text, component: "discord.ui.Item[CloseForm]", language: Language) -> None:
        self.add_item(discord.ui.Label(text=in_language(label, language), component=component))

    async def on_submit(self, interaction: discord.Interaction) -> None:
        outcome = Status(self.outcome.value) if self.outcome.value else None
        canned = self.canned.values[0] if self.canned is not None and self.canned.values else None
        await self._closing.close_here(interaction, outcome, self.reason.value or None, canned)


class Closing(Action):
    def buttons(self) -> list[CardButton]:
        return [CardButton("close", Text("close-button"), self._ask)]

    def forms(self) -> dict[str, Again]:
        return {"close": self._again}

    async def _again(self, interaction: discord.Interaction, _: str) -> CloseForm:
        return CloseForm(self, self.language(interaction), ["-"])

    def carrying_buttons(self) -> list[CarryingButton]:
        return [self._anyway()]

    def _anyway(self) -> CarryingButton:
        return CarryingButton("close-anyway", Text("close-anyway-button"), self._close_anyway)

    @in_ticket
    async def _ask(self, asked: AskedHere) -> Answer:
        """Close this ticket; a form asks how it ended, why, and for a last word."""
        answers = matches(await self.means.canned.all(asked.caller), "")[:MOST_CHOICES]
        form = CloseForm(self, self.language(asked.interaction), [it.name for it in answers])
        return Answer(Text("form-came-too-late"), form=form)

    @app_commands.command()
    @app_commands.describe(
        outcome="How it ended; without it resolved if staff has posted, else unresolved",
        reason="Why; the requester sees it",
        canned="A canned answer that is sent before",
        anyway="Also where the requester spoke last, without asking once more",
        span="After so long or then, like 2h or friday 17:00, unless somebody writes before",
    )
    @app_commands.rename(span="in")
    @app_commands.guild_only()
    async def close(
        self,
        interaction: discord.Interaction,
        outcome: Literal["RESOLVED", "UNRESOLVED"] | None = None,
        reason: app_commands.Range[str, 1, 500] | None = None,
        canned: app_commands.Range[str, 1, 100] | None = None,
        anyway: bool = False,
        span: app_commands.Range[str, 1, 30] | None = None,
    ) -> None:
        """Close this ticket, file its transcript and remove its channel."""
        canned = None if canned is None else meant(canned)
        if span is None:
            to = Status(outcome) if outcome else None
            await self.close_here(interaction, to, reason, canned, anyway=anyway)
        else:
            await self.close_later(interaction, span, outcome, reason, canned)

    @close.autocomplete("canned")
    async def offer(self, interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """Canned answers, as /canned send offers them."""
        return await choices(self, interaction, typed)

    @in_ticket
    async def close_later(
        self, asked: AskedHere, span: str, outcome: str | None, reason: str | None, canned: str | None
    ) -> Text:
        """Plan the closing. Then the ticket becomes RESOLVED if staff has posted. The canned answer is sent
        now."""
        if outcome is not None:
            raise Declined(Text("outcome-is-given-later"))
        at = moment_of(span, self.means.clock(), self.means.zone())
        if canned is not None:
            await self.means.times.may_plan_closing(asked.caller, asked.ticket_id, at)
            text = replace(asked.source, event_id=EventId(f"{asked.source.event_id}:t"))
            await self.means.canned.post(asked.caller, asked.ticket_id, canned, source=text)
        await self.means.times.plan_closing(
            asked.caller, asked.ticket_id, at, _reason(reason), source=asked.source
        )
        return Text("closing-is-planned", at=f"<t:{at // 1000}:R>")

    @in_ticket
    async def close_here(
        self,
        asked: AskedHere,
        outcome: Status | None,
        reason: str | None,
        canned: str | None = None,
        *,
        anyway: bool = False,
    ) -> Answer | Words:
        """Close the ticket, once everything that was written in its channel before is processed. If the
        requester wrote last, ask first."""
        return await self._closed(asked, outcome, reason, canned, heard_until=None if anyway else 0)

    @in_ticket
    async def _close_anyway(self, asked: AskedHere, carried: str) -> Answer | Words:
        """Close the ticket although the requester wrote last, unless they have written again meanwhile."""
        outcome, canned, heard_until = carried.split("/")
        shown = asked.interaction.message
        reason = shown.embeds[0].description if shown is not None and shown.embeds else None
        to = Status(outcome) if outcome else None
        return await self._closed(asked, to, reason, canned or None, heard_until=int(heard_until))

    async def _closed(
        self,
        asked: AskedHere,
        outcome: Status | None,
        reason: str | None,
        canned: str | None,
        *,
        heard_until: Millis | None,
    ) -> Answer | Words:
        where, why = (asked.caller, asked.ticket_id), _reason(reason)
        if canned is None:
            close = partial(self.means.desk.close, *where, outcome, why)
        else:
            close = partial(self.means.canned.close, *where, canned, outcome, why)
        act = partial(close, heard_until=heard_until, source=asked.source)
        try:
            ticket: Ticket = await self.means.turns.in_turn(asked.channel.channel_id, act)
        except RequesterSpokeLast:
            return await self._ask_once_more(asked, outcome, why, canned)
        return Text("closed", number=ticket.number, status=Text("status", status=ticket.status))

    async def _ask_once_more(
        self, asked: AskedHere, outcome: Status | None, reason: str | None, canned: str | None
    ) -> Answer:
        """Ask for confirmation. The button carries the choices and the embed the reason, so no process need
        remember them."""
        ticket = await self.means.desk.ticket(asked.caller, asked.ticket_id)
        spoke_at = ticket.last_message_at or 0
        return Answer(
            Text("requester-spoke-last", at=f"<t:{spoke_at // 1000}:R>"),
            [self._anyway().carrying(f"{outcome or ''}/{canned or ''}/{spoke_at}")],
            embed=discord.Embed(description=reason) if reason else None,
        )


def _reason(text: str | None) -> str | None:
    return None if shows_nothing(text or "") else clean_text(text or "")
