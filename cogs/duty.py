"""Going on and off duty."""

from typing import Literal

import discord
from discord import app_commands

from cogs.action import Action, Asked, by_staff
from cogs.carrying_buttons import CarryingButton
from texts.text import Text, joined
from tickets.ports.agents import agent_with


class Duty(Action):
    def carrying_buttons(self) -> list[CarryingButton]:
        return [CarryingButton("duty", Text("duty-button"), self._change)]

    def board_buttons(self) -> list[CarryingButton]:
        return self.carrying_buttons()

    @app_commands.command()
    @app_commands.describe(state="Where new tickets are assigned by themselves, they go to those on duty")
    @app_commands.guild_only()
    async def duty(self, interaction: discord.Interaction, state: Literal["on", "off"]) -> None:
        """Go on or off duty."""
        await self._change(interaction, state)

    @by_staff
    async def _change(self, asked: Asked, state: str) -> Text:
        """Go on or off duty; without a state to the other one."""
        is_on = state == "on" if state else not await self._is_on_duty(asked)
        roles = self.means.staff.support_roles(asked.interaction.user)
        await self.means.agents.go(asked.caller, on_duty=is_on, support_roles=roles)
        if not is_on:
            return Text("off-duty")
        names = joined((Text("support-role", role=it) for it in roles), ", ")
        return Text("on-duty", roles=names) if roles else Text("on-duty-for-none")

    async def _is_on_duty(self, asked: Asked) -> bool:
        agents = [it.agent for it in await self.means.agents.agents(asked.caller)]
        agent = agent_with(agents, asked.caller.key)
        return agent is not None and agent.on_duty
