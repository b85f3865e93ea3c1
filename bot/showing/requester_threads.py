"""The private threads of requesters who opened their tickets in Discord. Makes each once, locks, archives
and restores it."""

import asyncio
import logging
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

import discord

from bot.connection.faults import (
    REFUSED_PAUSE,
    ChannelIsGone,
    Refused,
    Unsure,
    discord_faults,
)
from bot.connection.guild import GuildMap
from bot.showing.cards import OPEN_STATUSES
from bot.showing.names import Names
from bot.showing.rebuilt import note_rebuilt
from bot.showing.texts import shortened
from cogs.members import Members
from cogs.panels import Panels
from tickets.characters import clean_line
from tickets.model import Millis, Ticket, TicketId, UserKey
from tickets.ports.channels import Channel, ChannelState
from tickets.ports.lists import TicketFilter
from tickets.ports.sinks import NotNow
from tickets.ports.store import Store

log = logging.getLogger(__name__)

PRIVATE_THREAD: Final = 12
A_WEEK: Final = 10_080
"""Minutes of silence after which Discord archives a thread by itself, the longest time that it allows. A
message restores it."""
NAME_LIMIT: Final = 100
LET_IN: Final = 10
"""If somebody comes back to the guild, they are let into so many of their threads, those of the newest
tickets."""
CLOCKS_DIFFER: Millis = 10 * 60_000
"""Seconds by which the clocks of Discord and this machine may differ."""


class ThreadLacksAll(Exception):
    """A new thread would lack the conversation of the one before."""


class RequesterThreads:
    """Every step can be repeated after a crash. In the store, an archived thread is GONE."""

    def __init__(self, client: discord.Client, store: Store, guild_map: GuildMap, names: Names) -> None:
        self._client = client
        self._store = store
        self._map = guild_map
        self._names = names
        self.members = Members(store)
        self._panels = Panels(store.threads)
        self._unsure: set[TicketId] = set()
        """Tickets for which an unrecorded thread may exist."""
        self._awaited: dict[TicketId, asyncio.Future[int]] = {}

    def must_be_connected(self) -> None:
        """Raises Away while the bot is not connected."""
        self._map.guild(self._client)

    async def existing(self, ticket_id: TicketId) -> Channel | None:
        """The ticket's thread, if it has one now."""
        thread = await self._store.threads.of_ticket(ticket_id)
        return thread if thread and thread.state is ChannelState.OPEN else None

    async def at(self, place_id: int) -> Channel | None:
        """The requester's thread with this Discord id."""
        there = self._client.get_channel(place_id)
        is_one = isinstance(there, discord.Thread) and there.is_private()
        return await self._store.threads.at(place_id) if is_one else None

    async def made(self, ticket_id: TicketId, seconds: float) -> int | None:
        """Wait until the ticket's thread is made, and return its Discord id. None if it takes longer than
        these seconds."""
        awaited = self._awaited.setdefault(ticket_id, asyncio.get_running_loop().create_future())
        try:
            if (thread := await self.existing(ticket_id)) is not None:
                return thread.channel_id
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    return await awaited
            return None
        finally:
            self._awaited.pop(ticket_id, None)

    async def ensure(self, ticket: Ticket, *, from_the_beginning: bool) -> tuple[Channel, bool]:
        """The ticket's thread, which is made or restored if necessary, and whether it was made just now.
        Raises ThreadLacksAll if a new thread would replace a deleted one and is not filled
        ``from_the_beginning``."""
        thread = await self._store.threads.of_ticket(ticket.id)
        if thread is not None and thread.state is ChannelState.OPEN:
            return thread, False
        if thread is not None and (back := await self.bring_back(thread)) is not None:
            return back, False
        if thread is not None and not from_the_beginning:
            raise ThreadLacksAll
        return await self._found_or_made(ticket, is_rebuilt=thread is not None)

    async def admit(self, ticket: Ticket, thread: Channel) -> None:
        """Let the requester in, if they are in the guild."""
        member = await self.members.discord_id(ticket.requester)
        if member is None:
            log.warning("ticket %d: nobody in the guild is its requester", ticket.number)
            return
        try:
            with discord_faults("letting a requester into their thread"):
                await self._client.http.add_user_to_thread(thread.channel_id, member)
        except Refused as refusal:  # a requester who has left the guild is unknown; everything else goes on
            log.warning("ticket %d: its requester is not in the thread: %s", ticket.number, refusal)

    async def let_in_again(self, requester: UserKey, joined_at: Millis) -> None:
        """Let somebody who joined the guild at this time into the older threads of their open tickets,
        because whoever leaves the guild leaves its threads."""
        theirs = TicketFilter(requester=requester, statuses=OPEN_STATUSES)
        for ticket in await self._store.views.tickets(theirs, limit=LET_IN):
            thread = await self.existing(ticket.id)
            if thread is not None and _made_at(thread.channel_id) < joined_at:
                with suppress(NotNow):  # they are let in with the next answer
                    await self.admit(ticket, thread)

    async def lock(self, thread: Channel) -> None:
        """Lock the thread: only those who may manage threads can write in it."""
        with discord_faults("locking a thread"):
            await self._edit(thread, archived=False, locked=True)

    async def put_away(self, thread: Channel) -> None:
        """Archive the thread, unless it is gone."""
        with suppress(ChannelIsGone), discord_faults("archiving a thread"):
            await self._edit(thread, archived=True, locked=True)
        await self._store.threads.change(thread, state=ChannelState.GONE)
        log.info("thread %d is archived", thread.channel_id)

    async def erase(self, ticket_id: TicketId) -> None:
        """Delete the ticket's thread for good, unless it is gone, even an archived one."""
        thread = await self._store.threads.of_ticket(ticket_id)
        if thread is not None:
            with suppress(ChannelIsGone), discord_faults("deleting a thread"):
                await self._client.http.delete_channel(
                    thread.channel_id, reason="what was written in this thread is erased"
                )
            await self._store.threads.change(thread, state=ChannelState.GONE)

    async def bring_back(self, thread: Channel) -> Channel | None:
        """Restore the thread: it is active and open to writing. None if it was deleted."""
        try:
            with discord_faults("bringing a thread back"):
                await self._edit(thread, archived=False, locked=False)
        except ChannelIsGone:
            return None
        return await self._store.threads.change(thread, state=ChannelState.OPEN)

    async def is_gone(self, thread: Channel) -> None:
        """The thread was deleted by hand."""
        await self._store.threads.change(thread, state=ChannelState.GONE)

    async def _edit(self, thread: Channel, **fields: bool) -> None:
        await self._client.http.edit_channel(thread.channel_id, reason=None, **fields)

    async def _found_or_made(self, ticket: Ticket, *, is_rebuilt: bool) -> tuple[Channel, bool]:
        guild = self._map.guild(self._client)
        home = await self._home(guild, ticket)
        thread_id = await self._left_behind(guild, ticket, home)
        created = thread_id is None
        if thread_id is None:
            thread_id = await self._make(ticket, home)
        thread = Channel(ticket_id=ticket.id, channel_id=thread_id, parent_id=home)
        if is_rebuilt:
            await note_rebuilt(self._store.threads, thread)
        await self._store.threads.save(thread)
        self._unsure.discard(ticket.id)
        how = "was made" if created else "is found again"
        log.info("ticket %d: the thread %d of its requester %s", ticket.number, thread_id, how)
        if (awaited := self._awaited.get(ticket.id)) is not None and not awaited.done():
            awaited.set_result(thread_id)
        return thread, created

    async def _home(self, guild: discord.Guild, ticket: Ticket) -> int:
        """The channel where the ticket was opened, or, if that is gone, the newest channel with a panel."""
        homes = [ticket.panel_channel_id, *await self._panels.channels()]
        found = next((it for it in homes if it is not None and guild.get_channel(it) is not None), None)
        if found is None:
            raise Refused(
                f"channel {ticket.panel_channel_id} is gone, and no other has a panel", REFUSED_PAUSE
            )
        return found

    async def _make(self, ticket: Ticket, home: int) -> int:
        async def ask(given: Mapping[str, str | None]) -> Any:
            with discord_faults("making a thread"):
                return await self._client.http.start_thread_without_message(
                    home,
                    name=given["name"] or "",
                    auto_archive_duration=A_WEEK,
                    type=PRIVATE_THREAD,
                    invitable=False,
                    reason=f"ticket {ticket.number}",
                )

        try:
            made = await self._names.taken({"name": names_for(ticket)}, ask, may_guess=True)
        except Unsure:
            self._unsure.add(ticket.id)
            raise
        return int(made["id"])

    async def _left_behind(self, guild: discord.Guild, ticket: Ticket, home: int) -> int | None:
        """A thread that was made for the ticket and not recorded; the oldest one, if there are several."""
        known = [*guild.threads]
        if ticket.id in self._unsure:
            with discord_faults("reading the guild's threads"):
                known = await guild.active_threads()
        me = self._client.user.id if self._client.user else 0
        ours = sorted(
            it.id
            for it in known
            if it.owner_id == me
            and it.parent_id == home
            and it.name.split(" ")[0] == f"{ticket.number:04}"
            and _made_at(it.id) >= ticket.created_at - CLOCKS_DIFFER
        )
        for thread_id in ours:
            if await self._store.threads.at(thread_id) is None:
                return thread_id
        return None

    async def make_room(self) -> bool:
        """Archive the thread of the ticket that has been closed for the longest time. Returns whether there
        was one."""
        closed: list[tuple[Millis, Channel]] = []
        for thread in await self._store.threads.open_ones():
            ticket = await self._store.views.ticket(thread.ticket_id)
            if ticket is not None and ticket.closed_at is not None:
                closed.append((ticket.closed_at, thread))
        if closed:
            _, oldest = min(closed, key=lambda it: it[0])
            await self.put_away(oldest)
        return bool(closed)


def names_for(ticket: Ticket) -> list[str | None]:
    """Names for a ticket's thread, the preferred one first. They begin with the number, by which a thread is
    found again."""
    number = f"{ticket.number:04}"
    topic = " ".join(clean_line(ticket.topic).split())
    return [shortened(f"{number} {topic}", NAME_LIMIT), number]


def _made_at(discord_id: int) -> Millis:
    return int(discord.utils.snowflake_time(discord_id).timestamp() * 1000)
