"""Tells admins of faults, of each at most once an hour, and lists lasting faults in ``/readyz``."""

import logging
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence

import discord

from bot.connection.guild import GuildMap
from bot.showing.parts import MESSAGE_LIMIT
from bot.showing.texts import shortened
from config.fault_words import worded
from config.faults import Fault
from texts.language import Language
from texts.text import Words, in_language
from tickets.model import SupportRole
from tickets.ports.lease import NotLeader

log = logging.getLogger(__name__)

PAUSE = 3600.0
"""Seconds before the same thing is told again."""
TOLD_HERE = {"is_told": True}
"""Marks a line of the log for which no other error report is made."""

Report = Callable[[str], Awaitable[bool]]
"""Posts a text where errors of the bot are reported. Returns whether that worked."""


async def nowhere(_: str) -> bool:
    """Used if no error reports are set up."""
    return False


class Admins:
    """Tells the admins in the first way that works: in the transcript channel, by the error webhook, or by a
    direct message to the guild's owner. It outlives the Discord clients of single terms."""

    def __init__(
        self, guild_map: GuildMap, report: Report = nowhere, language: Language = Language.EN
    ) -> None:
        self._map = guild_map
        self._report = report
        self._language = language
        self._told_at: dict[str, float] = {}
        self._lasting: dict[str, Fault] = {}
        self.client: discord.Client | None = None
        """The client that reaches Discord now."""

    @property
    def lasting(self) -> list[Fault]:
        """The faults that were told and still last."""
        return [*self._lasting.values()]

    def is_over(self, what: str) -> None:
        """The fault is mended."""
        fault = self._lasting.pop(what, None)
        if fault is not None:
            self._told_at.pop(what, None)
            log.info("put right: %s", fault.what)

    def leave(self) -> None:
        """The term is over. Another process watches for faults in the guild from now on; faults that keep
        this process from leading remain."""
        self._lasting = {what: fault for what, fault in self._lasting.items() if fault.is_dangerous}

    async def found(self, where: str, faults: Sequence[Fault]) -> None:
        """Replace the faults of this place by these, and tell the admins."""
        for what, fault in self.stand(where, faults).items():
            await self.tell(fault, lasting=what)

    def stand(self, where: str, faults: Sequence[Fault]) -> Mapping[str, Fault]:
        """The same, without telling anybody yet. Returns the names of the faults."""
        named = {f"{where}: {fault}": fault for fault in faults}
        for what in [it for it in self._lasting if it.startswith(f"{where}: ") and it not in named]:
            self.is_over(what)
        self._lasting |= named
        return named

    async def tell(self, news: Words | Fault, *, lasting: str | None = None) -> None:
        """Log it in English and tell the admins, unless they were told lately. ``lasting`` names a fault,
        which is listed until ``is_over`` is called with that name."""
        text = _in_words(news, Language.EN)
        if lasting is not None and isinstance(news, Fault):
            self._lasting[lasting] = news
        now, what = time.monotonic(), lasting or text
        if now - self._told_at.get(what, -PAUSE) < PAUSE:
            return
        self._told_at = {known: at for known, at in self._told_at.items() if now - at < PAUSE} | {what: now}
        log.error("%s", text, extra=TOLD_HERE)
        told = _in_words(news, self._language)
        in_channel = await self._in_channel(told)
        if not (await self._report(told) or in_channel or await self._to_owner(told)):
            log.warning("the admins could not be told in any way")

    async def _in_channel(self, text: str) -> bool:
        """Post it in the transcript channel, with a ping for the ADMIN role, but never for everybody,
        whatever the settings say."""
        role_id = self._map.roles[SupportRole.ADMIN]
        roles = [discord.Object(role_id)] if role_id != self._map.guild_id else []
        mentions = discord.AllowedMentions(everyone=False, users=False, roles=roles or False)
        ping = f"<@&{role_id}> " if roles else ""

        async def send(client: discord.Client) -> None:
            channel = await client.fetch_channel(self._map.transcript_channel_id)
            if not isinstance(channel, discord.TextChannel) or channel.guild.id != self._map.guild_id:
                raise LookupError("TRANSCRIPT_CHANNEL_ID is no text channel of the guild")
            await channel.send(shortened(f"⚠️ {ping}{text}", MESSAGE_LIMIT), allowed_mentions=mentions)

        return await self._done(send)

    async def _to_owner(self, text: str) -> bool:
        """Write to the guild's owner, or to the application's owner if the bot is not in the guild."""

        async def send(client: discord.Client) -> None:
            owner = await client.fetch_user(await self._owner_id(client))
            nobody = discord.AllowedMentions.none()
            await owner.send(shortened(f"⚠️ {text}", MESSAGE_LIMIT), allowed_mentions=nobody)

        return await self._done(send)

    async def _owner_id(self, client: discord.Client) -> int:
        guild = client.get_guild(self._map.guild_id)
        try:
            guild = guild or await client.fetch_guild(self._map.guild_id, with_counts=False)
        except discord.HTTPException:
            application = await client.application_info()
            return (application.team and application.team.owner_id) or application.owner.id
        return guild.owner_id or 0

    async def _done(self, send: Callable[[discord.Client], Awaitable[None]]) -> bool:
        if self.client is None:
            return False
        try:
            await send(self.client)
        except NotLeader:
            raise
        except Exception as error:
            log.info("the admins cannot be reached in this way: %s", error)
            return False
        return True


def _in_words(news: Words | Fault, language: Language) -> str:
    """The text in this language."""
    return worded(news, language) if isinstance(news, Fault) else in_language(news, language)
