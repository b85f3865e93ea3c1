"""Who sees a ticket's channel: which permission overwrites it must have, and which ones are wrong. Pure."""

from collections.abc import Mapping

import discord

from bot.connection.guild import TO_SERVE, TO_WORK, GuildMap, Overwrites
from bot.showing.texts import plain
from texts.text import Text, Words
from tickets.model import Ticket, UserKey

TO_TAKE_PART = discord.Permissions(view_channel=True, send_messages=True, read_message_history=True)
"""The permissions that an overwrite must allow. Others may come from a role."""


def colleagues_of(ticket: Ticket) -> frozenset[int]:
    """The Discord ids of those who were added to the ticket, by its log."""
    return frozenset(int(it.id) for it in ticket.colleagues if it.issuer == UserKey.DISCORD)


def overwrites_for(guild_map: GuildMap, there: discord.TextChannel, ticket: Ticket) -> Overwrites:
    """The right overwrites for the ticket's channel. Differences that are allowed are kept."""
    ours = guild_map.overwrites(there.guild, ticket.support_role, colleagues_of(ticket))
    known = {target.id for target in ours}
    mine = there.guild.me.guild_permissions
    for target, overwrite in there.overwrites.items():
        allow, deny = overwrite.pair()
        if target.id not in known and (_may_be_let_in(guild_map, there.guild, target.id) or not allow.value):
            # An overwrite may only have permissions that the bot itself has.
            ours[target] = discord.PermissionOverwrite.from_pair(allow & mine, deny & mine)
    return ours


def wrong_with(
    guild_map: GuildMap, there: discord.TextChannel, ticket: Ticket, *, role_changes: bool = False
) -> Mapping[int, Words]:
    """Descriptions of wrong overwrites, by the id of each role or member. With ``role_changes``, support
    role or colleagues may have just changed, and the channel may not have followed yet."""
    guild = there.guild
    ours = {it.id for it in guild_map.overwrites(guild, ticket.support_role, colleagues_of(ticket))}
    supporting = set(guild_map.roles.values())
    wrong: dict[int, Words] = {}
    there_now = {target.id: (target, overwrite) for target, overwrite in there.overwrites.items()}
    for target_id in {*ours, *there_now} - {guild.me.id}:
        target, overwrite = there_now.get(target_id, (None, discord.PermissionOverwrite()))
        allow, deny = overwrite.pair()
        name = _name(guild, target_id, target)
        if target_id == guild.id:
            if overwrite.view_channel is not False:
                wrong[target_id] = Text("everybody-was-let-in")
        elif role_changes and (target_id in supporting or guild.get_role(target_id) is None):
            continue
        elif target_id in ours:
            if TO_TAKE_PART.value & ~allow.value or TO_WORK.value & deny.value:
                wrong[target_id] = Text("was-shut-out", who=name)
        elif allow.value and not _may_be_let_in(guild_map, guild, target_id):
            wrong[target_id] = Text("was-let-in", who=name)
    if needed_by_bot(there):
        wrong[guild.me.id] = Text("bot-was-shut-out")
    return wrong


def needed_by_bot(there: discord.TextChannel) -> discord.Permissions:
    """The permissions that the bot needs in the channel and has in the guild, but lacks in the channel."""
    me = there.guild.me
    return TO_SERVE & me.guild_permissions & ~there.permissions_for(me)


def can_be_put_right(there: discord.TextChannel) -> bool:
    """Whether the bot may change the overwrites, as far as it knows. It does not just try: Discord bans bots
    that are refused often."""
    mine = there.permissions_for(there.guild.me)
    return mine.view_channel and mine.manage_roles


def _may_be_let_in(guild_map: GuildMap, guild: discord.Guild, target_id: int) -> bool:
    """Whether this role or member may have any permissions: roles that the operator names, and the bot's
    own."""
    own = guild.self_role
    is_further = target_id in guild_map.further_roles and guild.get_role(target_id) is not None
    return is_further or (own is not None and target_id == own.id)


def _name(guild: discord.Guild, target_id: int, target: object) -> Words:
    """The name, or a mention if no name is known. It pings nobody."""
    if (role := guild.get_role(target_id)) is not None:
        return Text("the-role", role=plain(role.name))
    if isinstance(target, discord.Role):
        return Text("role-with-id", id=str(target_id))
    return f"<@{target_id}>"
