"""Warnings about a guild: things that work, but may lead to trouble."""

from collections.abc import Iterator
from itertools import pairwise

import discord

from bot.connection.guild import ROLE_SETTINGS, GuildMap
from bot.connection.inspecting import CATEGORY_SETTINGS
from config.faults import BOT_IS_ADMINISTRATOR, CATEGORY_PUBLIC, ROLE_SEES_ALL, ROLES_OUT_OF_ORDER, Fault
from tickets.model import SupportRole


def warnings_of_guild(guild_map: GuildMap, guild: discord.Guild) -> list[Fault]:
    """The warnings. Looking for them costs no request."""
    return [
        *_of_order(guild_map, guild),
        *_of_power(guild_map, guild),
        *_of_privacy(guild_map, guild),
        *([BOT_IS_ADMINISTRATOR.of()] if guild.me.guild_permissions.administrator else []),
    ]


def _of_order(guild_map: GuildMap, guild: discord.Guild) -> Iterator[Fault]:
    """Roles in the wrong order: members with Manage Roles may give roles below their own highest one."""
    found = [(it, guild.get_role(guild_map.roles[it])) for it in SupportRole]
    there = [(support_role, role) for support_role, role in found if role is not None]
    for (support_role, role), (_, higher) in pairwise(there):
        if role > higher:
            yield ROLES_OUT_OF_ORDER.of(
                setting=ROLE_SETTINGS[support_role], name=role.name, higher=higher.name
            )


def _of_power(guild_map: GuildMap, guild: discord.Guild) -> Iterator[Fault]:
    for support_role in SupportRole:
        role = guild.get_role(guild_map.roles[support_role])
        if support_role is not SupportRole.ADMIN and role is not None and role.permissions.administrator:
            yield ROLE_SEES_ALL.of(setting=ROLE_SETTINGS[support_role], name=role.name)


def _of_privacy(guild_map: GuildMap, guild: discord.Guild) -> Iterator[Fault]:
    for level in guild_map.categories:
        category = guild_map.category(guild, level)
        if category is not None and category.permissions_for(guild.default_role).view_channel:
            yield CATEGORY_PUBLIC.of(setting=CATEGORY_SETTINGS[level], name=category.name)
