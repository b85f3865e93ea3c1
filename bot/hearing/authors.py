"""Authors with their roles. Discord's history has no roles, so each member is asked for once in a while."""

import asyncio
import time
from collections.abc import Callable
from weakref import WeakValueDictionary

import discord

from bot.connection.answers import NoAnswer
from bot.hearing.heard import Recent

KEPT_FOR = 60.0
"""Seconds for which the roles of an author of older messages are cached. New messages come with their
author's roles."""


class Authors:
    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._known = Recent[tuple[float, discord.Member | None]]()
        self._turns: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    async def of(self, message: discord.Message) -> discord.User | discord.Member:
        """The author as a member, or as a user without roles if they have left. Raises NoAnswer while the
        guild is unknown: the history can be read before a session has reported the guild and its roles."""
        author, guild = message.author, message.guild
        if author.bot:
            return author
        if guild is None or guild.get_role(guild.id) is None:
            raise NoAnswer("Discord has not reported the guild yet")
        return author if isinstance(author, discord.Member) else await self.member(guild, author.id) or author

    async def member(self, guild: discord.Guild, user_id: int) -> discord.Member | None:
        """The member, or None if there is none."""
        async with self._turns.setdefault(user_id, asyncio.Lock()):
            known = self._known.get(user_id)
            if known is None or self._now() - known[0] >= KEPT_FOR:
                known = self._now(), await _asked(guild, user_id)
                self._known.put(user_id, known)
        return known[1]


async def _asked(guild: discord.Guild, user_id: int) -> discord.Member | None:
    try:
        return await guild.fetch_member(user_id)
    except discord.NotFound:
        return None
