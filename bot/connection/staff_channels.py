"""The channels of staff that belong to no ticket: for the board and for the log."""

from collections.abc import Iterator

import discord

from bot.connection.guild import GuildMap
from config.faults import CHANNEL_CLOSED, CHANNEL_MISSING, CHANNEL_PUBLIC, Fault

BOARD_SETTING = "BOARD_CHANNEL_ID"
LOG_SETTING = "LOG_CHANNEL_ID"
TO_POST = discord.Permissions(view_channel=True, send_messages=True, read_message_history=True)
"""What the bot needs there."""


def staff_channel(guild: discord.Guild, setting: str, channel_id: int) -> discord.TextChannel | Fault:
    """The channel that the setting names, or the fault because of which nothing is posted. It costs no
    request."""
    there = guild.get_channel(channel_id)
    if not isinstance(there, discord.TextChannel):
        return CHANNEL_MISSING.of(setting=setting, id=channel_id)
    if there.permissions_for(guild.default_role).view_channel:
        return CHANNEL_PUBLIC.of(setting=setting, name=there.name)
    if lacking := names_of(TO_POST & ~there.permissions_for(guild.me)):
        return CHANNEL_CLOSED.of(setting=setting, name=there.name, permissions=lacking)
    return there


def faults_of_staff_channels(guild_map: GuildMap, guild: discord.Guild) -> Iterator[Fault]:
    """What keeps the bot from posting in them."""
    for setting, channel_id in (
        (BOARD_SETTING, guild_map.board_channel_id),
        (LOG_SETTING, guild_map.log_channel_id),
    ):
        if channel_id is not None:
            found = staff_channel(guild, setting, channel_id)
            if isinstance(found, Fault):
                yield found


def names_of(permissions: discord.Permissions) -> str:
    return ", ".join(name for name, is_set in permissions if is_set)
