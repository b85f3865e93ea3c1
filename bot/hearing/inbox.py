"""From Discord to the desk: what staff writes, edits and deletes in the channels of tickets."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TypeVar

import discord
from discord.ext import commands

from bot.hearing.comparing import answers_in, is_answered, known_of
from bot.hearing.heard import Heard
from bot.hearing.intake import InboxOptions, Intake
from bot.hearing.lanes import Job, Lanes
from cogs.staff import Staff
from tickets.desks.ticket_desk import Desk
from tickets.ports.channels import Channel
from tickets.ports.store import Store, StoreUnavailable

log = logging.getLogger(__name__)

T = TypeVar("T")
COMPARED = 100
"""Messages of a channel that are compared for edits and deletions: as many as one request gives."""
SEEN_EVERY = 0.5
"""Seconds between two records of what was processed. After a crash, the last half second is read again and
recognised."""
RELAYED = (discord.MessageType.default, discord.MessageType.reply)


class Inbox(commands.Cog):
    """Each channel's events go through its lane, in the order in which they come.

    A message is new if the store does not know it, whatever came before it. After a new session (not a
    resumed one) a lane begins by reading what it has missed."""

    def __init__(
        self,
        client: discord.Client,
        desk: Desk,
        store: Store,
        staff: Staff,
        guild_id: int,
        options: InboxOptions,
    ) -> None:
        self._client = client
        self._store = store
        self._guild_id = guild_id
        self._heard = Heard()
        self._lanes = Lanes()
        self._marks = Lanes()
        self._intake = Intake(desk, store, staff, options, self._marks)
        self._caught_up: set[int] = set()
        """Channels in which everything written before this session is known."""
        self._seen: dict[int, int] = {}
        """The newest message processed in each channel, until the store knows."""

    async def run(self) -> None:
        """Process what comes in until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._lanes.run(), name="inbox")
            tasks.create_task(self._marks.run(), name="marks")
            while True:
                await asyncio.sleep(SEEN_EVERY)
                await self._tell_what_was_seen()

    async def idle(self) -> None:
        """Wait until everything that came in so far is processed."""
        await self._lanes.idle()
        await self._marks.idle()
        await self._tell_what_was_seen()

    def do(self, channel_id: int, job: Job) -> None:
        """Do something about a channel, after what came from it so far."""
        self._lanes.put(channel_id, job)

    async def in_turn(self, channel_id: int, act: Callable[[], Awaitable[T]]) -> T:
        """What ``act`` gives or raises, once all that was said, edited and deleted in the channel before is
        processed, also what no event told of. Where Discord does not let us read it, that is in the log."""

        async def know_all() -> None:
            try:
                await self._know_all_of(channel_id)
            except discord.DiscordServerError:
                raise  # it is tried again
            except discord.HTTPException as error:
                log.warning("what was written in channel %s cannot be read: %s", channel_id, error)

        self._lanes.put(channel_id, know_all)
        return await self._lanes.in_turn(channel_id, act)

    async def read_out(self, channel_id: int) -> None:
        """Return once everything done in the channel is processed. Raises whatever prevents reading it."""
        await self._lanes.in_turn(channel_id, partial(self._know_all_of, channel_id))

    async def _know_all_of(self, channel_id: int) -> None:
        await self._catch_up_first(channel_id)
        await self.compare(channel_id)

    @commands.Cog.listener()
    async def on_connect(self) -> None:
        """A new session has begun, long before it is ready. Each channel must be caught up with first."""
        self.begin_session()

    @commands.Cog.listener()
    async def on_guild_channel_create(self, there: discord.abc.GuildChannel) -> None:
        """A channel made within this session needs no catching up."""
        self._caught_up.add(there.id)

    def begin_session(self) -> None:
        """Nothing is known of what was written before."""
        self._caught_up.clear()

    def catch_up(self, channel: Channel, there: discord.TextChannel) -> None:
        """Read what was written while nobody listened. If nothing was, that takes no request."""
        if (there.last_message_id or 0) > self._seen_through(channel):
            self._lanes.put(there.id, partial(self._read_missed, there.id))
        else:
            self._caught_up.add(there.id)

    async def compare(self, channel_id: int, *, is_urgent: bool = True) -> None:
        """Find what came by no event among the newest messages: edits, deletions, and messages that nobody
        told of. To be done in the channel's turn, and once it is caught up with. Where nobody has said
        anything yet it is not urgent: there is nothing to be edited.

        A message counts as deleted only inside a range that was read completely. What we know in any way is
        not taken again: what was deleted since, what the bot has refused with an answer."""
        channel = await self._store.channels.at(channel_id)
        if channel is None or channel_id not in self._caught_up:
            return
        known = await known_of(self._store, channel)
        if known is None and not is_urgent:
            return
        seen_through = self._seen_through(channel)
        newest = [message async for message in self._there(channel_id).history(limit=COMPARED)]
        found = {message.id: message for message in newest}
        read_from = newest[-1].id if len(newest) == COMPARED else channel_id
        known = known or set()
        answers = answers_in(newest)
        for discord_id in sorted(known):
            if discord_id in found:
                if not is_answered(found[discord_id], answers):
                    await self._intake.edited(found[discord_id])
            elif discord_id >= read_from:  # else read no further, or of an earlier channel
                await self._intake.deleted(channel_id, discord_id)
        if max(seen_through, channel_id) < read_from:
            await self._read_after(channel, max(seen_through, channel_id))
        for message in reversed(newest):
            if message.id not in known and message.id not in answers:
                await self._new(channel, message)

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        if message.guild is not None and message.guild.id == self._guild_id:
            self._lanes.put(message.channel.id, partial(self._live, message))

    @commands.Cog.listener()
    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        if payload.guild_id == self._guild_id:
            self._lanes.put(payload.channel_id, partial(self._edited, payload.message))

    @commands.Cog.listener()
    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        if payload.guild_id == self._guild_id:
            self._lanes.put(
                payload.channel_id, partial(self._deleted, payload.channel_id, payload.message_id)
            )

    @commands.Cog.listener()
    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        if payload.guild_id == self._guild_id:
            for message_id in sorted(payload.message_ids):
                self._lanes.put(payload.channel_id, partial(self._deleted, payload.channel_id, message_id))

    async def _live(self, message: discord.Message) -> None:
        await self._catch_up_first(message.channel.id)
        channel = await self._store.channels.at(message.channel.id)
        if channel is not None:
            await self._new(channel, message)

    async def _edited(self, message: discord.Message) -> None:
        if not await self._intake.edited(message):
            self._heard.early.put(message.id, message)

    async def _deleted(self, channel_id: int, message_id: int) -> None:
        await self._intake.deleted(channel_id, message_id)
        self._heard.deleted.put(message_id, None)

    async def _catch_up_first(self, channel_id: int) -> None:
        if channel_id not in self._caught_up:
            await self._read_missed(channel_id)

    async def _read_missed(self, channel_id: int) -> None:
        channel = await self._store.channels.at(channel_id)
        if channel is not None and channel_id not in self._caught_up:
            await self._read_after(channel, max(self._seen_through(channel), channel_id))
        self._caught_up.add(channel_id)

    async def _read_after(self, channel: Channel, message_id: int) -> None:
        there = self._there(channel.channel_id)
        async for message in there.history(after=discord.Object(message_id), oldest_first=True, limit=None):
            await self._new(channel, message)

    async def _new(self, channel: Channel, message: discord.Message) -> None:
        """Process a message, unless that was done before: by this process, or by an earlier one, as far as it
        had come or as the store knows."""
        if not await self._is_known(channel, message):
            await self._intake.take(channel, message)
            if (edited := self._heard.early.pop(message.id)) is not None:
                await self._intake.edited(edited)
        self._heard.taken.put(message.id, None)
        self._seen[channel.channel_id] = max(message.id, self._seen.get(channel.channel_id, 0))

    async def _is_known(self, channel: Channel, message: discord.Message) -> bool:
        """Whether there is nothing to be done about a message."""
        if message.webhook_id is not None or message.author.bot or message.type not in RELAYED:
            return True
        if message.id in self._heard.taken or message.id in self._heard.deleted:
            return True
        is_late = message.id <= self._seen_through(channel)
        return is_late and await self._intake.knows(channel, message.id)

    def _there(self, channel_id: int) -> discord.PartialMessageable:
        """The channel, also if the gateway has not told of it yet."""
        return self._client.get_partial_messageable(channel_id, guild_id=self._guild_id)

    def _seen_through(self, channel: Channel) -> int:
        return max(channel.seen_through or 0, self._seen.get(channel.channel_id, 0))

    async def _tell_what_was_seen(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            for channel_id, message_id in dict(self._seen).items():
                tasks.create_task(self._tell_seen(channel_id, message_id))

    async def _tell_seen(self, channel_id: int, message_id: int) -> None:
        try:
            await self._store.channels.seen(channel_id, message_id)
        except StoreUnavailable:
            return  # it is told with the next
        if self._seen.get(channel_id) == message_id:
            del self._seen[channel_id]
