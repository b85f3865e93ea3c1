"""The queue, and taking its first unassigned ticket."""

import discord
from discord import app_commands

from cogs.action import Action, Asked, by_staff
from cogs.carrying_buttons import CarryingButton
from cogs.lists import PER_PAGE, listed, to_cursor, to_text
from cogs.replies import Answer
from texts.text import Text, Words, joined


class Queueing(Action):
    def carrying_buttons(self) -> list[CarryingButton]:
        return [self._more(), self._take_next()]

    def board_buttons(self) -> list[CarryingButton]:
        return [self._take_next()]

    def _more(self) -> CarryingButton:
        return CarryingButton("queue", Text("more-button"), self._show)

    def _take_next(self) -> CarryingButton:
        return CarryingButton("next", Text("take-next-button"), self._take)

    @app_commands.command()
    @app_commands.guild_only()
    async def queue(self, interaction: discord.Interaction) -> None:
        """See the tickets that wait for staff, the first to take on top."""
        await self._show(interaction, "")

    @app_commands.command(name="next")
    @app_commands.guild_only()
    async def next_(self, interaction: discord.Interaction) -> None:
        """Take the first ticket of the queue that is nobody's."""
        await self._take(interaction, "")

    @by_staff
    async def _show(self, asked: Asked, begins_after: str) -> Answer | Words:
        """See the queue, a page at a time."""
        after = to_cursor(begins_after)
        page = await self.means.staff_desk.queue(asked.caller, after=after, limit=PER_PAGE)
        if not page.items and after is None:
            return Text("queue-is-empty")
        heading = Text("queue-heading" if after is None else "queue-heading-further")
        return await listed(heading, page, self.means.lines, to_text, self._more(), self._take_next())

    @by_staff
    async def _take(self, asked: Asked, _: str) -> Words:
        """Take the first ticket of the queue that is nobody's."""
        ticket = await self.means.routing.take_next(asked.caller, source=asked.source)
        return joined((Text("taken-next"), await self.means.lines.of([ticket])))
