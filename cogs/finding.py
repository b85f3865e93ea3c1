"""Finds tickets by their words, their labels, their requester or their number."""

from dataclasses import dataclass, replace
from typing import Literal, Self

import discord
from discord import app_commands

from cogs.action import Action, Asked, by_staff
from cogs.carrying_buttons import ROOM, CarryingButton
from cogs.lists import PER_PAGE, listed, to_cursor, to_text
from cogs.other_tickets import seen_ticket
from cogs.replies import Answer, Declined
from texts.text import Text, Words, joined
from tickets import policy
from tickets.model import Caller, Status, Ticket
from tickets.ports.lists import Page, TicketFilter
from tickets.ports.users import User, UserFilter
from tickets.words import asked_begins, words_of

Which = Literal["open", "closed", "all"]
MOST_CHARACTERS = 50
"""Characters of the words."""
OFFERED = 10
"""Requesters to choose from."""
FOR_CURSOR = 26
"""Characters for the place of the next page in a button's id."""
_STATUSES = {
    "open": frozenset(it for it in Status if not it.is_closed),
    "closed": frozenset(it for it in Status if it.is_closed),
}


@dataclass(frozen=True, slots=True)
class Sought:
    """A search. The id of the button for the next page contains it."""

    words: str = ""
    which: str = "all"
    label: str = ""
    requester: str = ""
    """The number of a ticket of the requester."""

    @property
    def number(self) -> str | None:
        """The ticket's number, if nothing else is given."""
        number = self.words.strip().removeprefix("#")
        is_alone = not self.label and not self.requester
        return number if is_alone and number.isascii() and number.isdigit() else None

    @property
    def in_words(self) -> Words:
        parts: list[Words] = [discord.utils.escape_markdown(" ".join(self.words.split()))]
        if self.label:
            parts.append(Text("with-label", label=self.label))
        if self.requester:
            parts.append(Text("of-requester", number=int(self.requester)))
        return joined(parts, ", ")

    def carried(self, after: str) -> str:
        return f"{self.which}/{after}/{self.label}/{self.requester}/{self.words}"

    @classmethod
    def of(cls, carried: str) -> tuple[Self, str]:
        """The search in a button's data, and the place where its page begins."""
        which, after, label, requester, words = carried.split("/", 4)
        return cls(words, which, label, requester), after


class Finding(Action):
    def carrying_buttons(self) -> list[CarryingButton]:
        return [self._more()]

    def _more(self) -> CarryingButton:
        return CarryingButton("found", Text("more-button"), self._go_on)

    @app_commands.command()
    @app_commands.describe(
        words="Words of topic, description, messages or notes; or a ticket's number",
        which="Open tickets, closed ones, or all; without it all",
        label="A label that they have",
        requester="Name, e-mail or id of whoever asks; or the number of a ticket of theirs",
    )
    @app_commands.guild_only()
    async def find(
        self,
        interaction: discord.Interaction,
        words: app_commands.Range[str, 1, MOST_CHARACTERS] | None = None,
        which: Which = "all",
        label: app_commands.Range[str, 1, 40] | None = None,
        requester: app_commands.Range[str, 1, MOST_CHARACTERS] | None = None,
    ) -> None:
        """Find tickets, with links to their channels and transcripts."""
        label = (label or "").strip().lower().replace("/", " ")
        await self._begin(interaction, Sought(words or "", which, label), (requester or "").strip())

    @find.autocomplete("requester")
    async def offer(self, interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """Requesters with a word that begins with the typed text, and with a ticket that the person sees."""
        caller = self.means.staff.caller(interaction.user)
        if caller is None:
            return []
        called = await self._called(caller, typed)
        return [
            app_commands.Choice(
                name=f"{it.person.name} · {it.person.email or it.person.key.id}"[:100], value=number
            )
            for it, number in called
        ]

    @by_staff
    async def _begin(self, asked: Asked, sought: Sought, requester: str) -> Answer | Words:
        number = requester.removeprefix("#")
        if requester and not (number.isascii() and number.isdigit()):
            called = await self._called(asked.caller, requester)
            if len(called) > 1:
                raise Declined(Text("several-requesters", count=len(called)))
            if not called:
                return Text("nothing-found", words=discord.utils.escape_markdown(requester))
            ((_, number),) = called
        return await self._listing(asked, replace(sought, requester=number), "")

    async def _called(self, caller: Caller, typed: str) -> list[tuple[User, str]]:
        """The requesters with this name, each with the number of their newest ticket that the person sees."""
        begins = asked_begins(typed)
        if not begins:
            return []
        which = UserFilter(begins=begins)
        users = await self.means.users.users(caller, after=None, limit=OFFERED, which=which)
        seen = policy.support_roles_seen_by(caller.person)
        called = []
        for user in users.items:
            theirs = TicketFilter(requester=user.person.key, support_roles=seen)
            newest = (await self.means.desk.tickets(caller, theirs, limit=1)).items
            called += [(user, str(it.number)) for it in newest]
        return called

    async def _go_on(self, interaction: discord.Interaction, carried: str) -> None:
        """See what was found, a page at a time."""
        await self._show(interaction, *Sought.of(carried))

    @by_staff
    async def _show(self, asked: Asked, sought: Sought, begins_after: str) -> Answer | Words:
        return await self._listing(asked, sought, begins_after)

    async def _listing(self, asked: Asked, sought: Sought, begins_after: str) -> Answer | Words:
        if len(sought.carried("")) > ROOM - FOR_CURSOR:
            raise Declined(Text("too-much-sought"))
        if (number := sought.number) is not None:
            return await self.means.lines.of([await seen_ticket(self.means, asked, number)])
        page = await self._found(asked, sought, begins_after)
        if not page.items and page.next is None:
            return Text("nothing-found", words=sought.in_words)
        heading = Text("found-heading", words=sought.in_words)
        more = lambda cursor: sought.carried(to_text(cursor))  # noqa: E731
        return await listed(heading, page, self.means.lines, more, self._more())

    async def _found(self, asked: Asked, sought: Sought, begins_after: str) -> Page[Ticket]:
        wanted = words_of(sought.words)
        if not wanted and (sought.words or not (sought.label or sought.requester)):
            raise Declined(Text("give-words"))
        requester = None
        if sought.requester:
            requester = (await seen_ticket(self.means, asked, sought.requester)).requester
        chosen = TicketFilter(
            words=frozenset(wanted) if wanted else None,
            statuses=_STATUSES.get(sought.which),
            support_roles=policy.support_roles_seen_by(asked.caller.person),
            labels=frozenset({sought.label}) if sought.label else None,
            requester=requester,
        )
        return await self.means.desk.tickets(
            asked.caller, chosen, after=to_cursor(begins_after), limit=PER_PAGE
        )
