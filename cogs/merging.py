"""Tickets of one requester that belong together: merging them, and linking them."""

import discord
from discord import app_commands

from cogs.action import Action, AskedHere, in_ticket
from cogs.replies import Declined
from texts.text import Text, in_language
from tickets import policy
from tickets.desks.ticket_desk import Said
from tickets.model import EventId, Status, Ticket
from tickets.ports.lists import TicketFilter
from tickets.refusals import TicketNotFound
from tickets.sources import Source

OFFERED = 25
"""Choices that Discord takes."""
LARGEST = 10**9


class Merging(Action):
    @app_commands.command()
    @app_commands.describe(number="The other ticket: it is closed, and this one goes on with what was said")
    @app_commands.guild_only()
    @in_ticket
    async def merge(self, asked: AskedHere, number: app_commands.Range[int, 1, LARGEST]) -> Text:
        """Merge another ticket of the same requester into this one."""
        other = await self._seen(asked, number)

        async def merged() -> Ticket:
            desk = self.means.merging
            return await desk.merge(asked.caller, asked.ticket_id, other.id, source=asked.source)

        channel = await self.means.channels.of_ticket(other.id)
        if channel is None:
            ticket = await merged()
        else:  # what staff wrote there before is part of the conversation
            ticket = await self.means.turns.in_turn(channel.channel_id, merged)
        return Text("merged", number=other.number, into=ticket.number)

    @app_commands.command()
    @app_commands.describe(number="The ticket that has to do with this one")
    @app_commands.guild_only()
    @in_ticket
    async def link(self, asked: AskedHere, number: app_commands.Range[int, 1, LARGEST]) -> Text:
        """Note on this ticket and on another one that they have to do with each other."""
        other = await self._seen(asked, number)
        here = await self.means.desk.ticket(asked.caller, asked.ticket_id)
        if other.id == here.id:
            raise Declined(Text("not-linked-to-itself"))
        source = Source(EventId(f"{asked.source.event_id}:link"), asked.source.origin)
        for ticket, named in ((here, other), (other, here)):
            await self.means.desk.add_note(asked.caller, ticket.id, await self._note(named), source=source)
        return Text("linked", number=other.number)

    @merge.autocomplete("number")  # type: ignore[arg-type]  # discord.py types it as if it were a text
    async def offer(self, interaction: discord.Interaction, typed: int) -> list[app_commands.Choice[int]]:
        """The other open tickets of whoever asks here, as far as the person sees them."""
        caller = self.means.staff.caller(interaction.user)
        channel = await self.means.channels.at(interaction.channel_id or 0)
        if caller is None or channel is None:
            return []
        here = await self.means.desk.ticket(caller, channel.ticket_id)
        which = TicketFilter(
            requester=here.requester,
            statuses=frozenset(it for it in Status if not it.is_closed),
            support_roles=policy.support_roles_seen_by(caller.person),
        )
        found = (await self.means.desk.tickets(caller, which, limit=OFFERED + 1)).items
        fitting = [it for it in found if it.id != here.id and str(it.number).startswith(str(typed or ""))]
        return [
            app_commands.Choice(name=f"#{it.number} {it.topic}"[:100], value=it.number)
            for it in fitting[:OFFERED]
        ]

    async def _seen(self, asked: AskedHere, number: int) -> Ticket:
        ticket = await self.means.desk.ticket(asked.caller, str(number))
        if ticket.support_role not in policy.support_roles_seen_by(asked.caller.person):
            raise TicketNotFound(str(number))
        return ticket

    async def _note(self, named: Ticket) -> Said:
        url = await self.means.lines.url_of(named) or ""
        note = Text("linked-note", number=named.number, topic=named.topic)
        return Said(f"{in_language(note, self.means.language)} {url}".strip())
