"""The buttons of requesters in their threads: close, answer whether it is done, rate, reopen."""

from functools import partial

import discord

from cogs.action import Action
from cogs.carrying_buttons import CarryingButton
from cogs.form_ids import Again
from cogs.replies import Answer, Declined, answer
from texts.language import Language, language_of
from texts.text import Text, Words, in_language
from tickets.characters import clean_text, shows_nothing
from tickets.model import Caller, Status, Ticket
from tickets.policy import closing_status
from tickets.refusals import TicketNotFound
from tickets.sources import from_command

CLOSE, ANSWER, RATE, REOPEN = "own-close", "own-answer", "own-rate", "own-reopen"
"""The beginnings of the ids of these buttons. The ticket's id follows, and the choice."""
STARS = (1, 2, 3, 4, 5)


class CommentForm(discord.ui.Modal):
    """An optional comment, asked for after the rating."""

    def __init__(self, threads: "OwnThreads", ticket_id: str, stars: int, language: Language) -> None:
        super().__init__(
            title=in_language(Text("rating-title", stars=stars), language),
            custom_id=threads.means.form_ids.of("rate", f"{ticket_id}:{stars}"),
        )
        self._threads, self._ticket_id, self._stars = threads, ticket_id, stars
        self._comment: discord.ui.TextInput[CommentForm] = discord.ui.TextInput(
            custom_id="comment", style=discord.TextStyle.paragraph, required=False, max_length=1000
        )
        label = in_language(Text("rating-comment"), language)
        self.add_item(discord.ui.Label(text=label, component=self._comment))

    async def on_submit(self, interaction: discord.Interaction) -> None:
        await self._threads.rate(interaction, self._ticket_id, self._stars, self._comment.value)


class OwnThreads(Action):
    """Acts for the requester, as the API does. The desk refuses other people."""

    def carrying_buttons(self) -> list[CarryingButton]:
        return [
            CarryingButton(CLOSE, Text("own-close"), self._close),
            CarryingButton(ANSWER, Text("own-accept"), self._answer),
            CarryingButton(RATE, Text("own-rate"), self._ask_for_comment),
            CarryingButton(REOPEN, Text("own-reopen"), self._reopen),
        ]

    def forms(self) -> dict[str, Again]:
        return {"rate": self._again}

    async def _again(self, interaction: discord.Interaction, carried: str) -> CommentForm:
        ticket_id, _, stars = carried.partition(":")
        return CommentForm(self, ticket_id, int(stars), self.language(interaction))

    async def _caller(self, interaction: discord.Interaction, ticket_id: str) -> Caller:
        """The person who pressed, as the ticket's requester. Others in the thread are declined."""
        caller = await self.means.members.as_requester(interaction.user, ticket_id)
        try:
            await self.means.desk.ticket(caller, ticket_id)
        except TicketNotFound:
            raise Declined(Text("refusal-requester_only")) from None
        return caller

    async def _close(self, interaction: discord.Interaction, ticket_id: str) -> None:
        """Close one's own ticket."""

        async def work() -> Words:
            caller = await self._caller(interaction, ticket_id)
            ticket = await self.means.desk.ticket(caller, ticket_id)
            to = Status.RESOLVED if closing_status(ticket) is Status.RESOLVED else Status.CANCELED

            async def close() -> Ticket:
                return await self.means.desk.close(caller, ticket_id, to, source=from_command(interaction.id))

            await self.means.own_turns.in_turn(interaction.channel_id or 0, close)
            return Text("own-closed", number=ticket.number)

        await answer(interaction, work(), self.means.language)

    async def _answer(self, interaction: discord.Interaction, what: str) -> None:
        """Answer whether one's ticket can be closed."""
        ticket_id, _, choice = what.partition(":")

        async def work() -> Words:
            caller = await self._caller(interaction, ticket_id)
            answered = partial(
                self.means.times.answer_close,
                caller,
                ticket_id,
                accept=choice == "yes",
                source=from_command(interaction.id),
            )
            ticket = await self.means.own_turns.in_turn(interaction.channel_id or 0, answered)
            if ticket.is_closed:
                return Text("own-closed", number=ticket.number)
            return Text("own-goes-on", number=ticket.number)

        await answer(interaction, work(), self.means.language)

    async def _ask_for_comment(self, interaction: discord.Interaction, what: str) -> None:
        """Rate the help; a form asks for a word about it."""
        ticket_id, _, stars = what.partition(":")

        async def work() -> Answer:
            await self.means.feedback.may_give(await self._caller(interaction, ticket_id), ticket_id)
            form = CommentForm(self, ticket_id, int(stars), self.language(interaction))
            return Answer(Text("form-came-too-late"), form=form)

        await answer(interaction, work(), self.means.language)

    async def rate(self, interaction: discord.Interaction, ticket_id: str, stars: int, comment: str) -> None:
        async def work() -> Words:
            said = None if shows_nothing(comment) else clean_text(comment)
            caller, source = await self._caller(interaction, ticket_id), from_command(interaction.id)
            await self.means.feedback.give(caller, ticket_id, stars, said, source=source)
            return Text("own-rated")

        await answer(interaction, work(), self.means.language)

    async def _reopen(self, interaction: discord.Interaction, ticket_id: str) -> None:
        """Open one's ticket again."""

        async def work() -> Words:
            ticket = await self.means.desk.reopen(
                await self._caller(interaction, ticket_id), ticket_id, source=from_command(interaction.id)
            )
            return Text("own-reopened", number=ticket.number)

        await answer(interaction, work(), self.means.language)


class ButtonsInThreads:
    """The buttons below the bot's lines in requesters' threads. Their ids carry all data, so they work after
    a restart."""

    def __init__(self, otherwise: Language) -> None:
        """``otherwise`` is used if there are no texts in a ticket's language."""
        self._otherwise = otherwise

    def on_opening(self, ticket: Ticket) -> discord.ui.View:
        return self._view(ticket, (Text("own-close"), f"{CLOSE}:{ticket.id}"))

    def on_asking(self, ticket: Ticket) -> discord.ui.View:
        accept, decline = f"{ANSWER}:{ticket.id}:yes", f"{ANSWER}:{ticket.id}:no"
        return self._view(ticket, (Text("own-accept"), accept), (Text("own-decline"), decline))

    def on_closing(self, ticket: Ticket) -> discord.ui.View:
        """The stars in one row, and reopening in another."""
        stars = [(f"{it} ⭐", f"{RATE}:{ticket.id}:{it}") for it in STARS]
        view = self._view(ticket, *stars)
        view.add_item(self._button(ticket, Text("own-reopen"), f"{REOPEN}:{ticket.id}", row=1))
        return view

    def _view(self, ticket: Ticket, *buttons: tuple[Words, str]) -> discord.ui.View:
        view = discord.ui.View(timeout=None)
        for label, what in buttons:
            view.add_item(self._button(ticket, label, what))
        view.stop()  # discord.py need not remember it
        return view

    def _button(
        self, ticket: Ticket, label: Words, what: str, row: int = 0
    ) -> "discord.ui.Button[discord.ui.View]":
        words = in_language(label, language_of(ticket.locale, self._otherwise))
        return discord.ui.Button(label=words, custom_id=f"guildesk:{what}", row=row)
