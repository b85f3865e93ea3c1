"""From Discord to the desk: what staff writes, edits and deletes in channels of tickets, and in threads."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import TypeVar

import discord
from discord.ext import commands

from bot.hearing.card_watching import without_pin_line
from bot.hearing.comparing import COMPARED, answers_in, is_answered, known_of
from bot.hearing.heard import Heard, SeenThrough
from bot.hearing.intake import InboxOptions, Intake
from bot.hearing.lanes import Job, Lanes
from bot.hearing.marking import Marking
from bot.hearing.repeating import Repeating, is_by_a_bot
from bot.hearing.threads import Room, Threads, begun_in
from cogs.staff import Staff
from texts.language import Language
from tickets.desks.ticket_desk import Desk
from tickets.ports.channels import Channel, Places
from tickets.ports.store import Store

log = logging.getLogger(__name__)

T = TypeVar("T")
SEEN_EVERY = 0.5
"""Seconds between two records of what was processed. After a crash, the last half second is read again and
recognized."""
RELAYED = (
    discord.MessageType.default,
    discord.MessageType.reply,
    discord.MessageType.chat_input_command,  # what another bot says to somebody's command
    discord.MessageType.context_menu_command,
)


class Inbox(commands.Cog):
    """Each channel's events, and those of its threads, go through its lane, in the order in which they come.

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
        language: Language,
    ) -> None:
        self._client = client
        self._store = store
        self._guild_id = guild_id
        self._heard = Heard()
        self._lanes = Lanes()
        self._marks = Lanes()
        self._marking = Marking(self._marks, language, has_marks=options.mark)
        self._places = self._places_in(store)
        self._intake = self._made_intake(desk, store, staff, options)
        self._repeating = self._made_repeating(staff, options)
        self._threads = self._made_threads()
        self._caught_up: set[int] = set()
        """Channels and threads in which everything written before this session is known."""
        self._archives_known: set[int] = set()
        """Channels whose archived threads were read in this session."""
        self._seen = SeenThrough(self._places)

    def _places_in(self, store: Store) -> Places:
        """The channels and threads that it handles."""
        return store.channels

    def _made_threads(self) -> Threads:
        return Threads(self._client, self._places, self._guild_id)

    def _made_intake(self, desk: Desk, store: Store, staff: Staff, options: InboxOptions) -> Intake:
        return Intake(desk, store, staff, options, self._marking, self._places)

    def _made_repeating(self, staff: Staff, options: InboxOptions) -> Repeating:
        named = options.relay_bots
        return Repeating(self._client, self._store, staff, self._intake, self._lanes, named, self._guild_id)

    async def _known_in(self, channel: Channel) -> Mapping[int | None, set[int]]:
        """The Discord ids of everything in the store from this channel; see ``known_of``."""
        return await known_of(self._store, channel)

    async def run(self) -> None:
        """Process events until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._lanes.run(), name="inbox")
            tasks.create_task(self._marks.run(), name="marks")
            while True:
                await asyncio.sleep(SEEN_EVERY)
                await self._seen.tell()

    async def idle(self) -> None:
        """Wait until everything that came in so far is processed."""
        await self._lanes.idle()
        await self._marks.idle()
        await self._seen.tell()

    def do(self, channel_id: int, job: Job) -> None:
        """Do a job about a channel, after everything that came from it so far."""
        self._lanes.put(channel_id, job)

    async def in_turn(self, channel_id: int, act: Callable[[], Awaitable[T]]) -> T:
        """Run ``act`` once everything that was written, edited and deleted in the channel before is
        processed, with lost events. Returns or raises what ``act`` does. If the bot cannot read the channel,
        that is logged."""

        async def know_all() -> None:
            try:
                await self.know_all_of(channel_id)
            except discord.DiscordServerError:
                raise  # it is tried again
            except discord.HTTPException as error:
                log.warning("what was written in channel %s cannot be read: %s", channel_id, error)

        self._lanes.put(channel_id, know_all)
        return await self._lanes.in_turn(channel_id, act)

    async def read_out(self, channel_id: int) -> None:
        """Return once everything done in the channel is processed. Raises Discord's error if it cannot be
        read."""
        await self._lanes.in_turn(channel_id, partial(self.know_all_of, channel_id))

    async def know_all_of(self, channel_id: int) -> None:
        """Catch up and compare. Call it in the channel's turn."""
        if (channel := await self._places.at(channel_id)) is not None:
            await self._catch_up_first(self._threads.room_of(channel))
            await self.compare(channel_id)

    @commands.Cog.listener()
    async def on_connect(self) -> None:
        """A new session has begun, long before it is ready. Each channel must be caught up with first."""
        self._begin_session()

    @commands.Cog.listener("on_guild_unavailable")
    @commands.Cog.listener("on_guild_remove")
    async def on_guild_away(self, guild: discord.Guild) -> None:
        """The guild sends no events until an outage of Discord is over, or the bot is invited again."""
        if guild.id == self._guild_id:
            self._begin_session()

    @commands.Cog.listener()
    async def on_guild_channel_create(self, there: discord.abc.GuildChannel) -> None:
        """A channel made within this session needs no catching up."""
        self._caught_up.add(there.id)
        self._archives_known.add(there.id)

    @commands.Cog.listener()
    async def on_thread_create(self, thread: discord.Thread) -> None:
        """A thread that was begun within this session needs none either."""
        self._caught_up.add(thread.id)

    def _begin_session(self) -> None:
        """Begin a session, in which nothing is known of earlier messages."""
        self._caught_up.clear()
        self._archives_known.clear()

    def catch_up(self, channel: Channel, there: discord.TextChannel | discord.Thread) -> bool:
        """Read what was written while nobody listened. Returns whether there was anything. If there was not,
        it takes no request."""
        is_news = (there.last_message_id or 0) > self._seen.through(channel)
        if is_news:
            self._lanes.put(there.id, partial(self._read_missed, self._threads.room_of(channel)))
        else:
            self._caught_up.add(there.id)
        self._lanes.put(there.id, partial(self._catch_up_threads, channel))
        return is_news

    async def _catch_up_threads(self, channel: Channel) -> None:
        for thread_id, newest_id in sorted(self._threads.active_in(channel.channel_id).items()):
            if thread_id not in self._caught_up:
                await self._catch_up_thread(Room(channel, thread_id), newest_id)

    async def _catch_up_thread(self, room: Room, newest_id: int | None) -> None:
        if newest_id is None or newest_id == room.id or await self._intake.knows(room, newest_id):
            self._caught_up.add(room.id)
        else:
            await self._read_missed(room)

    async def compare(self, channel_id: int, *, is_first: bool = False) -> None:
        """Find lost events among the newest messages: edits, deletions, and new messages.

        Call it in the channel's turn, after catching up. ``is_first`` says that it is the first time in a
        session, before which anything may have happened."""
        channel = await self._places.at(channel_id)
        if channel is None or channel_id not in self._caught_up:
            return
        known = await self._known_in(channel)
        threads = set(self._threads.active_in(channel_id))
        newest = await self._compare(self._threads.room_of(channel), known.get(None, set()))
        self._client.dispatch("compared", channel, newest, is_first)
        threads |= {it for it in known if it is not None} | begun_in(newest)
        for thread_id in sorted(threads | await self._archived_in(channel_id)):
            await self._compare_thread(Room(channel, thread_id), known.get(thread_id, set()))

    async def _archived_in(self, channel_id: int) -> set[int]:
        """The archived threads of a channel, once in a session: nobody can write in one without an event."""
        if channel_id in self._archives_known:
            return set()
        found = {thread_id async for thread_id in self._threads.archived_in(channel_id)}
        self._archives_known.add(channel_id)
        return found

    async def _compare_thread(self, room: Room, known: set[int]) -> None:
        """Compare a thread. If the thread was deleted, what was written there stays in the record."""
        try:
            await self._catch_up_first(room)
            await self._compare(room, known)
        except (discord.NotFound, discord.Forbidden) as error:
            log.info("thread %s of channel %s cannot be read: %s", room.id, room.channel.channel_id, error)

    async def _compare(self, room: Room, known: set[int]) -> list[discord.Message]:
        """Compare the newest messages of a room, and return them.

        A message counts as deleted only inside a range that was read completely. A message that is known in
        any way is not taken again, for instance one that was deleted since, or that the bot has refused with
        an answer."""
        seen_through = max(known, default=0) if room.thread_id else self._seen.through(room.channel)
        newest = [message async for message in self._there(room).history(limit=COMPARED)]
        found = {message.id: message for message in newest}
        read_from = newest[-1].id if len(newest) == COMPARED else room.id
        answers = answers_in(newest, self._client.user)
        for discord_id in sorted(known):
            if discord_id in found:
                if not is_answered(found[discord_id], answers):
                    await self._intake.edited(room, found[discord_id])
            elif discord_id >= read_from:  # else read no further, or of an earlier channel
                await self._repeating.deleted(room, discord_id, set(found))
        if max(seen_through, room.id) < read_from:
            await self._read_after(room, max(seen_through, room.id))
        for message in reversed(newest):
            if message.id not in known and message.id not in answers:
                await self._new(room, message)
                await self._repeating.edited(room, message)
        return newest

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        if message.guild is not None and message.guild.id == self._guild_id:
            self._put(message.channel.id, partial(self._live, message))

    @commands.Cog.listener()
    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        if payload.guild_id == self._guild_id:
            self._put(payload.channel_id, partial(self._edited, payload.message))

    @commands.Cog.listener()
    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        if payload.guild_id == self._guild_id:
            self._put(payload.channel_id, partial(self._deleted, payload.channel_id, payload.message_id))

    @commands.Cog.listener()
    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        if payload.guild_id == self._guild_id:
            for message_id in sorted(payload.message_ids):
                self._put(payload.channel_id, partial(self._deleted, payload.channel_id, message_id))

    def _put(self, place_id: int, job: Job) -> None:
        """Do a job about a channel or thread in the channel's lane."""
        channel_id = self._threads.channel_of(place_id)
        if channel_id is None:
            self._lanes.put(place_id, partial(self._find_lane, place_id, job))
        else:
            self._lanes.put(channel_id, job)

    async def _find_lane(self, place_id: int, job: Job) -> None:
        room = await self._threads.room(place_id)
        if room is not None and room.thread_id is not None:
            self._lanes.put(room.channel.channel_id, job)
        else:
            await job()

    async def _live(self, message: discord.Message) -> None:
        room = await self._threads.room(message.channel.id)
        if room is None:  # or the store does not know it yet; then the card's event has it read completely
            self._caught_up -= {message.channel.id, self._threads.channel_of(message.channel.id)}
            return
        await self._catch_up_first(room)
        await self._new(room, message)

    async def _edited(self, message: discord.Message) -> None:
        room = await self._threads.room(message.channel.id)
        if room is None or await self._repeating.edited(room, message):
            return
        if not await self._intake.edited(room, message):
            self._heard.early.put(message.id, message)

    async def _deleted(self, place_id: int, message_id: int) -> None:
        room = await self._threads.room(place_id)
        if room is not None:
            await self._repeating.deleted(room, message_id)
        self._heard.deleted.put(message_id, None)

    async def _catch_up_first(self, room: Room) -> None:
        if room.id not in self._caught_up:
            await self._read_missed(room)

    async def _read_missed(self, room: Room) -> None:
        if room.id not in self._caught_up:
            seen_through = self._seen.through(room.channel)
            if room.thread_id is not None:
                known = await self._known_in(room.channel)
                seen_through = max(known.get(room.thread_id, ()), default=0)
            await self._read_after(room, max(seen_through, room.id))
        self._caught_up.add(room.id)
        if room.thread_id is None:
            await self._catch_up_threads(room.channel)

    async def _read_after(self, room: Room, message_id: int) -> None:
        there = self._there(room)
        async for message in there.history(after=discord.Object(message_id), oldest_first=True, limit=None):
            await self._new(room, message)

    async def _new(self, room: Room, message: discord.Message) -> None:
        """Process a message, unless this process or an earlier one has done so."""
        if not await self._is_known(room, message):
            take = self._repeating.take if is_by_a_bot(message) else self._intake.take
            await take(room, message)
            if (edited := self._heard.early.pop(message.id)) is not None:
                await self._intake.edited(room, edited)
        elif self._repeating.is_ours(room, message):
            await without_pin_line(message)
        self._heard.taken.put(message.id, None)
        if room.thread_id is None:
            self._seen.move(room.id, message.id)
            self._marking.then(room, partial(self._seen.settle, room.id, message.id))

    async def _is_known(self, room: Room, message: discord.Message) -> bool:
        """Whether nothing is left to do about a message."""
        if message.type not in RELAYED or self._repeating.is_ours(room, message):
            return True
        if message.id in self._heard.taken or message.id in self._heard.deleted:
            return True
        may_be_known = room.thread_id is not None or message.id <= self._seen.through(room.channel)
        if may_be_known and is_by_a_bot(message) and await self._repeating.is_done(room, message):
            return True
        return may_be_known and await self._intake.knows(room, message.id)

    def _there(self, room: Room) -> discord.PartialMessageable:
        """The channel or thread, even if the gateway has not reported it yet."""
        return self._client.get_partial_messageable(room.id, guild_id=self._guild_id)
