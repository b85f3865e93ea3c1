"""Panels: messages in channels of the guild from which members open tickets."""

from collections.abc import Sequence

import discord

from tickets.model import MessageId
from tickets.ports.channels import PANELS, Link, Places

_KEPT_AS = MessageId("panel")
"""The name of the links that record where panels are."""


class Panels:
    """The channels with panels. Requesters talk in threads of these channels."""

    def __init__(self, places: Places, needed: discord.Permissions | None = None) -> None:
        """``needed`` are the permissions that the bot needs in such a channel."""
        self._places = places
        self._needed = needed or discord.Permissions.none()

    def lacking(self, there: discord.TextChannel) -> list[str]:
        """The names of the permissions that the bot lacks to have a panel in a channel."""
        had = there.permissions_for(there.guild.me)
        names = [name for name, is_needed in self._needed if is_needed and not getattr(had, name)]
        return [name.replace("_", " ").title() for name in names]

    async def channels(self) -> list[int]:
        """The channels with panels, the newest first."""
        links = await self._places.links(PANELS, _KEPT_AS)
        return list(dict.fromkeys(it.channel_id for it in reversed(links)))

    async def put_up(self, channel_id: int, discord_id: int) -> None:
        """Record that this message is a panel."""
        links = await self._places.links(PANELS, _KEPT_AS)
        if any(it.discord_id == discord_id for it in links):
            return
        part = max((it.part for it in links), default=-1) + 1
        link = Link(
            ticket_id=PANELS,
            message_id=_KEPT_AS,
            part=part,
            parts=1,
            channel_id=channel_id,
            discord_id=discord_id,
        )
        await self._places.link(link)

    async def home_for(self, member: discord.Member, here: int | None) -> int | None:
        """The channel for the member's thread: this one if it has a panel, else the newest one with a panel
        that they can see."""
        return _first_seen([it for it in await self.channels() if it == here], member) or _first_seen(
            await self.channels(), member
        )


def _first_seen(channel_ids: Sequence[int], member: discord.Member) -> int | None:
    for channel_id in channel_ids:
        there = member.guild.get_channel(channel_id)
        if isinstance(there, discord.TextChannel) and there.permissions_for(member).view_channel:
            return channel_id
    return None
