"""The requester: what staff knows about them, and blocking them."""

import discord
from discord import app_commands

from cogs.action import Action, AskedHere, in_ticket
from cogs.card_buttons import CardButton
from cogs.form_ids import Again
from cogs.lists import PER_PAGE
from cogs.replies import Answer, Declined
from texts.language import Language
from texts.text import Text, Words, in_language, joined
from tickets import policy
from tickets.characters import clean_line, clean_text, shows_nothing
from tickets.desks.user_desk import UserChanges
from tickets.model import UserKey
from tickets.ports.users import Block

DAY = 24 * 60 * 60 * 1000
MOST_DAYS = 3650


class BlockForm(discord.ui.Modal):
    def __init__(self, requesters: "Requesters", language: Language) -> None:
        super().__init__(
            title=in_language(Text("block-form"), language), custom_id=requesters.means.form_ids.of("block")
        )
        self._requesters = requesters
        self.days: discord.ui.TextInput[BlockForm] = discord.ui.TextInput(
            label=in_language(Text("block-days"), language), custom_id="days", required=False, max_length=4
        )
        self.reason: discord.ui.TextInput[BlockForm] = discord.ui.TextInput(
            label=in_language(Text("reason-for-staff"), language),
            custom_id="reason",
            required=False,
            max_length=500,
        )
        self.add_item(self.days).add_item(self.reason)

    async def on_submit(self, interaction: discord.Interaction) -> None:
        await self._requesters.block_for(interaction, self.days.value.strip(), self.reason.value or None)


class Requesters(Action):
    def buttons(self) -> list[CardButton]:
        return [
            CardButton("requester", Text("requester-button"), self.show),
            CardButton("block", Text("block-button"), self._ask_or_unblock, in_more=True),
        ]

    def forms(self) -> dict[str, Again]:
        return {"block": self._again}

    async def _again(self, interaction: discord.Interaction, _: str) -> BlockForm:
        return BlockForm(self, self.language(interaction))

    @in_ticket
    async def _ask_or_unblock(self, asked: AskedHere) -> Answer | Words:
        """Keep this ticket's requester from writing, by a form; or let them write again."""
        user, _ = await self.means.users.user(asked.caller, await self._requester(asked))
        if user.block is not None:
            return await self._lifted(asked)
        return Answer(Text("form-came-too-late"), form=BlockForm(self, asked.language))

    @app_commands.command()
    @app_commands.describe(note="What staff should know about them; `-` removes it. They never see it")
    @app_commands.guild_only()
    async def requester(
        self, interaction: discord.Interaction, note: app_commands.Range[str, 1, 1000] | None = None
    ) -> None:
        """See who asks here: their tickets, and what staff has noted about them."""
        await self.show(interaction, note)

    @in_ticket
    async def show(self, asked: AskedHere, note: str | None = None) -> Words:
        """See who asks here: their tickets, and what staff has noted about them."""
        key = await self._requester(asked)
        if note is not None:
            kept = "" if note.strip() == "-" or shows_nothing(note) else clean_text(note)
            await self.means.users.change(asked.caller, key, UserChanges(note=kept))
        user, tickets = await self.means.users.user(asked.caller, key)
        seen = policy.support_roles_seen_by(asked.caller.person)
        seen_tickets = [it for it in tickets if it.support_role in seen]
        newest = await self.means.lines.of(seen_tickets[:PER_PAGE])
        more: Words = ""
        if len(seen_tickets) > PER_PAGE:
            number = seen_tickets[0].number
            more = Text("more-of-requester", count=len(seen_tickets) - PER_PAGE, number=number)
        return joined((await self.means.lines.about(user), newest, more))

    @app_commands.command()
    @app_commands.describe(
        days="For so many days; without it until somebody lifts it",
        reason="For staff; the requester does not see it",
    )
    @app_commands.guild_only()
    async def block(
        self,
        interaction: discord.Interaction,
        days: app_commands.Range[int, 1, MOST_DAYS] | None = None,
        reason: app_commands.Range[str, 1, 500] | None = None,
    ) -> None:
        """Keep this ticket's requester from opening tickets and writing."""
        await self.block_for(interaction, "" if days is None else str(days), reason)

    @in_ticket
    async def block_for(self, asked: AskedHere, days: str, reason: str | None) -> Words:
        """Block the requester for so many days, or, if none are given, until somebody lifts it."""
        if days and not (days.isascii() and days.isdigit() and 1 <= int(days) <= MOST_DAYS):
            raise Declined(Text("give-days", most=MOST_DAYS))
        until = self.means.clock() + int(days) * DAY if days else None
        why = None if reason is None or shows_nothing(reason) else clean_line(reason)
        changes = UserChanges(sets_block=True, block=Block(until, why))
        user, _ = await self.means.users.change(asked.caller, await self._requester(asked), changes)
        return await self.means.lines.about(user)

    @app_commands.command()
    @app_commands.guild_only()
    async def unblock(self, interaction: discord.Interaction) -> None:
        """Let this ticket's requester write again."""
        await self.lift(interaction)

    @in_ticket
    async def lift(self, asked: AskedHere) -> Words:
        return await self._lifted(asked)

    async def _lifted(self, asked: AskedHere) -> Words:
        changes = UserChanges(sets_block=True)
        user, _ = await self.means.users.change(asked.caller, await self._requester(asked), changes)
        return await self.means.lines.about(user)

    async def _requester(self, asked: AskedHere) -> UserKey:
        return (await self.means.desk.ticket(asked.caller, asked.ticket_id)).requester
