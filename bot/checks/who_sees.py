"""Which roles of the guild would see which places of the desk."""

from collections.abc import Iterable, Mapping

import discord

from bot.checks.check import Sight
from bot.connection.guild import GuildMap, Overwrites
from tickets.model import SupportRole

EVERYONE = "@everyone"


def who_sees(guild_map: GuildMap, guild: discord.Guild, hosts: Iterable[int]) -> list[Sight]:
    """The channel of a ticket for each support role, then the categories, then the channels of the desk."""
    sights = [
        _sight(f"tickets of {it}", guild_map, guild, guild_map.overwrites(guild, it)) for it in SupportRole
    ]
    named = {
        **{f"category {level}": id_ for level, id_ in guild_map.categories.items()},
        **{f"transcripts {it}": id_ for it, id_ in guild_map.transcript_channels.items()},
        "board": guild_map.board_channel_id,
        "log": guild_map.log_channel_id,
        **{f"panel {number}": id_ for number, id_ in enumerate(hosts, start=1)},
    }
    for place, id_ in named.items():
        there = guild.get_channel(id_ or 0)
        if there is not None:
            sights.append(_sight(f"{place} (#{there.name})", guild_map, guild, there.overwrites))
    return sights


def _sight(
    place: str,
    guild_map: GuildMap,
    guild: discord.Guild,
    overwrites: Overwrites,
) -> Sight:
    by_target = {target.id: it for target, it in overwrites.items()}
    sees = {EVERYONE: _sees(guild.default_role, guild, by_target)}
    sees |= {
        str(support_role): (role := guild.get_role(id_)) is not None and _sees(role, guild, by_target)
        for support_role, id_ in guild_map.roles.items()
    }
    ours = {guild.default_role.id, *guild_map.roles.values(), *(it.id for it in guild.me.roles)}
    others = (
        ()
        if sees[EVERYONE]
        else tuple(
            it.name for it in reversed(guild.roles) if it.id not in ours and _sees(it, guild, by_target)
        )
    )
    return Sight(place, sees, others)


def _sees(
    role: discord.Role, guild: discord.Guild, by_target: Mapping[int, discord.PermissionOverwrite]
) -> bool:
    """Whether a member with this role alone sees it (Discord, "Permission Overwrites")."""
    everyone = guild.default_role
    if role.permissions.administrator or everyone.permissions.administrator:
        return True
    sees = role.permissions.view_channel or everyone.permissions.view_channel
    for target in dict.fromkeys((everyone.id, role.id)):
        if target in by_target and (said := by_target[target].view_channel) is not None:
            sees = said
    return sees
