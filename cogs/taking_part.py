"""Adding colleagues to the channel of a ticket, and subscribing to its pings."""

import discord
from discord import app_commands

from cogs.action import Action, AskedHere, in_ticket
from cogs.replies import Declined
from texts.text import Text
from tickets.model import Part, Person, UserKey


class TakingPart(Action):
    @app_commands.command()
    @app_commands.describe(member="Somebody of staff, who sees this channel then")
    @app_commands.guild_only()
    @in_ticket
    async def add(self, asked: AskedHere, member: discord.Member) -> Text:
        """Let one more colleague see this channel."""
        who = self._colleague(member)
        await self.means.parts.begin(asked.caller, asked.ticket_id, Part.COLLEAGUE, who, source=asked.source)
        return Text("colleague-added", name=discord.utils.escape_markdown(who.name))

    @app_commands.command()
    @app_commands.describe(member="A colleague who was added")
    @app_commands.guild_only()
    @in_ticket
    async def remove(self, asked: AskedHere, member: discord.Member) -> Text:
        """Take a colleague who was added out of this channel again."""
        key = UserKey(UserKey.DISCORD, str(member.id))  # they may be no longer staff
        await self.means.parts.end(asked.caller, asked.ticket_id, Part.COLLEAGUE, [key], source=asked.source)
        return Text("colleague-removed", name=discord.utils.escape_markdown(member.display_name))

    @app_commands.command()
    @app_commands.guild_only()
    @in_ticket
    async def subscribe(self, asked: AskedHere) -> Text:
        """Be pinged with the assignee when the requester writes here."""
        person = asked.caller.person
        await self.means.parts.begin(
            asked.caller, asked.ticket_id, Part.SUBSCRIBER, person, source=asked.source
        )
        return Text("subscribed")

    @app_commands.command()
    @app_commands.guild_only()
    @in_ticket
    async def unsubscribe(self, asked: AskedHere) -> Text:
        """Be pinged for this ticket no more, unless it is yours."""
        person = asked.caller.person
        await self.means.parts.end(
            asked.caller, asked.ticket_id, Part.SUBSCRIBER, [person.key], source=asked.source
        )
        return Text("unsubscribed")

    def _colleague(self, member: discord.Member) -> Person:
        caller = self.means.staff.caller(member)
        if caller is None:
            raise Declined(Text("add-staff-only"))
        return caller.person
