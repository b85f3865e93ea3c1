"""Where a command was given: in which ticket's channel, and by whom of staff."""

import discord

from cogs.replies import tell
from cogs.staff import Staff
from tickets.events import Origin, Place
from tickets.model import Caller
from tickets.ports.channels import Channel, Channels


async def staff_here(
    interaction: discord.Interaction, staff: Staff, channels: Channels
) -> tuple[Caller, Channel] | None:
    """Who asks, and the ticket's channel; None, once the person has been told why not."""
    caller = staff.caller(interaction.user)
    channel = await channels.at(interaction.channel_id or 0)
    if caller is None:
        await tell(interaction, "Only staff can do this.")
    elif channel is None:
        await tell(interaction, "This is not the channel of a ticket.")
    else:
        return caller, channel
    return None


def origin_of(channel: Channel) -> Origin:
    return Origin(Place.DISCORD, channel.channel_id)
