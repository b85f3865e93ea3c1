"""The guild as the settings describe it: what each category, role and channel is for."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import discord

from tickets.model import IssueLevel, SupportRole
from tickets.ports.sinks import Away

Overwrites = dict[discord.Role | discord.Member | discord.Object, discord.PermissionOverwrite]
_TO_TALK = discord.Permissions(
    view_channel=True,
    send_messages=True,
    embed_links=True,
    attach_files=True,
    read_message_history=True,
    add_reactions=True,
)
"""What anybody needs who writes in a channel."""
TO_SERVE = _TO_TALK | discord.Permissions(
    manage_channels=True,
    manage_messages=True,
    manage_webhooks=True,
    pin_messages=True,
    send_messages_in_threads=True,
    manage_threads=True,
)
"""What the bot needs in the channel of a ticket, and therefore grants itself there."""

TO_BE_COMPLETE = TO_SERVE | discord.Permissions(
    manage_roles=True, mention_everyone=True, use_application_commands=True
)
"""What the bot needs in the guild. Overwrites need Manage Roles, and pinging a role needs Mention Everyone.
The bot must also have all that it grants to staff in a channel."""
TO_HOST = _TO_TALK | discord.Permissions(
    manage_webhooks=True,
    create_private_threads=True,
    manage_threads=True,
    send_messages_in_threads=True,
)
"""What the bot needs in a channel with a panel, in whose threads requesters talk."""
TO_BE_INVITED = TO_BE_COMPLETE | TO_HOST | discord.Permissions(view_audit_log=True)
"""What the invite link asks for. Without the audit log, the bot cannot say who changed something. It needs to
make threads only in channels with a panel."""

TO_WORK = _TO_TALK | discord.Permissions(
    use_application_commands=True,
)
"""What staff is granted in the channel of a ticket, as far as the bot has it itself."""


@dataclass(frozen=True, slots=True)
class GuildMap:
    """Discord ids, from the settings."""

    guild_id: int
    categories: Mapping[IssueLevel, int]
    roles: Mapping[SupportRole, int]
    transcript_channel_id: int
    further_roles: frozenset[int] = frozenset()
    """Roles that people may let into the channels of tickets by hand."""
    board_channel_id: int | None = None
    log_channel_id: int | None = None
    further_transcript_channels: Mapping[SupportRole, int] = field(default_factory=dict)
    """Of support roles above GENERAL, where they are set."""

    @property
    def transcript_channels(self) -> Mapping[SupportRole, int]:
        """The channel for the transcripts of each support role that has one."""
        return {SupportRole.GENERAL: self.transcript_channel_id, **self.further_transcript_channels}

    def guild(self, client: discord.Client) -> discord.Guild:
        """The guild, or Away while the bot is not connected to it."""
        guild = client.get_guild(self.guild_id)
        if guild is None or guild.unavailable or not client.is_ready():
            raise Away("not connected to the guild", 1.0)
        return guild

    def category(self, guild: discord.Guild, level: IssueLevel) -> discord.CategoryChannel | None:
        category = guild.get_channel(self.categories[level])
        return category if isinstance(category, discord.CategoryChannel) else None

    def beside(self, guild: discord.Guild, base: discord.CategoryChannel) -> list[discord.CategoryChannel]:
        """The categories made because this one was full. They have its name, or its level's, and a number."""
        names = "|".join(re.escape(it) for it in (base.name, *self._neutral_names(base)))
        name = re.compile(rf"(?:{names}) (\d+)")
        numbered = [(match, it) for it in guild.categories if (match := name.fullmatch(it.name))]
        return [it for _, it in sorted(numbered, key=lambda pair: int(pair[0][1]))]

    def names_beside(self, guild: discord.Guild, base: discord.CategoryChannel) -> list[str]:
        """Names for a further category: the wanted name first, then more neutral ones, in case Discord
        refuses it."""
        number = len(self.beside(guild, base)) + 2
        names = (base.name, *self._neutral_names(base))
        return [f"{name} {it}" for it in (number, number + 1) for name in names]

    def _neutral_names(self, base: discord.CategoryChannel) -> list[str]:
        return [str(level) for level, category_id in self.categories.items() if category_id == base.id]

    def level_of(self, guild: discord.Guild, category_id: int | None) -> IssueLevel | None:
        """The level of this category, or of the full category beside which it was made. The first one, if
        several levels share it."""
        return next((it for it in self.categories if self.is_for(guild, category_id, it)), None)

    def is_for(self, guild: discord.Guild, category_id: int | None, level: IssueLevel) -> bool:
        """Whether channels of this level may be in this category."""
        base = self.category(guild, level)
        return base is not None and category_id in (base.id, *(it.id for it in self.beside(guild, base)))

    def overwrites(
        self, guild: discord.Guild, asked_for: SupportRole, colleagues: Iterable[int] = ()
    ) -> Overwrites:
        """Private to the bot, the support role that is asked for, every role above it, and colleagues by
        their ids.

        An overwrite may contain only what the bot itself has, so what the bot lacks is left out."""
        mine = guild.me.guild_permissions
        overwrites: Overwrites = {
            guild.default_role: discord.PermissionOverwrite(view_channel=False),
            guild.me: _allow(TO_SERVE & mine),
        }
        for support_role in asked_for.and_above:
            if role := guild.get_role(self.roles[support_role]):
                overwrites[role] = _allow(TO_WORK & mine)
        for colleague in colleagues:
            overwrites[discord.Object(colleague, type=discord.Member)] = _allow(TO_WORK & mine)
        return overwrites


ROLE_SETTINGS: Mapping[SupportRole, str] = {
    SupportRole.GENERAL: "SUPPORT_TEAM_ROLE_ID",
    SupportRole.TECHNICAL: "DEVELOPER_ROLE_ID",
    SupportRole.MANAGER: "MANAGER_ROLE_ID",
    SupportRole.ADMIN: "ADMIN_ROLE_ID",
}


def _allow(permissions: discord.Permissions) -> discord.PermissionOverwrite:
    return discord.PermissionOverwrite.from_pair(permissions, discord.Permissions.none())
