"""Watches who may see the channels of tickets, and corrects changes that people make by hand."""

import asyncio
import logging
import time
from collections.abc import Mapping
from functools import partial

import discord
from discord.ext import commands

from bot.connection.faults import ChannelIsGone, Refused, discord_faults
from bot.connection.guild import GuildMap
from bot.hearing.lanes import Lanes
from bot.showing.access import can_be_put_right, overwrites_for, wrong_with
from bot.showing.admins import Admins
from bot.showing.channels import TicketChannels
from bot.showing.texts import plain
from config.faults import CHANNEL_NOT_PRIVATE
from texts.language import Language
from texts.text import Text, Words, in_language, joined
from tickets.model import Ticket
from tickets.ports.channels import Channel, ChannelState
from tickets.ports.sinks import Never, NotNow, SinkName
from tickets.ports.store import Store, StoreUnavailable

log = logging.getLogger(__name__)

UNTIL_LOGGED = 3.0
"""Seconds after which Discord's audit log names who changed something, if it ever does."""
UNTIL_FOLLOWED = 5.0
"""Seconds after which a channel is checked again that the sink may be about to change itself."""
LOOKED_AT = 100
"""So many entries of the audit log are read for each kind of change, as many as one request gives."""
CHANGES = (
    discord.AuditLogAction.overwrite_create,
    discord.AuditLogAction.overwrite_update,
    discord.AuditLogAction.overwrite_delete,
)


class Guarding(commands.Cog):
    """Events may be lost or old. So only Discord's answer to a request counts, and all channels are checked
    when a session begins, and from time to time."""

    def __init__(
        self,
        client: discord.Client,
        store: Store,
        guild_map: GuildMap,
        channels: TicketChannels,
        admins: Admins,
        look_every: float,
    ) -> None:
        self._client = client
        self._store = store
        self._map = guild_map
        self._channels = channels
        self._admins = admins
        self._look_every = look_every
        self._lanes = Lanes()
        self._wrong: set[int] = set()
        """Channels that the bot could not correct yet."""
        self._to_tell: dict[int, dict[int, Words]] = {}
        """Corrections that are posted in the channel once it is known who made the change."""

    async def run(self) -> None:
        """Correct wrong overwrites, and check all channels from time to time, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._lanes.run(), name="who sees channels")
            while True:
                await asyncio.sleep(self._look_every)
                await self._look_at_all()

    async def idle(self) -> None:
        """Wait until everything that was noticed so far is corrected."""
        await self._lanes.idle()

    @commands.Cog.listener()
    async def on_guild_channel_update(
        self, before: discord.abc.GuildChannel, after: discord.abc.GuildChannel
    ) -> None:
        if after.guild.id == self._map.guild_id and before.overwrites != after.overwrites:
            self._check(after.id)

    @commands.Cog.listener()
    async def on_guild_channel_delete(self, there: discord.abc.GuildChannel) -> None:
        self._is_right(there.id)

    @commands.Cog.listener()
    async def on_guild_role_update(self, _: discord.Role, after: discord.Role) -> None:
        """The bot may have got permissions that it lacked."""
        for channel_id in self._wrong if after.guild.id == self._map.guild_id else ():
            self._check(channel_id)

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """A new session shows the present state of every channel."""
        if (guild := self._client.get_guild(self._map.guild_id)) is not None:
            await self.on_guild_there(guild)

    @commands.Cog.listener("on_guild_available")
    @commands.Cog.listener("on_guild_join")
    async def on_guild_there(self, guild: discord.Guild) -> None:
        if guild.id == self._map.guild_id and not guild.unavailable:
            for channel in await self._store.channels.open_ones():
                self._check(channel.channel_id)

    async def _look_at_all(self) -> None:
        """Check all channels with one request, whatever events were lost."""
        guild = self._client.get_guild(self._map.guild_id)
        if guild is None or guild.unavailable or not self._client.is_ready():
            return
        try:
            ours = {channel.channel_id for channel in await self._store.channels.open_ones()}
            with discord_faults("reading who may see the channels"):
                found = await guild.fetch_channels() if ours else []
        except (StoreUnavailable, NotNow) as error:
            log.warning("it cannot be seen who may see the channels: %s", error)
            return
        for there in found:
            if there.id in ours and isinstance(there, discord.TextChannel):
                self._lanes.put(there.id, partial(self._look, there.id, there))

    def _check(self, channel_id: int) -> None:
        self._lanes.put(channel_id, partial(self._look, channel_id))

    def _later(self, seconds: float, channel_id: int) -> None:
        asyncio.get_running_loop().call_later(seconds, self._check, channel_id)

    async def _look(self, channel_id: int, there: object = None) -> None:
        """Check a channel, and correct its overwrites.

        The gateway's data may be old by now, and so may be what was read for all channels, so Discord is
        asked before anything is changed. If the sink may have changed it meanwhile, it is checked again."""
        channel = await self._store.channels.at(channel_id)
        ticket = await self._store.views.ticket(channel.ticket_id) if channel else None
        if channel is None or ticket is None or channel.state is not ChannelState.OPEN:
            self._is_right(channel_id)
            return
        role_changes = await self._store.backlog.pending(SinkName.DISCORD, ticket.id)
        if role_changes:
            self._later(UNTIL_FOLLOWED, channel_id)
        told = there or self._client.get_channel(channel_id)
        if not isinstance(told, discord.TextChannel):
            return
        wrong = wrong_with(self._map, told, ticket, role_changes=role_changes)
        if wrong and (told := await self._as_it_is(channel_id)) is not None:
            wrong = wrong_with(self._map, told, ticket, role_changes=role_changes)
        if wrong and told is not None:
            now = await self._store.views.ticket(ticket.id)
            if now is None or overwrites_for(self._map, told, now) != overwrites_for(self._map, told, ticket):
                self._check(channel_id)
            else:
                await self._put_right(channel, ticket, told, wrong)
        else:
            self._is_right(channel_id)

    def _is_right(self, channel_id: int) -> None:
        self._wrong.discard(channel_id)
        self._admins.is_over(_name_of_fault(channel_id))

    async def _as_it_is(self, channel_id: int) -> discord.TextChannel | None:
        """The channel as Discord has it now; None if it is gone. If Discord does not show it to the bot, the
        gateway's data is used."""
        try:
            with discord_faults("reading who may see a channel"):
                there = await self._client.fetch_channel(channel_id)
        except ChannelIsGone:
            return None
        except Refused:
            there = self._client.get_channel(channel_id)  # type: ignore[assignment]
        return there if isinstance(there, discord.TextChannel) else None

    async def _put_right(
        self, channel: Channel, ticket: Ticket, there: discord.TextChannel, wrong: Mapping[int, Words]
    ) -> None:
        what = in_language(joined(wrong.values(), "; "), Language.EN)
        try:
            if not can_be_put_right(there):
                raise Refused("the bot lacks View Channel or Manage Permissions there")
            with discord_faults("putting right who may see a channel"):
                await there.edit(overwrites=overwrites_for(self._map, there, ticket))
        except ChannelIsGone:
            return self._is_right(there.id)
        except (NotNow, Never) as problem:
            self._wrong.add(there.id)
            await self._admins.tell(
                CHANNEL_NOT_PRIVATE.of(channel=there.id, number=ticket.number, what=what),
                lasting=_name_of_fault(there.id),
            )
            if isinstance(problem, NotNow) and not isinstance(problem, Refused):
                raise  # it is tried again
        else:
            log.warning("channel %s of ticket %s: %s; put right", there.id, ticket.number, what)
            self._is_right(there.id)
            self._tell_later(channel, there.guild, wrong)

    def _tell_later(self, channel: Channel, guild: discord.Guild, wrong: Mapping[int, Words]) -> None:
        """Report a change later, together with changes that follow closely."""
        if (waiting := self._to_tell.get(channel.channel_id)) is not None:
            waiting |= wrong
            return
        self._to_tell[channel.channel_id] = dict(wrong)
        tell = partial(self._lanes.put, channel.channel_id, partial(self._tell, channel, guild, time.time()))
        seconds = UNTIL_LOGGED if guild.me.guild_permissions.view_audit_log else 0.0
        asyncio.get_running_loop().call_later(seconds, tell)

    async def _tell(self, channel: Channel, guild: discord.Guild, put_right_at: float) -> None:
        """Post in the channel what was wrong, and who did it. It can be repeated."""
        wrong = self._to_tell.get(channel.channel_id, {})
        who = await self._who_did_it(channel.channel_id, guild, wrong, put_right_at)
        what = joined(wrong.values(), "; ")
        told = (
            Text("access-was-changed-by", who=who, what=what)
            if who
            else Text("access-was-changed", what=what)
        )
        try:
            await self._channels.say(channel, told, f"guard:{int(put_right_at * 1000)}")
        except (ChannelIsGone, Refused, Never) as error:
            log.warning("who has changed channel %s cannot be told there: %s", channel.channel_id, error)
        self._to_tell.pop(channel.channel_id, None)

    async def _who_did_it(
        self, channel_id: int, guild: discord.Guild, wrong: Mapping[int, Words], put_right_at: float
    ) -> str | None:
        """Who has changed these overwrites, if the audit log tells."""
        if not guild.me.guild_permissions.view_audit_log:
            return None
        try:
            with discord_faults("reading the audit log"):
                entries = [
                    it for kind in CHANGES async for it in guild.audit_logs(limit=LOOKED_AT, action=kind)
                ]
        except (Refused, Never) as error:
            log.info("the audit log does not tell who has changed channel %s: %s", channel_id, error)
            return None
        for entry in sorted(entries, key=lambda it: it.id, reverse=True):
            if entry.target is None or entry.target.id != channel_id:
                continue
            is_ours = entry.user_id == guild.me.id
            if is_ours and entry.created_at.timestamp() < put_right_at - UNTIL_LOGGED:
                break  # older changes were corrected before
            changed = getattr(entry.extra, "id", None)
            if not is_ours and (changed in wrong or changed is None):
                return plain(entry.user.display_name) if entry.user else f"<@{entry.user_id}>"
        return None


def _name_of_fault(channel_id: int) -> str:
    return f"who sees channel {channel_id}"
