"""Closing a ticket: the command and the button on the card."""

from functools import partial
from typing import Literal

import discord
from discord import app_commands
from discord.ext import commands

from cogs.inbox import Inbox
from cogs.replies import answering, tell
from cogs.staff import Staff
from tickets.desks.ticket_desk import Desk
from tickets.events import Origin, Place
from tickets.model import Status
from tickets.ports.channels import Channels, event_id_from_discord

CUSTOM_ID = "guildesk:close"


class CloseButton(discord.ui.View):
    """The button as it is on every card; it carries no state, the channel tells the ticket."""

    def __init__(self, closing: "Closing | None" = None) -> None:
        super().__init__(timeout=None)
        self._closing = closing

    @discord.ui.button(label="Close", style=discord.ButtonStyle.secondary, custom_id=CUSTOM_ID)
    async def close(self, interaction: discord.Interaction, _: "discord.ui.Button[CloseButton]") -> None:
        if self._closing is not None:
            await interaction.response.send_modal(CloseForm(self._closing))


def button_to_show() -> CloseButton:
    """The button for a card. discord.py would keep a view in memory for each message that it sends;
    one that is stopped it does not, and the one view added to the client answers for all."""
    view = CloseButton()
    view.stop()
    return view


class CloseForm(discord.ui.Modal, title="Close this ticket"):
    reason: "discord.ui.TextInput[CloseForm]" = discord.ui.TextInput(
        label="Reason (the requester sees it)", custom_id="reason", required=False, max_length=500
    )

    def __init__(self, closing: "Closing") -> None:
        super().__init__()
        self._closing = closing

    async def on_submit(self, interaction: discord.Interaction) -> None:
        await self._closing.close_here(interaction, None, self.reason.value or None)


class Closing(commands.Cog):
    def __init__(self, desk: Desk, channels: Channels, staff: Staff, inbox: Inbox) -> None:
        self._desk = desk
        self._channels = channels
        self._staff = staff
        self._inbox = inbox

    @app_commands.command()
    @app_commands.describe(
        outcome="How it ended; without it RESOLVED if staff has posted, else UNRESOLVED",
        reason="Why; the requester sees it",
    )
    @app_commands.guild_only()
    async def close(
        self,
        interaction: discord.Interaction,
        outcome: Literal["RESOLVED", "UNRESOLVED"] | None = None,
        reason: app_commands.Range[str, 1, 500] | None = None,
    ) -> None:
        """Close this ticket, file its transcript and remove its channel."""
        await self.close_here(interaction, Status(outcome) if outcome else None, reason)

    async def close_here(
        self, interaction: discord.Interaction, outcome: Status | None, reason: str | None
    ) -> None:
        """Close the ticket of the channel in which this was asked."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        async with answering(interaction):
            caller = self._staff.caller(interaction.user)
            channel = await self._channels.at(interaction.channel_id or 0)
            if caller is None:
                await tell(interaction, "Only staff can close a ticket.")
            elif channel is None:
                await tell(interaction, "This is not the channel of a ticket.")
            else:
                close = partial(
                    self._desk.close,
                    caller,
                    channel.ticket_id,
                    outcome,
                    reason,
                    event_id=event_id_from_discord(interaction.id),
                    origin=Origin(Place.DISCORD, channel.channel_id),
                )
                # What was said before it must not find the ticket closed.
                ticket = await self._inbox.in_turn(interaction.channel, close)
                await tell(interaction, f"Ticket {ticket.number} is closed as {ticket.status}.")
