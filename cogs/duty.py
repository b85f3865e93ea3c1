"""Going on and off duty."""

from typing import Literal

from discord import app_commands

from cogs.action import Action, Asked, by_staff
from texts.text import Text, joined


class Duty(Action):
    @app_commands.command()
    @app_commands.describe(state="Where new tickets are assigned by themselves, they go to those on duty")
    @app_commands.guild_only()
    @by_staff
    async def duty(self, asked: Asked, state: Literal["on", "off"]) -> Text:
        """Go on or off duty."""
        roles = self.means.staff.support_roles(asked.interaction.user)
        await self.means.agents.go(asked.caller, on_duty=state == "on", support_roles=roles)
        if state == "off":
            return Text("off-duty")
        names = joined((Text("support-role", role=it) for it in roles), ", ")
        return Text("on-duty", roles=names) if roles else Text("on-duty-for-none")
