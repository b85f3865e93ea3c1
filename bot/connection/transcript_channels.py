"""The channels for transcripts: only people who could see the tickets may read there."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import discord

from bot.connection.guild import GuildMap
from bot.connection.staff_channels import names_of
from config.faults import CHANNEL_CLOSED, CHANNEL_MISSING, TRANSCRIPTS_READ_BY_MORE, Fault
from tickets.model import SupportRole

TO_FILE: Final = discord.Permissions(
    view_channel=True, send_messages=True, embed_links=True, attach_files=True, read_message_history=True
)
"""What the bot needs in a channel for transcripts."""
SETTINGS: Final[Mapping[SupportRole, str]] = {
    SupportRole.GENERAL: "TRANSCRIPT_CHANNEL_ID",
    SupportRole.TECHNICAL: "TRANSCRIPT_CHANNEL_TECHNICAL_ID",
    SupportRole.MANAGER: "TRANSCRIPT_CHANNEL_MANAGER_ID",
    SupportRole.ADMIN: "TRANSCRIPT_CHANNEL_ADMIN_ID",
}
MOST_NAMED: Final = 5
"""Roles and members that a fault names."""


@dataclass(frozen=True, slots=True)
class FiledIn:
    """The channel for a transcript, and whether the transcript itself may be posted there."""

    channel_id: int
    shows: bool


def place_for(guild_map: GuildMap, guild: discord.Guild, support_role: SupportRole) -> FiledIn:
    """The channel for the transcript of a ticket with this support role: that role's channel, if nobody reads
    it who did not see the ticket. Else the channel of GENERAL, where only its existence is posted. It costs
    no request."""
    channel_id = guild_map.transcript_channels.get(support_role)
    if channel_id is None:
        return FiledIn(guild_map.transcript_channel_id, shows=False)
    fault = _fault(guild_map, guild, support_role, channel_id)
    if support_role is SupportRole.GENERAL:  # what the bot lacks there is put right, and the transcript waits
        return FiledIn(channel_id, shows=fault is None or fault.code == CHANNEL_CLOSED.code)
    return FiledIn(guild_map.transcript_channel_id if fault else channel_id, shows=fault is None)


def faults_of_transcript_channels(guild_map: GuildMap, guild: discord.Guild) -> Iterator[Fault]:
    """What keeps transcripts out of their channels. Other checks find what the bot lacks in that of
    GENERAL."""
    for support_role, channel_id in guild_map.transcript_channels.items():
        fault = _fault(guild_map, guild, support_role, channel_id)
        is_general = support_role is SupportRole.GENERAL
        if fault is not None and (not is_general or fault.code == TRANSCRIPTS_READ_BY_MORE.code):
            yield fault


def readers_beyond(there: discord.abc.GuildChannel, seers: Collection[int]) -> list[str]:
    """Who reads the channel apart from the bot, roles with these ids, and those who may see everything: the
    names of roles, and of members with an overwrite of their own."""
    guild = there.guild
    roles = [
        role.name
        for role in guild.roles
        if role.id not in seers
        and not role.permissions.administrator
        and not _is_of_a_bot(role)
        and there.permissions_for(role).view_channel
    ]
    if guild.default_role.name in roles:
        return [guild.default_role.name]  # and so does everybody else
    return [*roles, *_members_beyond(there, seers)]


def _is_of_a_bot(role: discord.Role) -> bool:
    """Whether Discord made the role for a bot, ours or another one. Nobody else can have such a role."""
    return role.is_bot_managed() or (role.managed and role in role.guild.me.roles)


def _members_beyond(there: discord.abc.GuildChannel, seers: Collection[int]) -> Iterator[str]:
    for target, overwrite in there.overwrites.items():
        is_role = isinstance(target, discord.Role) or getattr(target, "type", None) is discord.Role
        if is_role or not overwrite.view_channel or target.id == there.guild.me.id:
            continue
        member = there.guild.get_member(target.id)
        held = () if member is None else member.roles
        if not any(role.id in seers or role.permissions.administrator for role in held):
            yield str(target.id) if member is None else member.name


def _seers(guild_map: GuildMap, support_role: SupportRole) -> frozenset[int]:
    """The roles that see the tickets: the ticket's own, those above it, and those that people may let in by
    hand."""
    return guild_map.further_roles | {guild_map.roles[it] for it in support_role.and_above}


def _fault(
    guild_map: GuildMap, guild: discord.Guild, support_role: SupportRole, channel_id: int
) -> Fault | None:
    setting, there = SETTINGS[support_role], guild.get_channel(channel_id)
    if not isinstance(there, discord.TextChannel):
        return CHANNEL_MISSING.of(setting=setting, id=channel_id)
    if beyond := readers_beyond(there, _seers(guild_map, support_role)):
        who = ", ".join(beyond[:MOST_NAMED]) + (" …" if len(beyond) > MOST_NAMED else "")
        return TRANSCRIPTS_READ_BY_MORE.of(setting=setting, name=there.name, who=who)
    if lacking := names_of(TO_FILE & ~there.permissions_for(guild.me)):
        return CHANNEL_CLOSED.of(setting=setting, name=there.name, permissions=lacking)
    return None
