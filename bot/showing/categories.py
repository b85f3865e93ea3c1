"""Finds room for a channel: in the level's category, or in an overflow category if that is full, or nowhere
for now."""

import asyncio
import logging
from collections.abc import Mapping, Sequence

import discord

from bot.connection.faults import NoRoom, Refused, discord_faults
from bot.connection.guild import GuildMap
from bot.showing.access import colleagues_of
from bot.showing.admins import Admins
from bot.showing.channel_marks import Marks
from bot.showing.channel_names import NEUTRAL, names_of
from bot.showing.names import Names
from config.faults import GUILD_FULL, TICKET_STANDS_STILL, TICKET_WITHOUT_CHANNEL
from config.settings import ChannelNames
from texts.text import Text
from tickets.model import IssueLevel, Ticket, TicketId
from tickets.ports.sinks import Away, Never, NotNow, SinkName
from tickets.ports.store import Store, StoreUnavailable

log = logging.getLogger(__name__)

AT_ONCE = 3
"""So many tickets may ask for a channel at a time, one request after the other. Discord takes few of these
requests (10 in 10 s), and a ticket that waited inside the relay would delay others that need no channel."""

NEXT_LOOK = 60.0
"""Seconds until the first ticket in the queue of a full guild tries again, if no free place is noticed
before."""
LATER_LOOK = 600.0
"""Seconds until the others try again; the next ones are woken."""
BETWEEN_LOOKS = 2.0
"""Seconds after which the next ones are woken in any case."""

MOST_WAITING = 100_000
FULL = "the guild is full"
LOOKED_AT = 5
"""So many more tickets of the queue are read, to skip those that cannot be shown at all."""


class GuildIsFull(NotNow):
    """The guild has the largest possible number of channels. The ticket waits in the queue."""


class NotTaken(NotNow):
    """Discord refuses the ticket's channel under any name. People may change that."""

    grows = True


class Categories:
    """Finds a category with room. It asks Discord and does not count, because a category may be full at 48.

    Channels are made one at a time, in the order of the queue: level, then age. Tickets that are not next
    are postponed, and woken when they are."""

    def __init__(
        self,
        client: discord.Client,
        store: Store,
        guild_map: GuildMap,
        admins: Admins,
        marks: Marks,
        names: Names,
        style: ChannelNames,
    ) -> None:
        self._client = client
        self._store = store
        self._map = guild_map
        self._admins = admins
        self._marks = marks
        self._names = names
        self._style = style
        self._full: set[int] = set()
        """Categories that Discord has called full, until a channel leaves them."""
        self._guild_is_full = False
        """Whether Discord has called the guild full. Then one ticket tries at a time, until none waits."""
        self._freed = 0
        """How many channels are known to have been deleted."""
        self._waiting: set[TicketId] = set()
        """Tickets that were postponed because others come first or the guild is full. Failed ones are not
        among them."""
        self._stuck: set[TicketId] = set()
        """Tickets that failed on their own and try again later. No other ticket waits for them."""
        self._made: set[TicketId] = set()
        """Tickets whose channels were made but may not be recorded yet."""
        self._turn = asyncio.Lock()
        self._building = asyncio.Lock()

    async def run(self) -> None:
        """Wake the next tickets until cancelled.

        A wake-up may come before the ticket was postponed, so it is repeated. Tickets that wait at the
        beginning may have been postponed by another process."""
        begun = False
        while True:
            try:
                if not begun:
                    self._waiting.update(await self._store.channels.next_to_get_a_channel(MOST_WAITING))
                    begun = True
                await self._wake()
            except StoreUnavailable as error:
                log.warning("the store is away, nobody in the queue is woken: %s", error)
            await asyncio.sleep(NEXT_LOOK if self._guild_is_full else BETWEEN_LOOKS)

    async def create(self, ticket: Ticket) -> discord.TextChannel:
        """A new channel for the ticket in a category of its level. Raises GuildIsFull, and NotNow if other
        tickets come first. The admins are told of a refusal."""
        await self._must_be_next(ticket)
        try:
            async with self._turn:
                channel = await self._created(ticket)
        except (Never, Refused) as refusal:
            self._stuck.add(ticket.id)
            await self._wake()
            await self.stays_without(ticket, f"Discord refuses it; it is tried again: {refusal}")
            raise NotTaken(str(refusal), getattr(refusal, "seconds", None)) from refusal
        except GuildIsFull:
            self._stuck.discard(ticket.id)
            self._waiting.add(ticket.id)
            raise
        except Away:
            raise  # any other ticket would be refused, too
        except Exception:
            self._stuck.add(ticket.id)
            await self._wake()
            raise
        self._stuck.discard(ticket.id)
        self._made.add(ticket.id)
        self.needs_none(ticket.id)
        await self._wake()
        return channel

    async def stays_without(self, ticket: Ticket, why: str) -> None:
        """Tell the admins of a ticket that gets no channel."""
        await self._admins.tell(
            TICKET_WITHOUT_CHANNEL.of(number=ticket.number, why=why), lasting=_no_channel(ticket.id)
        )

    def needs_none(self, ticket_id: TicketId) -> None:
        """Forget the ticket: it has its channel, or is closed and needs none."""
        self._admins.is_over(_no_channel(ticket_id))

    async def stays_behind(self, ticket: Ticket, why: str) -> None:
        """Tell the admins of a channel that stands in the category of another level."""
        await self._admins.tell(
            TICKET_STANDS_STILL.of(number=ticket.number, why=why), lasting=_behind(ticket.id)
        )

    def follows(self, ticket_id: TicketId) -> None:
        """The ticket's channel stands where it should, or is not needed any more."""
        self._admins.is_over(_behind(ticket_id))

    async def room_for(self, guild: discord.Guild, level: IssueLevel) -> discord.CategoryChannel | None:
        """A category of the level that has room, as far as is known. It is made if there is none. None if
        the level's own category is gone; the channel is then outside of all categories."""
        base = self._map.category(guild, level)
        if base is None:
            log.warning("the category of level %s is gone: its channels stand outside of any", level)
            return None
        async with self._building:
            for category in (base, *self._map.beside(guild, base)):
                if category.id not in self._full:
                    return category
            return await self._another(guild, base)

    async def call_full(self, category: discord.CategoryChannel | None, full: NoRoom) -> None:
        """Remember that a category is full. Raises GuildIsFull if it is the guild."""
        if category is None or full.of_guild:
            self._guild_is_full = True
            await self._admins.tell(GUILD_FULL.of(), lasting=FULL)
            raise GuildIsFull(str(full), NEXT_LOOK) from full
        self._full.add(category.id)

    async def place_is_free(self, category_id: int | None) -> None:
        """A channel was deleted. Its category has room, and the next ticket in the queue may try."""
        self._freed += 1
        if category_id is not None:
            self._full.discard(category_id)
        if self._guild_is_full:
            await self._wake()

    async def _created(self, ticket: Ticket) -> discord.TextChannel:
        while True:
            freed = self._freed
            try:
                return await self._create(ticket)
            except GuildIsFull:
                if self._freed == freed:
                    raise

    async def _create(self, ticket: Ticket) -> discord.TextChannel:
        guild = self._map.guild(self._client)

        async def ask(given: Mapping[str, str | None]) -> discord.TextChannel:
            with discord_faults("creating a channel"):
                return await guild.create_text_channel(
                    given["name"] or NEUTRAL[0],
                    category=category,
                    overwrites=self._map.overwrites(guild, ticket.support_role, colleagues_of(ticket)),
                    topic=given["topic"] or discord.utils.MISSING,
                    reason=f"ticket {ticket.number} was opened",
                )

        wishes: dict[str, Sequence[str | None]] = {
            "name": names_of(ticket, self._style),
            "topic": self._marks.topics(ticket.number, ticket.id),
        }
        while True:
            category = await self.room_for(guild, ticket.issue_level)
            try:
                return await self._names.taken(wishes, ask, may_guess=True)
            except NoRoom as full:
                await self.call_full(category, full)

    async def _another(self, guild: discord.Guild, base: discord.CategoryChannel) -> discord.CategoryChannel:
        await self._admins.tell(Text("category-is-full", name=base.name))

        async def ask(given: Mapping[str, str | None]) -> discord.CategoryChannel:
            with discord_faults("creating a category"):
                return await guild.create_category(
                    given["name"] or "",
                    overwrites=base.overwrites,
                    position=base.position,
                    reason=f"{base.name} is full",
                )

        try:
            made = await self._names.taken({"name": self._map.names_beside(guild, base)}, ask, may_guess=True)
        except NoRoom as full:
            await self.call_full(None, full)
            raise
        await self._until_known(guild, made)
        return made

    async def _until_known(self, guild: discord.Guild, category: discord.CategoryChannel) -> None:
        """Wait until the gateway has reported the new category. An unknown category would be made twice."""
        for _ in range(50):
            if guild.get_channel(category.id) is not None:
                return
            await asyncio.sleep(0.02)

    async def _must_be_next(self, ticket: Ticket) -> None:
        """Raises NotNow unless the ticket is next. A ticket that had a channel before is not in the queue
        and need not wait."""
        nexts = await self._next()
        is_queued = await self._store.channels.of_ticket(ticket.id) is None
        if is_queued and nexts and ticket.id not in nexts and ticket.id not in self._stuck:
            self._waiting.add(ticket.id)
            raise NotNow("others are before it in the queue for channels", LATER_LOOK)
        self._waiting.discard(ticket.id)

    async def _next(self) -> list[TicketId]:
        """The tickets that may ask for a channel now: the first ones of the queue, without failed ones."""
        most = 1 if self._guild_is_full else AT_ONCE
        first = await self._store.channels.next_to_get_a_channel(LOOKED_AT + most + len(self._stuck))
        for had_their_turn in (self._made, self._stuck):
            had_their_turn.intersection_update(first)
        found: list[TicketId] = []
        for ticket_id in first:
            if len(found) == most:
                break
            if ticket_id in self._made or ticket_id in self._stuck:
                continue
            if await self._store.backlog.pending(SinkName.DISCORD, ticket_id):
                found.append(ticket_id)
        return found

    async def _wake(self) -> None:
        """Have the next tickets tried now."""
        nexts = await self._next()
        if not nexts:
            self._guild_is_full = False
            self._admins.is_over(FULL)
        woken = [it for it in nexts if it in self._waiting]
        if not woken:
            return
        await self._store.backlog.hasten(SinkName.DISCORD, woken)
        for ticket_id in woken:
            ticket = await self._store.views.ticket(ticket_id)
            (opened,) = await self._store.log.events(ticket_id, upto=1)
            if ticket is not None:
                self._store.bell.ring(opened, ticket.requester, {SinkName.DISCORD})


def _no_channel(ticket_id: TicketId) -> str:
    return f"no channel for {ticket_id}"


def _behind(ticket_id: TicketId) -> str:
    return f"the channel of {ticket_id} cannot be moved"
