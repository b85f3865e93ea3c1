"""A ticket's channel. It is created once, with its card on top, moved, opened to other roles, and removed."""

import logging
import time
from collections import deque
from collections.abc import Sequence
from contextlib import suppress

import discord

from bot.connection.faults import ChannelIsGone, MessageIsGone, NoRoom, Refused, Unsure, discord_faults
from bot.connection.guild import GuildMap
from bot.showing.access import overwrites_for
from bot.showing.cards import Cards
from bot.showing.categories import Categories, GuildIsFull
from bot.showing.channel_marks import Marks
from bot.showing.parts import MESSAGE_LIMIT
from bot.showing.pings import NOBODY, Pinged
from bot.showing.rebuilt import note_rebuilt, note_removed
from bot.showing.texts import shortened
from cogs.carrying_buttons import Carrying, view_of
from texts.language import Language
from texts.text import Words, in_language
from tickets.model import IssueLevel, Ticket, TicketId
from tickets.ports.channels import Channel, ChannelState
from tickets.ports.sinks import Never
from tickets.ports.store import Store
from tickets.ports.timers import Timer, TimerKind

log = logging.getLogger(__name__)

UNTIL_LOGGED = 3_000
"""Milliseconds after which Discord's audit log names the person who removed a channel, if it ever does."""
REMEMBERED = 1_000
"""So many channels are remembered that this process has removed."""
LOOKED_AT = 20
"""So many messages are read to see whether anybody has written."""


class LacksAll(Exception):
    """A new channel would lack the conversation of the one before."""


class TicketChannels:
    """Creates and manages the channels. Every step can be repeated after a crash."""

    def __init__(
        self,
        client: discord.Client,
        store: Store,
        guild_map: GuildMap,
        categories: Categories,
        cards: Cards,
        marks: Marks,
        language: Language,
    ) -> None:
        self.language = language
        """The language of the bot's lines in them."""
        self._client = client
        self._store = store
        self._map = guild_map
        self._categories = categories
        self._cards = cards
        self._marks = marks
        self._unsure: set[TicketId] = set()
        """Tickets for which an unrecorded channel may exist."""
        self._removed: deque[int] = deque(maxlen=REMEMBERED)

    async def ensure(self, ticket: Ticket, *, from_the_beginning: bool) -> tuple[Channel, bool]:
        """The ticket's channel with its card, and whether it was created just now. Raises LacksAll if a new
        channel would replace one that is gone and is not filled ``from_the_beginning``: a process may have
        ended after it noticed the loss and before everything was shown again."""
        channel = await self._store.channels.of_ticket(ticket.id)
        created = False
        if channel is None or channel.state is not ChannelState.OPEN:
            rebuilt = channel is not None
            if rebuilt and not from_the_beginning:
                raise LacksAll
            channel, created = await self._found_or_created(ticket, is_rebuilt=rebuilt)
        else:
            rebuilt = False
        if channel.card_id is None:
            channel = await self._cards.put_up(ticket, channel, is_new=created, ping=not rebuilt)
        return channel, created

    async def not_to_be_had(self, ticket: Ticket, why: str) -> None:
        """An event of the ticket FAILED. If the ticket has no channel, people learn of it only from this."""
        if not ticket.is_closed:
            await self._categories.stays_without(ticket, why)

    def needed_no_more(self, ticket: Ticket) -> None:
        """A closed ticket gets no channel, and the one that it has is moved no more."""
        self._categories.needs_none(ticket.id)
        self._categories.follows(ticket.id)

    def must_be_connected(self) -> None:
        """Raises Away while the bot is not connected, so that no ticket is tried in vain."""
        self._map.guild(self._client)

    async def existing(self, ticket_id: TicketId) -> Channel | None:
        """The ticket's channel, if it has one now."""
        channel = await self._store.channels.of_ticket(ticket_id)
        return channel if channel and channel.state is ChannelState.OPEN else None

    async def move(self, ticket: Ticket, channel: Channel) -> None:
        """Move the channel into a category of the ticket's level. Where Discord refuses that, it stays
        where it is, the admins are told, and no message waits; ``bot/hearing/reconciling.py`` tries again."""
        try:
            await self._move(ticket, channel)
        except (Refused, GuildIsFull, Never) as refusal:
            await self._is_put_into(channel, channel.category_id)  # or it would count as moved by hand
            await self._categories.stays_behind(ticket, str(refusal))
        else:
            self._categories.follows(ticket.id)

    async def _move(self, ticket: Ticket, channel: Channel) -> None:
        """The target is stored first, because a channel anywhere else counts as moved by hand."""
        guild = self._map.guild(self._client)
        there = guild.get_channel(channel.channel_id)
        if there is not None and self._map.is_for(guild, there.category_id, ticket.issue_level):
            await self._is_put_into(channel, there.category_id)
            return
        while True:
            category = await self._categories.room_for(guild, ticket.issue_level)
            if category is None:
                return
            await self._is_put_into(channel, category.id)
            try:
                with discord_faults("moving a channel"):
                    await self._client.http.edit_channel(channel.channel_id, parent_id=category.id)
                return
            except NoRoom as full:
                await self._categories.call_full(category, full)

    async def note_move(self, channel: Channel, level: IssueLevel) -> None:
        """Note that somebody moved the channel into a category of this level, so that a further move is
        noticed."""
        guild = self._map.guild(self._client)
        there = guild.get_channel(channel.channel_id)
        base = self._map.category(guild, level)
        category_id = base.id if base else None
        if there is not None and self._map.is_for(guild, there.category_id, level):
            category_id = there.category_id
        await self._is_put_into(channel, category_id)

    async def _is_put_into(self, channel: Channel, category_id: int | None) -> None:
        await self._store.channels.change(channel, category_id=category_id)

    async def admit(self, ticket: Ticket, channel: Channel) -> None:
        """Give access to the roles that the ticket's support role requires."""
        guild = self._map.guild(self._client)
        there = guild.get_channel(channel.channel_id)
        if not isinstance(there, discord.TextChannel):
            raise ChannelIsGone(f"channel {channel.channel_id} is gone", 0)
        with discord_faults("changing who sees a channel"):
            await there.edit(overwrites=overwrites_for(self._map, there, ticket))

    async def say(
        self,
        channel: Channel,
        words: Words,
        nonce: str,
        *,
        ping: Pinged | None = None,
        files: Sequence[discord.File] = (),
        buttons: Sequence[Carrying] = (),
    ) -> discord.Message:
        """Post a message of the bot. Its nonce keeps a repetition within minutes from appearing twice."""
        mentions = ping.allowed if ping else NOBODY
        text = in_language(words, self.language)
        text = f"{ping.mention} {text}" if ping else text
        with discord_faults("posting a notice"):
            return await self._messageable(channel).send(
                shortened(text, MESSAGE_LIMIT),
                nonce=nonce,
                allowed_mentions=mentions,
                files=files,
                view=view_of(buttons, self.language) or discord.utils.MISSING,
            )

    async def change_files(self, channel: Channel, discord_id: int, files: Sequence[discord.File]) -> None:
        """Replace the files of a message of the bot. Raises MessageIsGone."""
        with discord_faults("changing files"):
            await self._messageable(channel).get_partial_message(discord_id).edit(attachments=files)

    async def correct(
        self, channel: Channel, discord_id: int, words: Words, buttons: Sequence[Carrying] = ()
    ) -> None:
        """Change the text and buttons of a message of the bot. Raises MessageIsGone."""
        with discord_faults("correcting a notice"):
            await (
                self._messageable(channel)
                .get_partial_message(discord_id)
                .edit(
                    content=in_language(words, self.language),
                    view=view_of(buttons, self.language),
                )
            )

    async def take_away(self, channel: Channel, discord_id: int) -> None:
        """Delete a message of the bot, unless it is gone already."""
        with suppress(MessageIsGone), discord_faults("deleting a message of the bot's"):
            await self._messageable(channel).get_partial_message(discord_id).delete()

    async def remove(self, channel: Channel, reason: str) -> None:
        """Delete the channel, unless it is gone already."""
        self._map.guild(self._client)
        try:
            with discord_faults("removing a channel"):
                await self._client.http.delete_channel(channel.channel_id, reason=reason)
        except ChannelIsGone:
            log.info("the channel of ticket %s was gone already", channel.ticket_id)
        else:
            log.info("channel %d was removed: %s", channel.channel_id, reason)
        self._removed.append(channel.channel_id)
        ticket = await self._store.views.ticket(channel.ticket_id)
        if ticket is not None:
            await self.is_gone(channel, ticket)

    def was_removed(self, channel_id: int) -> bool:
        """Whether this process has removed the channel lately, and nobody by hand."""
        return channel_id in self._removed

    async def erase(self, channel: Channel) -> None:
        """Delete the channel because its content is erased, unless it is gone already."""
        self._map.guild(self._client)
        with suppress(ChannelIsGone), discord_faults("deleting a channel"):
            await self._client.http.delete_channel(
                channel.channel_id, reason="what was written in this ticket is erased"
            )
        await self._store.channels.change(channel, state=ChannelState.GONE)

    async def is_gone(self, channel: Channel, ticket: Ticket) -> None:
        """The channel was removed, by Guildesk or by hand. The log channel says so, if there is one."""
        if self._map.log_channel_id is not None:
            by_hand = ticket.closed_seq is None
            due_at = time.time_ns() // 1_000_000 + (UNTIL_LOGGED if by_hand else 0)
            seq = ticket.seq if ticket.closed_seq is None else ticket.closed_seq
            await note_removed(self._store.channels, channel, seq)
            await self._store.timers.set(Timer(ticket.id, TimerKind.REMOVED, seq, due_at))
            for opened in await self._store.log.events(ticket.id, upto=1):
                self._store.bell.ring(opened, ticket.requester, {TimerKind.REMOVED})
        await self._store.channels.change(channel, state=ChannelState.GONE)

    def ticket_marked_on(self, there: discord.abc.GuildChannel) -> TicketId | None:
        """The ticket of this deployment that the channel was made for, by its topic."""
        return self._marks.ticket_in(there.topic) if isinstance(there, discord.TextChannel) else None

    async def remove_if_extra(self, there: discord.TextChannel) -> None:
        """Remove a second channel of a ticket, unless somebody wrote in it."""
        ticket_id = self.ticket_marked_on(there)
        known = await self.existing(ticket_id) if ticket_id else None
        if known is not None and known.channel_id != there.id:
            log.warning("channel %s is a second one of ticket %s", there.id, ticket_id)
            await self._remove_unused(there)

    async def _found_or_created(self, ticket: Ticket, *, is_rebuilt: bool) -> tuple[Channel, bool]:
        guild = self._map.guild(self._client)
        found = await self._left_behind(guild, ticket)
        created = found is None
        if found is None:
            try:
                found = await self._categories.create(ticket)
            except Unsure:
                self._unsure.add(ticket.id)
                raise
        channel = Channel(ticket_id=ticket.id, channel_id=found.id, category_id=found.category_id)
        if is_rebuilt:
            await note_rebuilt(self._store.channels, channel)
        await self._store.channels.save(channel)
        how = "was made" if created else "is found again"
        why = ": the one before is gone" if is_rebuilt else ""
        log.info("ticket %d: its channel %d %s%s", ticket.number, found.id, how, why)
        self._unsure.discard(ticket.id)
        return channel, created

    async def _left_behind(self, guild: discord.Guild, ticket: Ticket) -> discord.TextChannel | None:
        """The oldest channel with the ticket's mark. Others are removed if nobody wrote in them."""
        known: list[discord.TextChannel] = guild.text_channels
        if ticket.id in self._unsure:
            with discord_faults("reading the guild's channels"):
                known = [it for it in await guild.fetch_channels() if isinstance(it, discord.TextChannel)]
        marked = sorted((it for it in known if self.ticket_marked_on(it) == ticket.id), key=lambda it: it.id)
        for extra in marked[1:]:
            await self._remove_unused(extra)
        return marked[0] if marked else None

    async def _remove_unused(self, channel: discord.TextChannel) -> None:
        with discord_faults("removing a channel that was created twice"):
            async for message in channel.history(limit=LOOKED_AT):
                if not message.author.bot:
                    return
            await channel.delete(reason="this ticket has another channel")

    def _messageable(self, channel: Channel) -> discord.PartialMessageable:
        return self._client.get_partial_messageable(channel.channel_id, guild_id=self._map.guild_id)
