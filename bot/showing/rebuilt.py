"""Rebuilt channels, which replace a lost one and show what happened before."""

import discord

from tickets.model import MessageId, Millis, TicketId
from tickets.ports.channels import Channel, Link, Places

_REBUILT = MessageId("rebuilt")
"""The link with this id names the rebuilt channels of a ticket."""


async def note_rebuilt(places: Places, channel: Channel) -> None:
    """Record that the channel is not the ticket's first one."""
    here = channel.channel_id
    link = Link(ticket_id=channel.ticket_id, message_id=_REBUILT, channel_id=here, discord_id=here)
    await places.link(link)


async def time_there(places: Places, channel: Channel, at: Millis, form: str = "{}") -> str:
    """The time of an event in Discord's format, if the channel was rebuilt since; otherwise empty."""
    if at >= int(discord.utils.snowflake_time(channel.channel_id).timestamp() * 1000):
        return ""
    links = await places.links(channel.ticket_id, _REBUILT)
    is_rebuilt = any(it.channel_id == channel.channel_id for it in links)
    return form.format(f"<t:{at // 1000}:f>") if is_rebuilt else ""


async def note_removed(places: Places, channel: Channel, seq: int) -> None:
    """Record which channel was removed at this seq of the ticket's log."""
    here = channel.channel_id
    link = Link(ticket_id=channel.ticket_id, message_id=_removed(seq), channel_id=here, discord_id=here)
    await places.link(link)


async def removed_at(places: Places, ticket_id: TicketId, seq: int) -> int | None:
    """The id of the channel that was removed at this seq."""
    links = await places.links(ticket_id, _removed(seq))
    return links[0].channel_id if links else None


def _removed(seq: int) -> MessageId:
    return MessageId(f"removed:{seq}")
