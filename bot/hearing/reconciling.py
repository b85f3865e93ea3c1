"""Reconciles Discord with the store, after an absence and at every change."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial

import discord
from discord.ext import commands

from bot.connection.faults import ChannelIsGone, Refused, discord_faults
from bot.connection.guild import GuildMap
from bot.hearing.activity import Activity
from bot.hearing.inbox import Inbox
from bot.hearing.lanes import Job
from bot.showing.admins import Admins
from bot.showing.categories import Categories
from bot.showing.channels import TicketChannels
from bot.showing.doubles import remove_double
from texts.language import language_of
from texts.text import Text, in_language
from tickets.desks.channel_desk import ChannelDesk
from tickets.model import Ticket
from tickets.policy import Rules
from tickets.ports.channels import Channel
from tickets.ports.sinks import SinkName
from tickets.ports.store import Store, StoreUnavailable
from tickets.refusals import TicketIsClosed
from tickets.sources import from_channel

log = logging.getLogger(__name__)

UNTIL_SETTLED = 5.0
"""Seconds after which everything that the bot posts must be in the store."""
QUIET_FOR = 20.0
"""Seconds after the beginning of a session before channels are compared in which nothing was written
meanwhile. Edits and deletions there can wait, because a start has enough to do."""
BETWEEN_COMPARISONS = 0.1
"""Seconds between two comparisons. Staff's messages need the requests more."""
SWEEP_EVERY = 600.0
"""Seconds between two sweeps, which compare lively channels without a new session."""
BETWEEN_SWEPT = 1.0
"""Seconds between two channels of a sweep."""


class Reconciling(commands.Cog):
    """Finds channels that were moved or deleted by hand, and messages, edits and deletions that came without
    an event. ``when_gone`` is called with an open ticket and its channel's id, once that was deleted."""

    def __init__(
        self,
        client: discord.Client,
        store: Store,
        guild_map: GuildMap,
        inbox: Inbox,
        activity: Activity,
        channels: TicketChannels,
        categories: Categories,
        admins: Admins,
        when_gone: Callable[[Ticket, int], Awaitable[None]],
        *,
        close_when_deleted: bool,
        rules: Rules,
        sweep_every: float = SWEEP_EVERY,
        quiet_for: float = QUIET_FOR,
    ) -> None:
        self._client = client
        self._desk = ChannelDesk(store, rules)
        self._store = store
        self._map = guild_map
        self._inbox = inbox
        self._activity = activity
        self._channels = channels
        self._categories = categories
        self._admins = admins
        self._when_gone = when_gone
        self._close_when_deleted = close_when_deleted
        self._sweep_every = sweep_every
        self._quiet_for = quiet_for
        self._session = 0
        self._guild_is_missing = False
        self._later = asyncio.Queue[tuple[float, int, Job]]()

    async def run(self) -> None:
        """Do postponed jobs once Discord has settled, and sweep, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._do_what_was_put_off(), name="what was put off")
            tasks.create_task(self._sweep(), name="sweeping")

    async def _do_what_was_put_off(self) -> None:
        while True:
            at, channel_id, job = await self._later.get()
            await asyncio.sleep(max(0.0, at - asyncio.get_running_loop().time()))
            self._inbox.do(channel_id, job)

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """A new session. Everything that happened before it came without an event."""
        guild = self._client.get_guild(self._map.guild_id)
        if guild is None or guild.unavailable:
            self._guild_is_missing = True
        else:
            await self._begin(guild)

    @commands.Cog.listener("on_guild_unavailable")
    @commands.Cog.listener("on_guild_remove")
    async def on_guild_away(self, guild: discord.Guild) -> None:
        """An outage of Discord has taken away the guild, or somebody has put the bot out of it."""
        if guild.id == self._map.guild_id:
            self._guild_is_missing = True

    @commands.Cog.listener("on_guild_available")
    @commands.Cog.listener("on_guild_join")
    async def on_guild_there(self, guild: discord.Guild) -> None:
        """The guild is back, or came later than the session, or the bot was invited while it was running."""
        if guild.id == self._map.guild_id and self._guild_is_missing:
            await self._begin(guild)

    async def _begin(self, guild: discord.Guild) -> None:
        self._guild_is_missing = False
        self._session += 1
        session = self._session
        channels = await self._store.channels.open_ones()
        news: list[Channel] = []
        quiet: list[Channel] = []
        for channel in channels:
            there = guild.get_channel(channel.channel_id)
            if isinstance(there, discord.TextChannel):
                (news if self._inbox.catch_up(channel, there) else quiet).append(channel)
                self._inbox.do(there.id, partial(self._follow, channel.channel_id))
            else:
                self._inbox.do(channel.channel_id, partial(self._look_for, channel))
        for there in guild.text_channels:
            if self._channels.ticket_marked_on(there):
                self._inbox.do(there.id, partial(self._channels.remove_if_extra, there))
        await self._compare_all(guild, news, session)
        await asyncio.sleep(self._quiet_for)
        await self._compare_all(guild, quiet, session)

    @commands.Cog.listener()
    async def on_guild_channel_create(self, there: discord.abc.GuildChannel) -> None:
        """A creation whose answer was lost may take effect after another one was made."""
        if isinstance(there, discord.TextChannel) and self._channels.ticket_marked_on(there):
            self._do_later(there.id, partial(self._channels.remove_if_extra, there))

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        """A message of the bot that has no link after a while was sent twice."""
        if message.webhook_id is not None and message.guild and message.guild.id == self._map.guild_id:
            self._do_later(message.channel.id, partial(self._look_twice, message))

    @commands.Cog.listener()
    async def on_guild_channel_delete(self, there: discord.abc.GuildChannel) -> None:
        if there.guild.id == self._map.guild_id:
            await self._categories.place_is_free(there.category_id)
            self._inbox.do(there.id, partial(self._gone, there.id))

    @commands.Cog.listener()
    async def on_guild_channel_update(
        self, before: discord.abc.GuildChannel, after: discord.abc.GuildChannel
    ) -> None:
        if after.guild.id == self._map.guild_id and before.category_id != after.category_id:
            await self._categories.place_is_free(before.category_id)
            self._inbox.do(after.id, partial(self._follow, after.id))

    async def _sweep(self) -> None:
        """Look where all channels stand, and compare lively ones. Sessions last for days, and a lost event
        leaves no visible gap."""
        while True:
            await asyncio.sleep(self._sweep_every)
            guild = self._client.get_guild(self._map.guild_id)
            if guild is None or guild.unavailable or not self._client.is_ready():
                continue
            try:
                open_ones = await self._store.channels.open_ones()
                for channel in open_ones:
                    self._inbox.do(channel.channel_id, partial(self._follow, channel.channel_id))
                channels = await self._activity.lively(guild, open_ones)
            except StoreUnavailable as error:
                log.warning("the store is away, no channel is compared: %s", error)
            except discord.HTTPException as error:
                log.warning("it cannot be seen where something happened; no channel is compared: %s", error)
            else:
                await self._compare_all(guild, channels, self._session, is_sweep=True)

    async def _compare_all(
        self,
        guild: discord.Guild,
        channels: list[Channel],
        session: int,
        *,
        is_sweep: bool = False,
    ) -> None:
        """Compare one channel after the other, until a newer session begins again."""
        for channel in channels:
            there = guild.get_channel(channel.channel_id)
            if self._session != session:
                return
            if isinstance(there, discord.TextChannel):
                done = asyncio.Event()
                self._inbox.do(there.id, partial(self._compare, channel, there, done, is_sweep=is_sweep))
                await done.wait()
                await asyncio.sleep(BETWEEN_SWEPT if is_sweep else BETWEEN_COMPARISONS)

    async def _compare(
        self, channel: Channel, there: discord.TextChannel, done: asyncio.Event, *, is_sweep: bool
    ) -> None:
        try:
            await self._inbox.compare(channel.channel_id, is_first=not is_sweep)
        except discord.NotFound:
            await self._look_for(channel)
        except discord.HTTPException as error:
            log.warning("channel %s could not be compared: %s", there.id, error)
        finally:
            done.set()

    async def _look_twice(self, message: discord.Message) -> None:
        store = self._store
        if not await remove_double(message, store.channels, store.backlog, SinkName.DISCORD):
            self._do_later(message.channel.id, partial(self._look_twice, message))

    def _do_later(self, channel_id: int, job: Job) -> None:
        self._later.put_nowait((asyncio.get_running_loop().time() + UNTIL_SETTLED, channel_id, job))

    async def _follow(self, channel_id: int, told: discord.TextChannel | None = None) -> None:
        """Follow a channel that was moved by hand, which is not where the sink put it: in a category of
        another level, its ticket gets that level. One that is where the sink has left it, in a category of
        another level, could not be moved, and is moved now.

        The gateway's data may be older than a move by the sink, so before anything is done Discord is asked
        (``told``), and then the store again."""
        guild = self._client.get_guild(self._map.guild_id)
        there = told or (guild.get_channel(channel_id) if guild else None)
        channel = await self._store.channels.at(channel_id)
        ticket = await self._store.views.ticket(channel.ticket_id) if channel else None
        if guild is None or there is None or channel is None or ticket is None or ticket.is_closed:
            return
        if await self._store.backlog.pending(SinkName.DISCORD, ticket.id):
            # The sink may be about to move it itself, or to record an earlier move.
            self._do_later(channel_id, partial(self._follow, channel_id))
            return
        level = self._map.level_of(guild, there.category_id)
        if level is None or self._map.is_for(guild, there.category_id, ticket.issue_level):
            return
        if told is None:
            fetched: object = None
            with suppress(ChannelIsGone, Refused), discord_faults("looking where a channel is"):
                fetched = await self._client.fetch_channel(channel_id)
            if isinstance(fetched, discord.TextChannel):
                await self._follow(channel_id, fetched)
        elif there.category_id == channel.category_id:
            await self._channels.move(ticket, channel)
        else:
            await self._desk.reclassify(ticket.id, level, from_channel(channel_id))

    async def _look_for(self, channel: Channel) -> None:
        """Find out whether a channel that is missing in the guild is gone or only hidden from the bot."""
        try:
            await self._client.fetch_channel(channel.channel_id)
        except discord.NotFound:
            await self._gone(channel.channel_id)
        except (discord.Forbidden, discord.InvalidData):
            await self._admins.tell(Text("channel-is-not-seen", channel=str(channel.channel_id)))

    async def _gone(self, channel_id: int) -> None:
        channel = await self._store.channels.at(channel_id)
        ticket = await self._store.views.ticket(channel.ticket_id) if channel else None
        if ticket is None or self._channels.was_removed(channel_id):  # its ticket may be open again by now
            return
        if self._close_when_deleted and not ticket.is_closed:
            try:
                language = language_of(ticket.locale, self._channels.language)
                why = in_language(Text("channel-was-deleted"), language)
                await self._desk.abandon(ticket.id, why, from_channel(channel_id))
            except TicketIsClosed:
                log.debug("ticket %s was closed meanwhile", ticket.number)
        await self._when_gone(ticket, channel_id)
