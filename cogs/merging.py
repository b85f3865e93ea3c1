"""Merging tickets of one requester."""

import discord
from discord import app_commands

from cogs.action import Action, AskedHere, in_ticket
from cogs.other_tickets import OPEN, Number, choices, newest_seen, seen_ticket, ticket_here
from texts.text import Text
from tickets import policy
from tickets.model import Ticket
from tickets.ports.lists import TicketFilter


class Merging(Action):
    @app_commands.command()
    @app_commands.describe(number="The other ticket: it is closed, and this one goes on with what was said")
    @app_commands.guild_only()
    @in_ticket
    async def merge(self, asked: AskedHere, number: Number) -> Text:
        """Merge another ticket of the same requester into this one."""
        other = await seen_ticket(self.means, asked, number)

        async def merged() -> Ticket:
            desk = self.means.merging
            return await desk.merge(asked.caller, asked.ticket_id, other.id, source=asked.source)

        channel = await self.means.channels.of_ticket(other.id)
        if channel is None:
            ticket = await merged()
        else:  # what staff wrote there before is part of the conversation
            ticket = await self.means.turns.in_turn(channel.channel_id, merged)
        return Text("merged", number=other.number, into=ticket.number)

    @merge.autocomplete("number")  # type: ignore[arg-type]  # discord.py types it as if it were a text
    async def offer(self, interaction: discord.Interaction, typed: int) -> list[app_commands.Choice[int]]:
        """The other open tickets of this requester, as far as the person sees them."""
        at = await ticket_here(self.means, interaction)
        if at is None:
            return []
        caller, here = at
        which = TicketFilter(
            requester=here.requester,
            statuses=OPEN,
            support_roles=policy.support_roles_seen_by(caller.person),
        )
        found = await newest_seen(self.means, caller, which)
        return choices([it for it in found if it.id != here.id], typed)
