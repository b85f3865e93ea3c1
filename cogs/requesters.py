"""Who asks: what staff knows of a ticket's requester, and keeping somebody from writing."""

from discord import app_commands

from cogs.action import Action, AskedHere, in_ticket
from cogs.lists import PER_PAGE
from texts.text import Words, joined
from tickets import policy
from tickets.characters import clean_line, clean_text, shows_nothing
from tickets.desks.user_desk import UserChanges
from tickets.model import UserKey
from tickets.ports.users import Block

DAY = 24 * 60 * 60 * 1000


class Requesters(Action):
    @app_commands.command()
    @app_commands.describe(note="What staff should know about them; `-` removes it. They never see it")
    @app_commands.guild_only()
    @in_ticket
    async def requester(
        self, asked: AskedHere, note: app_commands.Range[str, 1, 1000] | None = None
    ) -> Words:
        """See who asks here: their tickets, and what staff has noted about them."""
        key = await self._requester(asked)
        if note is not None:
            kept = "" if note.strip() == "-" or shows_nothing(note) else clean_text(note)
            await self.means.users.change(asked.caller, key, UserChanges(note=kept))
        user, tickets = await self.means.users.user(asked.caller, key)
        seen = policy.support_roles_seen_by(asked.caller.person)
        newest = [it for it in tickets if it.support_role in seen][:PER_PAGE]
        return joined((self.means.lines.about(user), await self.means.lines.of(newest)))

    @app_commands.command()
    @app_commands.describe(
        days="For so many days; without it until somebody lifts it",
        reason="For staff; the requester does not see it",
    )
    @app_commands.guild_only()
    @in_ticket
    async def block(
        self,
        asked: AskedHere,
        days: app_commands.Range[int, 1, 3650] | None = None,
        reason: app_commands.Range[str, 1, 500] | None = None,
    ) -> Words:
        """Keep this ticket's requester from opening tickets and writing."""
        until = None if days is None else self.means.clock() + days * DAY
        why = None if reason is None or shows_nothing(reason) else clean_line(reason)
        changes = UserChanges(sets_block=True, block=Block(until, why))
        user, _ = await self.means.users.change(asked.caller, await self._requester(asked), changes)
        return self.means.lines.about(user)

    @app_commands.command()
    @app_commands.guild_only()
    @in_ticket
    async def unblock(self, asked: AskedHere) -> Words:
        """Let this ticket's requester write again."""
        changes = UserChanges(sets_block=True)
        user, _ = await self.means.users.change(asked.caller, await self._requester(asked), changes)
        return self.means.lines.about(user)

    async def _requester(self, asked: AskedHere) -> UserKey:
        return (await self.means.desk.ticket(asked.caller, asked.ticket_id)).requester
