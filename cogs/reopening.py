"""Opening a closed ticket again."""

from discord import app_commands

from cogs.action import Action, Asked, by_staff
from cogs.replies import Declined
from texts.text import Text
from tickets import policy
from tickets.refusals import TicketNotFound


class Reopening(Action):
    @app_commands.command()
    @app_commands.describe(number="The ticket's number; not needed in its channel")
    @app_commands.guild_only()
    @by_staff
    async def reopen(self, asked: Asked, number: app_commands.Range[int, 1, 10**9] | None = None) -> Text:
        """Open a closed ticket again; if its channel is gone, it gets a new one."""
        if number is None:
            channel = await self.means.channels.at(asked.interaction.channel_id or 0)
            if channel is None:
                raise Declined(Text("give-number"))
            address: str = channel.ticket_id
        else:
            address = str(number)
        ticket = await self.means.desk.ticket(asked.caller, address)
        if ticket.support_role not in policy.support_roles_seen_by(asked.caller.person):
            raise TicketNotFound(address)
        ticket = await self.means.desk.reopen(asked.caller, ticket.id, source=asked.source)
        return Text("reopened", number=ticket.number)
