"""Checks whether the guild is as the settings say."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import discord

from bot.connection.guild import ROLE_SETTINGS, TO_BE_COMPLETE, TO_HOST, GuildMap
from bot.connection.staff_channels import faults_of_staff_channels, names_of
from bot.connection.transcript_channels import TO_FILE, faults_of_transcript_channels
from config.faults import (
    CATEGORY_CLOSED,
    CATEGORY_ELSEWHERE,
    CATEGORY_MISSING,
    GUILD_MISSING,
    NOT_A_CATEGORY,
    NOT_A_TEXT_CHANNEL,
    PANEL_CLOSED,
    PERMISSIONS_MISSING,
    ROLE_ELSEWHERE,
    ROLE_IS_EVERYONE,
    ROLE_IS_FREE,
    ROLE_IS_MANAGED,
    ROLE_MISSING,
    ROLES_EQUAL,
    TRANSCRIPTS_CLOSED,
    TRANSCRIPTS_ELSEWHERE,
    TRANSCRIPTS_MISSING,
    TRANSCRIPTS_PUBLIC,
    Fault,
)
from tickets.model import IssueLevel, SupportRole
from tickets.ports.lease import NotLeader

TO_MAKE = discord.Permissions(view_channel=True, manage_channels=True)
"""What the bot needs in a category to make channels there."""
CATEGORY_SETTINGS: Mapping[IssueLevel, str] = {
    IssueLevel.NORMAL: "GENERAL_TICKET_CATEGORY_ID",
    IssueLevel.URGENT: "URGENT_TICKET_CATEGORY_ID",
    IssueLevel.CRITICAL: "CRITICAL_TICKET_CATEGORY_ID",
}


class MustNotLead(NotLeader):
    """Strangers would be staff, or could read what is for staff. In such a guild no process may lead."""

    def __init__(self, found: Sequence[Fault]) -> None:
        super().__init__("; ".join(fault.what for fault in found))
        self.faults = tuple(found)


async def dangers_before(guild_map: GuildMap, client: discord.Client) -> list[Fault]:
    """The dangers, found by a client that has logged in but is not connected yet. Raises HTTPException."""
    guild = await client.fetch_guild(guild_map.guild_id, with_counts=False)
    try:
        transcripts = await client.fetch_channel(guild_map.transcript_channel_id)
    except (discord.NotFound, discord.Forbidden, discord.InvalidData):
        return list(dangers(guild_map, guild, None))
    if not isinstance(transcripts, discord.abc.GuildChannel):
        return list(dangers(guild_map, guild, None))
    if transcripts.guild == guild:
        transcripts.guild = guild  # the one that knows its roles
    return list(dangers(guild_map, guild, transcripts))


def faults_of_guild(guild_map: GuildMap, client: discord.Client) -> list[Fault]:
    """What is not as the settings say, as far as the connected bot can see."""
    guild = client.get_guild(guild_map.guild_id)
    if guild is None:
        return [GUILD_MISSING.of(guild=guild_map.guild_id)]
    if guild.unavailable:
        return []
    there = client.get_channel(guild_map.transcript_channel_id)
    transcripts = there if isinstance(there, discord.abc.GuildChannel) else None
    return [
        *dangers(guild_map, guild, transcripts),
        *_of_categories(guild_map, guild, client),
        *_of_roles(guild_map, guild, client),
        *_of_transcripts(guild_map, guild, transcripts),
        *faults_of_transcript_channels(guild_map, guild),
        *faults_of_staff_channels(guild_map, guild),
        *_of_permissions(guild),
    ]


def faults_of_panels(guild: discord.Guild, channel_ids: Iterable[int]) -> Iterator[Fault]:
    """The permissions that the bot lacks in these channels, which have panels. Deleted channels need
    nothing."""
    for channel_id in channel_ids:
        there = guild.get_channel(channel_id)
        missing = lacking(TO_HOST, there.permissions_for(guild.me)) if there is not None else ""
        if there is not None and missing:
            yield PANEL_CLOSED.of(name=there.name, permissions=missing)


def dangers(
    guild_map: GuildMap, guild: discord.Guild, transcripts: discord.abc.GuildChannel | None
) -> Iterator[Fault]:
    """The faults by which strangers would be staff, or could read transcripts."""
    for support_role, role_id in guild_map.roles.items():
        setting, role = ROLE_SETTINGS[support_role], guild.get_role(role_id)
        if role_id == guild.id:
            yield ROLE_IS_EVERYONE.of(setting=setting, id=role_id)
        elif role is not None and role.managed:
            yield ROLE_IS_MANAGED.of(setting=setting, name=role.name)
        elif role is not None and role.flags.in_prompt:
            yield ROLE_IS_FREE.of(setting=setting, name=role.name)
    if transcripts is None:
        return
    if transcripts.guild != guild:
        name = transcripts.guild.name or transcripts.guild.id
        yield TRANSCRIPTS_ELSEWHERE.of(id=transcripts.id, guild=name)
    elif isinstance(transcripts, discord.abc.Messageable) and _is_public(transcripts, guild):
        yield TRANSCRIPTS_PUBLIC.of(name=transcripts.name)


def _is_public(there: discord.abc.GuildChannel, guild: discord.Guild) -> bool:
    return there.permissions_for(guild.default_role).view_channel


def _of_categories(guild_map: GuildMap, guild: discord.Guild, client: discord.Client) -> Iterator[Fault]:
    for level, category_id in guild_map.categories.items():
        setting, there = CATEGORY_SETTINGS[level], client.get_channel(category_id)
        if isinstance(there, discord.abc.GuildChannel) and there.guild != guild:
            yield CATEGORY_ELSEWHERE.of(setting=setting, id=category_id, guild=there.guild.name)
        elif (found := guild.get_channel(category_id)) is None:
            yield CATEGORY_MISSING.of(setting=setting, id=category_id)
        elif not isinstance(found, discord.CategoryChannel):
            yield NOT_A_CATEGORY.of(setting=setting, id=category_id, name=found.name)
        elif missing := lacking(TO_MAKE, found.permissions_for(guild.me)):
            yield CATEGORY_CLOSED.of(setting=setting, name=found.name, permissions=missing)


def _of_roles(guild_map: GuildMap, guild: discord.Guild, client: discord.Client) -> Iterator[Fault]:
    named: dict[int, SupportRole] = {}
    for support_role in reversed(SupportRole):
        setting, role_id = ROLE_SETTINGS[support_role], guild_map.roles[support_role]
        if role_id in named:
            higher = named[role_id]
            yield ROLES_EQUAL.of(setting=setting, other=ROLE_SETTINGS[higher], rank=higher)
            continue
        named[role_id] = support_role
        yield from _of_role(setting, role_id, guild, client)
    for role_id in sorted(guild_map.further_roles):
        yield from _of_role("FURTHER_ROLE_IDS", role_id, guild, client)


def _of_role(setting: str, role_id: int, guild: discord.Guild, client: discord.Client) -> Iterator[Fault]:
    """Check that the role exists. If the setting held the id of a member, that member would be let in
    everywhere."""
    if guild.get_role(role_id) is not None:
        return
    elsewhere = next((it for it in client.guilds if it.get_role(role_id)), None)
    yield (
        ROLE_ELSEWHERE.of(setting=setting, id=role_id, guild=elsewhere.name)
        if elsewhere
        else ROLE_MISSING.of(setting=setting, id=role_id)
    )


def _of_transcripts(
    guild_map: GuildMap, guild: discord.Guild, there: discord.abc.GuildChannel | None
) -> Iterator[Fault]:
    if there is None:
        yield TRANSCRIPTS_MISSING.of(id=guild_map.transcript_channel_id)
    elif there.guild == guild and not isinstance(there, discord.TextChannel):
        yield NOT_A_TEXT_CHANNEL.of(name=there.name)
    elif there.guild == guild and (missing := lacking(TO_FILE, there.permissions_for(guild.me))):
        yield TRANSCRIPTS_CLOSED.of(name=there.name, permissions=missing)


def _of_permissions(guild: discord.Guild) -> Iterator[Fault]:
    if missing := lacking(TO_BE_COMPLETE, guild.me.guild_permissions):
        yield PERMISSIONS_MISSING.of(permissions=missing)


def lacking(wanted: discord.Permissions, had: discord.Permissions) -> str:
    """The names of the permissions that are wanted and missing."""
    return names_of(wanted & ~had)
