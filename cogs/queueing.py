"""What to take next: the queue, and the first of it that is nobody's."""

import discord
from discord import app_commands

from cogs.action import Action, Asked, by_staff
from cogs.carrying_buttons import CarryingButton
from cogs.lists import PER_PAGE, listed, to_cursor, to_text
from cogs.replies import Answer


class Queueing(Action):
    def carrying_buttons(self) -> list[CarryingButton]:
        return [self._more(), self._take_next()]

    def _more(self) -> CarryingButton:
        return CarryingButton("queue", "More", self._show)

    def _take_next(self) -> CarryingButton:
        return CarryingButton("next", "Take next", self._take)

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
    async def _show(self, asked: Asked, begins_after: str) -> Answer | str:
        after = to_cursor(begins_after)
        page = await self.means.staff_desk.queue(asked.caller, after=after, limit=PER_PAGE)
        if not page.items and after is None:
            return "No ticket that you can see waits for staff."
        heading = "**The queue**" if after is None else "**The queue, further down**"
        return await listed(heading, page, self.means.lines, to_text, self._more(), self._take_next())

    @by_staff
    async def _take(self, asked: Asked, _: str) -> str:
        ticket = await self.means.routing.take_next(asked.caller, source=asked.source)
        return f"This is yours now:\n{await self.means.lines.of([ticket])}"
