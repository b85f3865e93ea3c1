"""Makes what a guild lacks. If an answer is lost, it looks whether the request succeeded before it sends it
again."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import discord

from bot.connection.faults import SETTLING, Refused, Unsure, discord_faults
from bot.connection.guild import ROLE_SETTINGS, TO_HOST, TO_SERVE, Overwrites
from bot.connection.transcript_channels import TO_FILE
from bot.setting_up.wanted import Found, Kind, Wanted
from tickets.model import SupportRole

TRIES: Final = 3
REASON: Final = "guildesk setup"
"""The reason that the audit log of the guild shows."""
_READ = discord.Permissions(view_channel=True, read_message_history=True)
_HIDDEN = discord.Permissions(view_channel=True)
_ASK = discord.Permissions(view_channel=True, read_message_history=True, send_messages_in_threads=True)
_TALK_HERE = discord.Permissions(send_messages=True, create_public_threads=True)


async def look(client: discord.Client, guild_id: int) -> Found:
    """The guild as it is now. Raises what ``discord_faults`` raises."""
    with discord_faults("looking at the guild"):
        guild = await client.fetch_guild(guild_id, with_counts=False)
        me = await guild.fetch_member(client.user.id if client.user else 0)
        return Found(guild, me, await guild.fetch_channels())


class Making:
    """Makes roles, categories and channels, private as they have to be."""

    def __init__(self, client: discord.Client, seen: Found, roles: Mapping[str, int], home: str) -> None:
        """``roles`` are the ids of the support roles by their settings, those that are made are added;
        ``home`` is the name of the category for the channels of staff."""
        self._client = client
        self._seen = seen
        self._roles = dict(roles)
        self._home = home
        self._new: dict[int, discord.Role] = {}

    async def make(self, it: Wanted) -> int:
        """Make it, and return its id. Raises what ``discord_faults`` raises."""
        match it.kind:
            case Kind.ROLE:
                made = await self._once(it, lambda: self._role(it.name), self._made_all_the_same)
                self._roles[it.setting] = made
                return made
            case Kind.CATEGORY:
                await self._know_roles()
                admin = self._roles[ROLE_SETTINGS[SupportRole.ADMIN]]
                overwrites = self._private(TO_SERVE, admin)
                return await self._once(
                    it, lambda: self._category(it.name, overwrites), self._made_all_the_same
                )
            case Kind.CHANNEL:
                await self._know_roles()
                home = None if it.is_public else await self._home_of_staff()
                return await self._once(it, lambda: self._channel(it, home), self._made_all_the_same)

    async def name(self, role_id: int, it: Wanted) -> None:
        """Rename a role that was made under another name. Raises what ``discord_faults`` raises."""
        if role_id not in self._new:
            await self._know_roles()
        role = self._new.get(role_id) or self._seen.guild.get_role(role_id)
        if role is None:
            raise Refused(f"the role {it.name} was deleted meanwhile", 0)

        async def rename() -> int:
            await role.edit(name=it.name, reason=REASON)
            return role_id

        await self._once(it, rename, _nothing_to_look_into)

    async def _know_roles(self) -> None:
        """Make sure that discord.py knows the roles. It takes the overwrite of an unknown role for a
        member's."""
        if any(self._seen.guild.get_role(it) is None for it in self._roles.values()):
            self._seen = await look(self._client, self._seen.guild.id)

    async def put_in_order(self) -> bool:
        """The higher support role stands higher in the guild's list; False if the bot may not see to that."""
        guild = (await look(self._client, self._seen.guild.id)).guild
        found = [guild.get_role(self._roles[ROLE_SETTINGS[it]]) for it in SupportRole]
        roles = [it for it in found if it is not None]
        if roles == sorted(roles):
            return True
        places = sorted(it.position for it in roles)
        if len({*places}) < len(places):
            places = [*range(1, len(roles) + 1)]
        order: Mapping[discord.abc.Snowflake, int] = dict(zip(roles, places, strict=True))
        try:
            with discord_faults("putting the roles in order"):
                await guild.edit_role_positions(order, reason=REASON)
        except Exception:  # the doctor names it
            return False
        return True

    async def _once(
        self,
        it: Wanted,
        make: Callable[[], Awaitable[int]],
        made: Callable[[Wanted], Awaitable[int | None]],
    ) -> int:
        """Make it. If the answer is lost, ``made`` finds out whether it was made anyway."""
        for left in reversed(range(TRIES)):
            try:
                with discord_faults(f"making the {it.kind} {it.name}"):
                    return await make()
            except Unsure:
                if not left:
                    raise
                await asyncio.sleep(SETTLING)
                if (found := await made(it)) is not None:
                    return found
        raise AssertionError

    async def _made_all_the_same(self, it: Wanted) -> int | None:
        """Something of this name that was not there before, which the request has made after all."""
        now, before = await look(self._client, self._seen.guild.id), self._seen.of_kind(it.kind)
        new = [one for one in now.of_kind(it.kind).values() if one.id not in before and one.name == it.name]
        return new[0].id if new else None

    async def _role(self, name: str) -> int:
        made = await self._seen.guild.create_role(
            name=name, permissions=discord.Permissions.none(), hoist=True, mentionable=False, reason=REASON
        )
        self._new[made.id] = made
        return made.id

    async def _category(self, name: str, overwrites: Overwrites) -> int:
        made = await self._seen.guild.create_category(name, overwrites=overwrites, reason=REASON)
        return made.id

    async def _channel(self, it: Wanted, home: int | None) -> int:
        overwrites = self._for_members() if it.is_public else self._for_staff(it.seen_from)
        parent: Any = None if home is None else discord.Object(home)  # its id is all that is needed
        made = await self._seen.guild.create_text_channel(
            it.name, overwrites=overwrites, category=parent, reason=REASON
        )
        return made.id

    async def _home_of_staff(self) -> int:
        """The category for the channels of staff, made unless it is there."""
        it = Wanted("", Kind.CATEGORY, self._home)
        seen = await look(self._client, self._seen.guild.id)
        for there in seen.of_kind(Kind.CATEGORY).values():
            if there.name == it.name:
                return there.id
        return await self._once(
            it, lambda: self._category(it.name, self._for_staff()), self._made_all_the_same
        )

    def _for_staff(self, seen_from: SupportRole = SupportRole.GENERAL) -> Overwrites:
        """Private: the bot posts, and staff from this support role upwards reads."""
        return self._private(TO_FILE, *(self._roles[ROLE_SETTINGS[it]] for it in seen_from.and_above))

    def _private(self, for_me: discord.Permissions, *roles: int) -> Overwrites:
        mine, guild = self._seen.me.guild_permissions, self._seen.guild
        overwrites: Overwrites = {
            guild.default_role: discord.PermissionOverwrite.from_pair(
                discord.Permissions.none(), (_HIDDEN | _TALK_HERE) & mine
            ),
            self._seen.me: _allowed(for_me & mine),
        }
        for role in map(guild.get_role, roles):
            if role is not None:
                overwrites[role] = _allowed(_READ & mine)
        return overwrites

    def _for_members(self) -> Overwrites:
        """Everybody reads, and can write only in threads."""
        mine, guild = self._seen.me.guild_permissions, self._seen.guild
        return {
            guild.default_role: discord.PermissionOverwrite.from_pair(_ASK & mine, _TALK_HERE & mine),
            self._seen.me: _allowed(TO_HOST & mine),
        }


async def _nothing_to_look_into(it: Wanted) -> None:
    """Rename without looking first: a role that has the name already may get it again."""


def _allowed(permissions: discord.Permissions) -> discord.PermissionOverwrite:
    return discord.PermissionOverwrite.from_pair(permissions, discord.Permissions.none())
