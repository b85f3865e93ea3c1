"""Brings what requesters write, edit and delete in their threads to the desk, as if it came over the API."""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from functools import partial

import aiohttp
import discord
from discord.ext import commands

from bot.connection.faults import Refused
from bot.connection.guild import GuildMap
from bot.hearing.comparing import PAGE
from bot.hearing.inbox import Inbox
from bot.hearing.intake import InboxOptions, Intake
from bot.hearing.lanes import Job
from bot.hearing.reconciling import BETWEEN_COMPARISONS, BETWEEN_SWEPT, SWEEP_EVERY, UNTIL_SETTLED
from bot.hearing.threads import Room, Threads
from bot.showing.doubles import remove_double
from bot.showing.requester_threads import RequesterThreads
from cogs.members import Members
from cogs.replies import words
from cogs.staff import Staff
from texts.text import Text, Words
from tickets.desks.ticket_desk import Desk
from tickets.events import Place
from tickets.model import Actor, AuthorType, Caller, MessageId
from tickets.ports.channels import Channel, ChannelState, Places, event_id_from_thread, typed_in
from tickets.ports.signals import Typing
from tickets.ports.sinks import SinkName
from tickets.ports.store import Store, StoreUnavailable
from tickets.refusals import Refusal
from tickets.sources import Source, from_thread

log = logging.getLogger(__name__)

LIVELY_FOR = timedelta(hours=1)
"""Seconds for which a thread is compared after its last message."""


class RequesterRoom(Room):
    """The thread of a requester."""

    def message_id(self, discord_id: int, suffix: str = "") -> MessageId:
        """The id of what a message here became."""
        return MessageId(event_id_from_thread(self.channel.channel_id, discord_id, suffix))

    def source(self, discord_id: int, suffix: str = "") -> Source:
        """The source of an event that follows from a message here."""
        return from_thread(self.channel.channel_id, discord_id, suffix)


class RequesterRooms(Threads):
    """Finds the rooms of requesters. Each thread is a room of its own."""

    def may_be_one(self, place_id: int) -> bool:
        """Whether this may be the thread of a requester. The store decides about places that the gateway has
        not reported."""
        there = self._client.get_channel(place_id)
        is_private = isinstance(there, discord.Thread) and there.is_private()
        return there is None or is_private

    def channel_of(self, place_id: int) -> int | None:
        return place_id

    def room_of(self, channel: Channel) -> Room:
        return RequesterRoom(channel)

    async def room(self, place_id: int) -> Room | None:
        channel = await self._channels.at(place_id)
        return None if channel is None else self.room_of(channel)

    def active_in(self, channel_id: int) -> dict[int, int | None]:
        return {}


class RequesterIntake(Intake):
    """Takes messages in requesters' threads. Only the requester is heard there."""

    async def _caller(self, room: Room, message: discord.Message) -> Caller | None:
        ticket = await self._store.views.ticket(room.channel.ticket_id)
        author = await self.authors.of(message)
        caller = await Members(self._store).as_requester(author, room.channel.ticket_id)
        return caller if ticket is not None and ticket.requester == caller.key else None

    def _who_speaks(self, room: Room) -> Words:
        return Text("only-requester-speaks")

    async def _came_too_late(
        self, caller: Caller, room: Room, message: discord.Message, refusal: Refusal
    ) -> None:
        """Keeps nothing: a requester who needs more help reopens the ticket."""
        self.marking.answer(message, Text("not-sent", why=words(refusal)))


class RequestersInbox(Inbox):
    """The inbox for requesters' threads."""

    def _places_in(self, store: Store) -> Places:
        return store.threads

    def _made_threads(self) -> RequesterRooms:
        return RequesterRooms(self._client, self._places, self._guild_id)

    def _made_intake(self, desk: Desk, store: Store, staff: Staff, options: InboxOptions) -> Intake:
        options = replace(options, note_prefix=None, mention_is_note=False)
        return RequesterIntake(desk, store, staff, options, self._marking, self._places)

    async def _known_in(self, channel: Channel) -> Mapping[int | None, set[int]]:
        """The known ids of the thread only, because what staff wrote in the ticket's channel was never
        here."""
        known: set[int] = set()
        after_seq = 0
        while page := await self._store.views.messages(channel.ticket_id, after_seq=after_seq, limit=PAGE):
            typed = (typed_in(channel, message.id) for message in page)
            known |= {it for it in typed if it is not None}
            after_seq = page[-1].seq
            await asyncio.sleep(0)
        return {None: known}

    def _put(self, place_id: int, job: Job) -> None:
        if isinstance(self._threads, RequesterRooms) and self._threads.may_be_one(place_id):
            self._lanes.put(place_id, job)


class FollowingThreads(commands.Cog):
    """Catches up with requesters' threads after an absence, and compares them from time to time."""

    def __init__(
        self,
        client: discord.Client,
        store: Store,
        guild_map: GuildMap,
        inbox: RequestersInbox,
        threads: RequesterThreads,
        sweep_every: float = SWEEP_EVERY,
    ) -> None:
        self._client = client
        self._store = store
        self._map = guild_map
        self._inbox = inbox
        self._threads = threads
        self._later = asyncio.Queue[tuple[float, discord.Message]]()
        """Messages of webhooks, and the time by which they must be in the store."""
        self._sweep_every = sweep_every
        self._begun = asyncio.Event()

    async def run(self) -> None:
        """Catch up and compare until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._follow(), name="comparing threads")
            tasks.create_task(self._look_for_doubles(), name="doubles in threads")

    async def _follow(self) -> None:
        while True:
            is_sweep = False
            try:
                async with asyncio.timeout(self._sweep_every):
                    await self._begun.wait()
            except TimeoutError:
                is_sweep = True
            self._begun.clear()
            guild = self._client.get_guild(self._map.guild_id)
            if guild is None or guild.unavailable or not self._client.is_ready():
                continue
            try:
                await (self._sweep(guild) if is_sweep else self._begin(guild))
            except StoreUnavailable as error:
                log.warning("the store is away, no thread is compared: %s", error)
            except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
                log.warning("Discord is away, no thread is compared: %s", error)

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """A new session. Everything that happened before it came without an event."""
        self._begun.set()

    @commands.Cog.listener("on_guild_available")
    @commands.Cog.listener("on_guild_join")
    async def on_guild_there(self, _: discord.Guild) -> None:
        self._begun.set()

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        """A message of the bot that has no link after a while was sent twice."""
        there = message.channel
        if message.webhook_id is not None and isinstance(there, discord.Thread) and there.is_private():
            self._look_later(message)

    @commands.Cog.listener()
    async def on_raw_typing(self, payload: discord.RawTypingEvent) -> None:
        """Show staff that a requester is typing in their thread."""
        thread = await self._threads.at(payload.channel_id)
        ticket = await self._store.views.ticket(thread.ticket_id) if thread else None
        if ticket is None or ticket.is_closed:
            return
        if await Members(self._store).discord_id(ticket.requester) != payload.user_id:
            return
        if await self._store.users.is_blocked(ticket.requester):
            return
        actor = Actor(AuthorType.REQUESTER, ticket.requester)
        self._store.signals.say(Typing(ticket.id, ticket.requester, actor, Place.DISCORD))

    @commands.Cog.listener()
    async def on_raw_thread_update(self, payload: discord.RawThreadUpdateEvent) -> None:
        """Somebody may have locked the thread by hand, and perhaps archived it, too."""
        if payload.data["thread_metadata"].get("locked"):
            self._inbox.do(payload.thread_id, partial(self._unlock, payload.thread_id))

    async def _unlock(self, thread_id: int) -> None:
        """Unlock a thread whose ticket is open: its requester could write there no longer, and nobody would
        know. Whoever should not write is blocked."""
        thread = await self._store.threads.at(thread_id)
        ticket = await self._store.views.ticket(thread.ticket_id) if thread else None
        if thread is None or ticket is None or ticket.is_closed or thread.state is not ChannelState.OPEN:
            return
        try:
            await self._threads.bring_back(thread)
            log.info("ticket %d: the thread of its requester was locked, and is open again", ticket.number)
        except Refused as refusal:
            log.warning("ticket %d: the thread of its requester stays locked: %s", ticket.number, refusal)

    def _look_later(self, message: discord.Message) -> None:
        self._later.put_nowait((asyncio.get_running_loop().time() + UNTIL_SETTLED, message))

    async def _look_for_doubles(self) -> None:
        while True:
            at, message = await self._later.get()
            await asyncio.sleep(max(0.0, at - asyncio.get_running_loop().time()))
            self._inbox.do(message.channel.id, partial(self._look_twice, message))

    async def _look_twice(self, message: discord.Message) -> None:
        store = self._store
        if not await remove_double(message, store.threads, store.backlog, SinkName.THREADS):
            self._look_later(message)

    async def _begin(self, guild: discord.Guild) -> None:
        """Catch up with all threads, first with those in which somebody has written."""
        quiet: list[Channel] = []
        for thread in await self._store.threads.open_ones():
            there = guild.get_thread(thread.channel_id)
            if there is not None and there.locked:
                self._inbox.do(thread.channel_id, partial(self._unlock, thread.channel_id))
            if there is None or self._inbox.catch_up(thread, there):
                self._inbox.do(thread.channel_id, partial(self._compare, thread))
            else:
                quiet.append(thread)
        for thread in quiet:
            self._inbox.do(thread.channel_id, partial(self._compare, thread))
            await asyncio.sleep(BETWEEN_COMPARISONS)

    async def _sweep(self, guild: discord.Guild) -> None:
        """Compare the threads in which somebody has written lately. One request finds them."""
        threads = await self._store.threads.open_ones()
        if not threads:
            return
        since = discord.utils.utcnow() - LIVELY_FOR
        active = {it.id: it.last_message_id or it.id for it in await guild.active_threads()}
        for thread in threads:
            newest = active.get(thread.channel_id)
            if newest is not None and discord.utils.snowflake_time(newest) > since:
                self._inbox.do(thread.channel_id, partial(self._compare, thread))
                await asyncio.sleep(BETWEEN_SWEPT)

    async def _compare(self, thread: Channel) -> None:
        """Compare a thread. If Discord does not show it, it is archived or gone, and its next message brings
        it back."""
        try:
            await self._inbox.know_all_of(thread.channel_id)
        except discord.HTTPException as error:
            if isinstance(error, discord.DiscordServerError):
                raise  # it is tried again
            log.info("thread %s cannot be read: %s", thread.channel_id, error)
