"""Statistics of the last days."""

from discord import app_commands

from cogs.action import Action, Asked, by_staff
from texts.text import Text, Words
from tickets import policy
from tickets.policy import DAY
from tickets.ports.reports import Span


class Reporting(Action):
    @app_commands.command()
    @app_commands.describe(days="Of the tickets that were opened in so many days; without it 7")
    @app_commands.guild_only()
    @by_staff
    async def stats(self, asked: Asked, days: app_commands.Range[int, 1, 366] = 7) -> Words:
        """See how many tickets there were, how long they took, and who had how many."""
        policy.must_be_staff(asked.caller, "see statistics")
        now = self.means.clock()
        return await self.means.figures.of(Span(now - days * DAY, now), Text("stats-heading", days=days))
