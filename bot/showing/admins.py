"""Tells admins what they must know where they read it: in the transcript channel, at most once an hour, and
in ``/readyz`` for as long as it lasts."""

import logging
import time

import discord

from bot.connection.guild import GuildMap
from tickets.model import SupportRole

log = logging.getLogger(__name__)

PAUSE = 3600.0
"""Seconds before the same thing is told again."""


class Admins:
    """Tells the admins if it can. A notice that fails is in the log."""

    def __init__(self, client: discord.Client, guild_map: GuildMap) -> None:
        self._client = client
        self._map = guild_map
        self._told_at: dict[str, float] = {}
        self._lasting: dict[str, str] = {}

    @property
    def lasting(self) -> list[str]:
        """What was told and still is so."""
        return [*self._lasting.values()]

    def is_over(self, what: str) -> None:
        """It is put right."""
        self._lasting.pop(what, None)

    async def tell(self, text: str, *, lasting: str | None = None) -> None:
        """Log the text and post it, pinging the admin role, unless the same was told lately.

        It is so until ``lasting``, a name for it, is over."""
        if lasting is not None:
            self._lasting[lasting] = text
        log.error("%s", text)
        now = time.monotonic()
        if now - self._told_at.get(text, -PAUSE) < PAUSE:
            return
        self._told_at = {known: at for known, at in self._told_at.items() if now - at < PAUSE} | {text: now}
        guild = self._client.get_guild(self._map.guild_id)
        role = guild.get_role(self._map.roles[SupportRole.ADMIN]) if guild else None
        try:
            await self._client.get_partial_messageable(self._map.transcript_channel_id).send(
                f"⚠️ {role.mention if role else ''} {text}",
                allowed_mentions=discord.AllowedMentions(
                    everyone=False, users=False, roles=[role] if role else False
                ),
            )
        except Exception as error:
            log.warning("the admins could not be told: %s", error)
