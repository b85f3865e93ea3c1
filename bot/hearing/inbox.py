"""From Discord to the desk: what staff writes, edits and deletes in the channels of tickets."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import datetime
from functools import partial
from typing import TypeVar

import discord
from discord.ext import commands

from bot.hearing.intake import InboxOptions, Intake
from bot.hearing.lanes import Job, Lanes
from cogs.staff import Staff
from tickets.desks.ticket_desk import Desk
from tickets.ports.channels import Channel, discord_id_of
from tickets.ports.store import Store, StoreUnavailable

log = logging.getLogger(__name__)

T = TypeVar("T")
COMPARED = 100
"""Messages of a channel that are looked at for edits and deletions: one request's worth."""
PAGE = 500
"""Messages of a ticket that are read from the store at once."""
SEEN_EVERY = 0.5
"""Seconds between two notes of what was processed: after a crash, the last half second is read again, and
known again."""
RELAYED = (discord.MessageType.default, discord.MessageType.reply)


class Inbox(commands.Cog):
    """Each channel's events go through its lane, in the order of the gateway.

    After a new session (not a resumed one) a lane begins by reading what it has missed."""

    def __init__(self, desk: Desk, store: Store, staff: Staff, guild_id: int, options: InboxOptions) -> None:
        self._store = store
        self._guild_id = guild_id
        self._lanes = Lanes()
        self._marks = Lanes()
        self._intake = Intake(desk, store, staff, options, self._marks)
        self._caught_up: set[int] = set()
        self._compared: set[int] = set()
        """Channels of which all is known that happened before this session."""
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

    async def in_turn(self, there: discord.abc.Snowflake | None, act: Callable[[], Awaitable[T]]) -> T:
        """What ``act`` gives or raises, once all that was said, edited and deleted in the channel before is
        processed, also while nobody listened."""
        if isinstance(there, discord.TextChannel) and there.id not in self._compared:
            self._lanes.put(there.id, partial(self._know_all_of, there))
        return await self._lanes.in_turn(there.id if there else 0, act)

    async def read_out(self, there: discord.abc.Snowflake | None) -> None:
        """Return once all that was done in the channel is processed."""

        async def nothing_more() -> None: ...

        await self.in_turn(there, nothing_more)

    async def _know_all_of(self, there: discord.TextChannel) -> None:
        await self._catch_up_first(there)
        if there.id not in self._compared:
            await self.compare(there.id, there)

    @commands.Cog.listener()
    async def on_connect(self) -> None:
        """A new session, long before it is ready: each channel is to be caught up with first."""
        self.begin_session()

    @commands.Cog.listener()
    async def on_guild_channel_create(self, there: discord.abc.GuildChannel) -> None:
        """In a channel that came into being within this session there is nothing to catch up with."""
        self._caught_up.add(there.id)
        self._compared.add(there.id)

    def begin_session(self) -> None:
        """Nothing is known of what was written before."""
        self._caught_up.clear()
        self._compared.clear()

    def catch_up(self, channel: Channel, there: discord.TextChannel) -> None:
        """Read what was written while nobody listened; where nothing was, that takes no request."""
        if (there.last_message_id or 0) > self._seen_through(channel):
            self._lanes.put(there.id, partial(self._read_missed, there))
        else:
            self._caught_up.add(there.id)

    async def compare(self, channel_id: int, there: discord.TextChannel, *, is_urgent: bool = True) -> None:
        """Find what came by no event among the newest messages: edits, deletions, and messages that nobody
        told of. To be done in the channel's turn, and once it is caught up with. Where nobody has said
        anything yet it is not urgent: there is nothing to be edited.

        A message counts as deleted only inside a range that was read completely. What we know in any way is
        not taken again: what was deleted since, what the bot has refused with an answer."""
        channel = await self._store.channels.at(channel_id)
        if channel is None or channel_id not in self._caught_up:
            return
        known = await self._known_of(channel)
        if known is None and not is_urgent:
            return
        newest = [message async for message in there.history(limit=COMPARED)]
        found = {message.id: message for message in newest}
        read_from = newest[-1].id if len(newest) == COMPARED else there.id
        known = known or set()
        answers = _answers(newest)
        for discord_id in sorted(known):
            if discord_id in found:
                if not _is_answered(found[discord_id], answers):
                    await self._intake.edited(found[discord_id])
            elif discord_id >= read_from:  # else read no further, or of an earlier channel
                await self._intake.deleted(there.id, discord_id)
        seen_through = self._seen_through(channel)
        for message in reversed(newest):
            if message.id in known or message.id in answers:
                continue
            if message.id <= seen_through or seen_through >= read_from:
                await self._new(channel, message)
        self._compared.add(channel_id)

    async def _known_of(self, channel: Channel) -> set[int] | None:
        """Discord's ids of all that staff said, notes and what was deleted too; None if nobody said anything.

        Page by page: others have their turn in between, however long the conversation is."""
        known: set[int] | None = None
        for notes in (False, True):
            after_seq = 0
            while page := await self._store.views.messages(
                channel.ticket_id, after_seq=after_seq, limit=PAGE, notes=notes
            ):
                known = known or set()
                known.update(it for message in page if (it := discord_id_of(message.id)) is not None)
                after_seq = page[-1].seq
                await asyncio.sleep(0)
        return known

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        if message.guild is not None and message.guild.id == self._guild_id:
            self._lanes.put(message.channel.id, partial(self._live, message))

    @commands.Cog.listener()
    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        if payload.guild_id == self._guild_id:
            self._lanes.put(payload.channel_id, partial(self._intake.edited, payload.message))

    @commands.Cog.listener()
    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        if payload.guild_id == self._guild_id:
            self._lanes.put(
                payload.channel_id, partial(self._intake.deleted, payload.channel_id, payload.message_id)
            )

    @commands.Cog.listener()
    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        if payload.guild_id == self._guild_id:
            for message_id in sorted(payload.message_ids):
                self._lanes.put(
                    payload.channel_id, partial(self._intake.deleted, payload.channel_id, message_id)
                )

    async def _live(self, message: discord.Message) -> None:
        if isinstance(message.channel, discord.TextChannel):
            await self._catch_up_first(message.channel)
        channel = await self._store.channels.at(message.channel.id)
        if channel is not None and message.id > self._seen_through(channel):
            await self._new(channel, message)

    async def _catch_up_first(self, there: discord.TextChannel) -> None:
        if there.id not in self._caught_up:
            await self._read_missed(there)

    async def _read_missed(self, there: discord.TextChannel) -> None:
        channel = await self._store.channels.at(there.id)
        if channel is not None and there.id not in self._caught_up:
            after = discord.Object(max(self._seen_through(channel), channel.channel_id))
            async for message in there.history(after=after, oldest_first=True, limit=None):
                await self._new(channel, message)
        self._caught_up.add(there.id)

    async def _new(self, channel: Channel, message: discord.Message) -> None:
        if message.webhook_id is None and not message.author.bot and message.type in RELAYED:
            await self._intake.take(channel, message)
        self._seen[channel.channel_id] = max(message.id, self._seen.get(channel.channel_id, 0))

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


def _answers(messages: Iterable[discord.Message]) -> dict[int, datetime]:
    """When the bot last answered a message: what it refuses it says once."""
    ours = [it for it in messages if it.reference is not None and it.author.bot]
    return {it.reference.message_id or 0: it.created_at for it in reversed(ours) if it.reference}


def _is_answered(message: discord.Message, answers: Mapping[int, datetime]) -> bool:
    """Whether the bot has said something of it since it was last edited."""
    answered_at = answers.get(message.id)
    if answered_at is None or message.edited_at is None:
        return False
    return answered_at >= message.edited_at
