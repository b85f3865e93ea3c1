"""Finding tickets by their words or their number."""

from typing import Literal

import discord
from discord import app_commands

from cogs.action import Action, Asked, by_staff
from cogs.carrying_buttons import CarryingButton
from cogs.lists import PER_PAGE, listed, to_cursor, to_text
from cogs.replies import Answer, Declined
from texts.text import Text, Words
from tickets import policy
from tickets.model import Status, Ticket
from tickets.ports.lists import Page, TicketFilter
from tickets.refusals import TicketNotFound
from tickets.words import words_of

Which = Literal["open", "closed", "all"]
MOST_CHARACTERS = 50
"""Of the words: they travel in the id of the button for more."""


class Finding(Action):
    def carrying_buttons(self) -> list[CarryingButton]:
        return [self._more()]

    def _more(self) -> CarryingButton:
        return CarryingButton("find", Text("more-button"), self._go_on)

    @app_commands.command()
    @app_commands.describe(
        words="Words of topic, description, messages or notes; or a ticket's number",
        which="Open tickets, closed ones, or all; without it all",
    )
    @app_commands.guild_only()
    async def find(
        self,
        interaction: discord.Interaction,
        words: app_commands.Range[str, 1, MOST_CHARACTERS],
        which: Which = "all",
    ) -> None:
        """Find tickets, with links to their channels and transcripts."""
        await self._show(interaction, words, which, "")

    async def _go_on(self, interaction: discord.Interaction, carried: str) -> None:
        """See what was found, a page at a time."""
        which, after, words = carried.split("/", 2)
        await self._show(interaction, words, which, after)

    @by_staff
    async def _show(self, asked: Asked, words: str, which: str, begins_after: str) -> Answer | Words:
        number = words.strip().removeprefix("#")
        if number.isascii() and number.isdigit():
            return await self.means.lines.of([await self._numbered(asked, number)])
        page = await self._found(asked, words, which, begins_after)
        about = discord.utils.escape_markdown(" ".join(words.split()))
        if not page.items and page.next is None:
            return Text("nothing-found", words=about)
        heading = Text("found-heading", words=about)
        more = lambda cursor: f"{which}/{to_text(cursor)}/{words}"  # noqa: E731
        return await listed(heading, page, self.means.lines, more, self._more())

    async def _numbered(self, asked: Asked, number: str) -> Ticket:
        ticket = await self.means.desk.ticket(asked.caller, number)
        if ticket.support_role not in policy.support_roles_seen_by(asked.caller.person):
            raise TicketNotFound(number)
        return ticket

    async def _found(self, asked: Asked, words: str, which: str, begins_after: str) -> Page[Ticket]:
        wanted = words_of(words)
        if not wanted:
            raise Declined(Text("give-words"))
        statuses = {
            "open": frozenset(it for it in Status if not it.is_closed),
            "closed": frozenset(it for it in Status if it.is_closed),
        }
        seen = policy.support_roles_seen_by(asked.caller.person)
        chosen = TicketFilter(words=frozenset(wanted), statuses=statuses.get(which), support_roles=seen)
        return await self.means.desk.tickets(
            asked.caller, chosen, after=to_cursor(begins_after), limit=PER_PAGE
        )
