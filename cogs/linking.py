"""Links between tickets: each names the other, and both stay separate."""

from contextlib import suppress

import discord
from discord import app_commands

from cogs.action import Action, AskedHere, in_ticket
from cogs.other_tickets import Number, choices, newest_seen, seen_ticket, ticket_here
from texts.text import Text
from tickets import policy
from tickets.model import Ticket
from tickets.ports.lists import TicketFilter
from tickets.refusals import TicketNotFound


class Linking(Action):
    @app_commands.command()
    @app_commands.describe(number="The ticket that has to do with this one")
    @app_commands.guild_only()
    @in_ticket
    async def link(self, asked: AskedHere, number: Number) -> Text:
        """Link this ticket with another one that has to do with it."""
        other = await seen_ticket(self.means, asked, number)
        ticket = await self.means.links.link(asked.caller, asked.ticket_id, other.id, source=asked.source)
        return Text("linked", number=ticket.number, other=other.number)

    @app_commands.command()
    @app_commands.describe(number="One of the tickets that it is linked with")
    @app_commands.guild_only()
    @in_ticket
    async def unlink(self, asked: AskedHere, number: Number) -> Text:
        """Take the link between this ticket and another one back."""
        other = await seen_ticket(self.means, asked, number)
        ticket = await self.means.links.unlink(asked.caller, asked.ticket_id, other.id, source=asked.source)
        return Text("unlinked", number=ticket.number, other=other.number)

    @link.autocomplete("number")  # type: ignore[arg-type]  # discord.py types it as if it were a text
    async def offer(self, interaction: discord.Interaction, typed: int) -> list[app_commands.Choice[int]]:
        """Other tickets of this requester, then the newest of all, as far as the person sees them. If a full
        number is typed, its ticket comes first."""
        at = await ticket_here(self.means, interaction)
        if at is None:
            return []
        caller, here = at
        seen = policy.support_roles_seen_by(caller.person)
        left_out = {here.id, *(it.id for it in here.links)}
        offered: list[Ticket] = []
        if typed:
            with suppress(TicketNotFound):
                offered.append(await self.means.desk.ticket(caller, str(typed)))
        theirs = TicketFilter(requester=here.requester, support_roles=seen)
        for which in (theirs, TicketFilter(support_roles=seen)):
            offered += await newest_seen(self.means, caller, which)
        fitting = {it.id: it for it in offered if it.id not in left_out and it.support_role in seen}
        return choices(fitting.values(), typed)

    @unlink.autocomplete("number")  # type: ignore[arg-type]  # likewise
    async def linked(self, interaction: discord.Interaction, typed: int) -> list[app_commands.Choice[int]]:
        """The linked tickets, as far as the person sees them."""
        at = await ticket_here(self.means, interaction)
        if at is None:
            return []
        caller, here = at
        seen = policy.support_roles_seen_by(caller.person)
        others = [await self.means.desk.ticket(caller, it.id) for it in here.links]
        return choices([it for it in others if it.support_role in seen], typed)
