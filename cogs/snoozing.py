"""Putting a ticket aside."""

from discord import app_commands

from cogs.action import Action, AskedHere, in_ticket
from cogs.spans import span_of
from texts.text import Text
from tickets.policy import DAY

UNTIL_A_WORD = 365 * DAY


class Snoozing(Action):
    @app_commands.command()
    @app_commands.describe(span="For how long, like 2h or 3d; without it until the requester writes")
    @app_commands.rename(span="time")
    @app_commands.guild_only()
    @in_ticket
    async def snooze(self, asked: AskedHere, span: app_commands.Range[str, 1, 30] | None = None) -> Text:
        """Put this ticket aside, for a time or until the requester writes."""
        until = self.means.clock() + (UNTIL_A_WORD if span is None else span_of(span))
        await self.means.times.snooze(asked.caller, asked.ticket_id, until, source=asked.source)
        return Text("snoozed", until=f"<t:{until // 1000}:f>")

    @app_commands.command()
    @app_commands.guild_only()
    @in_ticket
    async def unsnooze(self, asked: AskedHere) -> Text:
        """Take this ticket up again."""
        ticket = await self.means.times.end_snooze(asked.caller, asked.ticket_id, source=asked.source)
        return Text("unsnoozed", number=ticket.number)
