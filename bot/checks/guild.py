"""Checks in Discord, by a client that is connected.

A further check is a function here, or in a file of its own, and one line in ``guild_checks``."""

from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from functools import partial
from typing import Any, Final

import discord

from bot.checks.check import Check, Skipped
from bot.checks.trying_out import Try, in_category, in_panel, in_transcripts
from bot.connection.doubtful import warnings_of_guild
from bot.connection.guild import GuildMap
from bot.connection.inspecting import CATEGORY_SETTINGS, faults_of_guild, faults_of_panels
from config.faults import COMMANDS_REFUSED, GUILD_FULL, INTENT_MISSING, Fault
from tickets.model import IssueLevel

MOST_CHANNELS: Final = 500
"""The limit of a guild (Discord, "Guild Channel Limits"). Only this check counts: the bot waits for Discord's
refusal."""
Hosts = Callable[[], Coroutine[Any, Any, list[int]]]
"""Returns the ids of the channels that have a panel."""


def guild_checks(client: discord.Client, guild_map: GuildMap, hosts: Hosts) -> Sequence[Check]:
    """All checks of the guild."""
    trying = partial(_trying, client, guild_map)
    return (
        Check("intents", "the intent to read messages", partial(_intents, client)),
        Check(
            "guild", "the guild: categories, roles, channels, permissions", partial(_guild, client, guild_map)
        ),
        Check(
            "privacy",
            "roles and their order, the privacy of categories",
            partial(_privacy, client, guild_map),
        ),
        Check("commands", "the commands", partial(_commands, client, guild_map)),
        *(
            Check(
                f"channel_{level.lower()}",
                f"a channel in {CATEGORY_SETTINGS[level]}, with all that tickets need",
                partial(trying, partial(in_category, guild_map, level)),
            )
            for level in IssueLevel
        ),
        Check("transcript", "a transcript", partial(trying, partial(in_transcripts, guild_map))),
        Check("panels", "a thread below each panel", partial(_panels, client, guild_map, hosts)),
    )


def _guild_of(client: discord.Client, guild_map: GuildMap) -> discord.Guild:
    guild = client.get_guild(guild_map.guild_id)
    if guild is None or guild.unavailable:
        raise Skipped("the bot does not see the guild")
    return guild


async def _intents(client: discord.Client) -> AsyncIterator[Fault]:
    flags = (await client.application_info()).flags
    if not (flags.gateway_message_content or flags.gateway_message_content_limited):
        yield INTENT_MISSING.of()


async def _guild(client: discord.Client, guild_map: GuildMap) -> AsyncIterator[Fault]:
    for fault in faults_of_guild(guild_map, client):
        yield fault
    if len(_guild_of(client, guild_map).channels) >= MOST_CHANNELS:
        yield GUILD_FULL.of()


async def _privacy(client: discord.Client, guild_map: GuildMap) -> AsyncIterator[Fault]:
    for fault in warnings_of_guild(guild_map, _guild_of(client, guild_map)):
        yield fault


async def _commands(client: discord.Client, guild_map: GuildMap) -> AsyncIterator[Fault]:
    try:
        await client.http.get_guild_commands(client.application_id or 0, guild_map.guild_id)
    except discord.Forbidden:
        yield COMMANDS_REFUSED.of(guild=guild_map.guild_id)


async def _trying(client: discord.Client, guild_map: GuildMap, work: Try) -> AsyncIterator[Fault]:
    async for fault in work(_guild_of(client, guild_map)):
        yield fault


async def _panels(client: discord.Client, guild_map: GuildMap, hosts: Hosts) -> AsyncIterator[Fault]:
    guild, channels = _guild_of(client, guild_map), await hosts()
    there = [it for it in map(guild.get_channel, channels) if isinstance(it, discord.TextChannel)]
    if not there:
        raise Skipped("there is no panel")
    lacking = list(faults_of_panels(guild, channels))
    for fault in lacking:
        yield fault
    for channel in there if not lacking else ():
        async for fault in in_panel(channel):
            yield fault
