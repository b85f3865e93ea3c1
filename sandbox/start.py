"""The world of a new sandbox: a guild that is set up as operators are told to do it."""

import base64
import secrets

import discord
from simcord.backend.models import Guild, Overwrite
from simcord.enums import ChannelType, OverwriteType

from sandbox.backend import Discord
from sandbox.world import Person, World

BOT_PERMISSIONS = discord.Permissions(
    view_channel=True,
    send_messages=True,
    manage_channels=True,
    manage_roles=True,
    manage_messages=True,
    pin_messages=True,
    manage_webhooks=True,
    embed_links=True,
    attach_files=True,
    read_message_history=True,
    add_reactions=True,
    mention_everyone=True,
    use_application_commands=True,
    send_messages_in_threads=True,
    create_private_threads=True,
    manage_threads=True,
    view_audit_log=True,
)
"""The permissions that a support desk needs, without Administrator."""

_CATEGORIES = {"general": "General tickets", "urgent": "Urgent tickets", "critical": "Critical tickets"}
_SENIOR = discord.Permissions(manage_channels=True, manage_messages=True).value
_ROLES = {
    "support_team": ("Support Team", 0),
    "developer": ("Developer", 0),
    "manager": ("Manager", _SENIOR),
    "admin": ("Admin", _SENIOR | discord.Permissions(manage_roles=True, manage_guild=True).value),
}
_REPEATS = discord.Permissions(manage_webhooks=True, manage_messages=True).value
_PEOPLE = {
    "alice": ["support_team"],
    "bob": ["support_team"],
    "dora": ["developer"],
    "mara": ["manager"],
    "ada": ["admin"],
    "otto": [],
    "parrot": ["admin"],
}
_BOTS = ("parrot",)
"""The people that are bots: other applications, which act as people do."""


def new_world() -> World:
    """A guild with its categories, roles, staff, an outsider, and the bot as its newest member."""
    backend = Discord()
    backend.edit_bot_profile("Guildesk")
    owner = backend.make_user("olive")
    guild = backend.create_guild("Support", owner_id=owner.id)
    guild.everyone_role.permissions |= discord.Permissions(create_private_threads=True).value
    roles = {key: _role(backend, guild, key) for key in _ROLES}
    bot_role = next(role for role in guild.roles.values() if role.managed)
    bot_role.permissions = BOT_PERMISSIONS.value
    for position, role_id in enumerate([bot_role.id, *roles.values()], start=1):
        guild.roles[role_id].position = position
    people = {"olive": Person(owner.id, new_token(owner.id), ())}
    for name, keys in _PEOPLE.items():
        user = backend.make_user(name, bot=name in _BOTS)
        held = tuple(roles[key] for key in keys)
        if name in _BOTS:
            held += (backend.create_role(guild.id, name, permissions=_REPEATS).id,)
        backend.add_member(guild.id, user.id, roles=held)
        people[name] = Person(user.id, new_token(user.id), held)
    public = backend.create_channel(guild.id, "lobby")
    transcripts = _private_channel(backend, guild, "transcripts", bot_role.id, list(roles.values()))
    ranks = list(roles)
    further = {
        key: _private_channel(
            backend, guild, f"transcripts-{key}", bot_role.id, [roles[it] for it in ranks[ranks.index(key) :]]
        )
        for key in ranks[1:]
    }
    categories = {
        key: backend.create_channel(guild.id, name, type=ChannelType.CATEGORY).id
        for key, name in _CATEGORIES.items()
    }
    return World(
        backend=backend,
        guild_id=guild.id,
        bot_token=new_token(backend.bot.id),
        bot_role_id=bot_role.id,
        categories=categories,
        roles=roles,
        transcript_channel_id=transcripts,
        transcript_channels=further,
        public_channel_id=public.id,
        people=people,
    )


def _role(backend: Discord, guild: Guild, key: str) -> int:
    name, permissions = _ROLES[key]
    return backend.create_role(guild.id, name, permissions=permissions, mentionable=False, hoist=True).id


def _private_channel(backend: Discord, guild: Guild, name: str, bot_role: int, readers: list[int]) -> int:
    read = discord.Permissions(view_channel=True, read_message_history=True).value
    post = read | discord.Permissions(send_messages=True, attach_files=True, embed_links=True).value
    hidden = Overwrite(guild.id, OverwriteType.ROLE, deny=discord.Permissions(view_channel=True).value)
    overwrites = [hidden, Overwrite(bot_role, OverwriteType.ROLE, allow=post)]
    overwrites += [Overwrite(role, OverwriteType.ROLE, allow=read) for role in readers]
    return backend.create_channel(guild.id, name, overwrites=overwrites).id


def new_token(user_id: int) -> str:
    """A token in Discord's form: the user's id, then what nobody can guess."""
    whose = base64.urlsafe_b64encode(str(user_id).encode()).decode().rstrip("=")
    return f"{whose}.{secrets.token_urlsafe(4)}.{secrets.token_urlsafe(28)}"
