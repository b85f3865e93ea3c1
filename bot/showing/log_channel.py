"""The log channel: a line for each change of tickets and their channels, with the person. Each appears
once."""

import asyncio
import re
import time
from datetime import UTC, datetime

import discord

from bot.connection.faults import ChannelIsGone, discord_faults
from bot.connection.guild import GuildMap
from bot.connection.staff_channels import LOG_SETTING, staff_channel
from bot.showing.lines import LOGGED, Lines, change_of, closing_of, doer, people_in, sentence_in_discord
from bot.showing.parts import MESSAGE_LIMIT
from bot.showing.pings import NOBODY
from bot.showing.rebuilt import removed_at
from bot.showing.texts import plain, shortened
from config.faults import Fault
from texts.language import Language
from texts.text import Text, Words, in_language, joined
from tickets.event_kinds import kind_of
from tickets.events import Event, SentenceEvent, TicketChanged, TicketClosed, TicketOpened
from tickets.model import MessageId, Millis, Ticket, TicketId, UserKey
from tickets.ports.channels import LOG_LINE, Link
from tickets.ports.sinks import Away, Listening, SinkName
from tickets.ports.store import Store
from tickets.ports.timers import Timer, TimerKind

CLOCKS_DIFFER = 60
"""Seconds by which our clock may be ahead of Discord's."""
PAUSE = 30.0
"""Seconds before a channel is tried again in which the bot may not post."""
LOOKED_AT = 100
"""So many entries of the audit log are read, as many as one request gives."""
TOPIC_LIMIT = 100
_LINK = re.compile(r"\[(#\d+)\]\(<[^>]*>\)")
"""The link in a line. It changes with time, while the line stays the same."""


def is_logged(event: Event) -> bool:
    """Whether the log channel has a line for this event."""
    if isinstance(event.data, TicketChanged):
        return any(it.field in LOGGED for it in event.data.changes)
    return kind_of(event.data).in_log_channel


LISTENING = Listening(SinkName.LOG, is_logged)


class LogChannel:
    """Posts the lines, one at a time. Each posted line gets a link."""

    def __init__(
        self, client: discord.Client, store: Store, guild_map: GuildMap, lines: Lines, language: Language
    ) -> None:
        self._client = client
        self._store = store
        self._map = guild_map
        self._lines = lines
        self._language = language
        self._turn = asyncio.Lock()
        self._started_at = time.time_ns() // 1_000_000
        self._tried: set[MessageId] = set()
        """Lines that may have been posted without being recorded."""

    async def post(self, ticket: Ticket, record: MessageId, at: Millis, words: Words) -> None:
        """Post the line, unless it is there. ``record`` is its permanent name, and ``at`` the time of what
        happened. Raises Away while the bot may not post there."""
        async with self._turn:
            if await self._store.channels.links(ticket.id, record):
                return
            line = shortened(await self._line(ticket, at, words), MESSAGE_LIMIT)
            await self._post(ticket.id, record, at, line)

    async def post_words(self, ticket_id: TicketId, record: MessageId, at: Millis, words: Words) -> None:
        """The same for a line that is about no ticket. The id only tells it from others."""
        async with self._turn:
            if not await self._store.channels.links(ticket_id, record):
                line = shortened(in_language(words, self._language), MESSAGE_LIMIT)
                await self._post(ticket_id, record, at, line)

    async def _post(self, ticket_id: TicketId, record: MessageId, at: Millis, line: str) -> None:
        there = self._channel()
        try:
            with discord_faults("posting in the log channel"):
                found = await self._posted_before(there, ticket_id, record, at, line)
                self._tried.add(record)
                posted = found or await there.send(line, allowed_mentions=NOBODY, suppress_embeds=True)
        except ChannelIsGone as error:
            raise Away(f"{LOG_SETTING}: there is no such channel", PAUSE) from error
        await self._store.channels.link(
            Link(ticket_id=ticket_id, message_id=record, channel_id=there.id, discord_id=posted.id)
        )
        self._tried.discard(record)

    async def who_removed(self, channel_id: int) -> int | None:
        """The member who has removed the channel. None if the audit log does not tell, or if it was the
        bot."""
        guild = self._map.guild(self._client)
        if not guild.me.guild_permissions.view_audit_log:
            return None
        kind = discord.AuditLogAction.channel_delete
        with discord_faults("reading the audit log"):
            async for entry in guild.audit_logs(limit=LOOKED_AT, action=kind):
                if entry.target is not None and entry.target.id == channel_id:
                    return None if entry.user_id == guild.me.id else entry.user_id
        return None

    def _channel(self) -> discord.TextChannel:
        guild, channel_id = self._map.guild(self._client), self._map.log_channel_id
        there = staff_channel(guild, LOG_SETTING, channel_id or 0)
        if isinstance(there, Fault):  # the setting names another channel now
            raise Away(str(there), PAUSE)
        return there

    async def _line(self, ticket: Ticket, at: Millis, words: Words) -> str:
        url = await self._lines.url_of(ticket)
        number = f"[#{ticket.number}](<{url}>)" if url else f"#{ticket.number}"
        return f"<t:{at // 1000}:T> **{number}** {in_language(words, self._language)}"

    async def _posted_before(
        self, there: discord.TextChannel, ticket_id: TicketId, record: MessageId, at: Millis, line: str
    ) -> discord.Message | None:
        """The line, if an earlier process or an attempt with a lost answer has posted it."""
        if at > self._started_at and record not in self._tried:
            return None
        moment = datetime.fromtimestamp(at / 1000 - CLOCKS_DIFFER, UTC)
        async for message in there.history(after=moment, oldest_first=True, limit=None):
            if (
                message.author == self._client.user
                and _without_link(message.content) == _without_link(line)
                and await self._store.channels.shown_by(ticket_id, there.id, message.id) is None
            ):
                return message
        return None


class LogSink:
    """The sink that posts what happened to tickets."""

    name = SinkName.LOG

    def __init__(self, store: Store, channel: LogChannel) -> None:
        self._store = store
        self._channel = channel

    async def show(self, event: Event) -> None:
        """See ``tickets.ports.sinks.Sink``."""
        ticket = await self._store.views.ticket(event.ticket_id)
        if ticket is not None and ticket.erased_at is None:
            await self._channel.post(
                ticket, MessageId(f"{event.id}{LOG_LINE}"), event.at, await self._words(event)
            )

    async def _words(self, event: Event) -> Words:
        changes = event.data.changes if isinstance(event.data, TicketChanged) else ()
        keys = {event.actor.key} if event.actor.key else set()
        people = await self._store.people.people(keys.union(*map(people_in, changes)))
        who = doer(event.actor.key, people, by_hand=event.is_by_hand)
        match event.data:
            case TicketOpened(topic=topic):
                words = shortened(plain(topic), TOPIC_LIMIT)
                return joined((Text("ticket-was-opened", who=who), words), " ")
            case TicketClosed() as closed:
                return closing_of(who, closed)
            case SentenceEvent() as data:
                return sentence_in_discord(who, data)
        logged = [it for it in changes if it.field in LOGGED]
        return joined((change_of(who, event.actor.key, it, people) for it in logged), " ")

    async def give_up(self, event: Event, why: str) -> None:
        """The line is missing. The relay logs that."""


class RemovalsInLog:
    """Posts that a ticket's channel was removed, and by whom."""

    name = TimerKind.REMOVED

    def __init__(self, store: Store, channel: LogChannel) -> None:
        self._store = store
        self._channel = channel

    async def show(self, timer: Timer) -> None:
        """See ``tickets.ports.sinks.Sink``."""
        ticket = await self._store.views.ticket(timer.ticket_id)
        if ticket is None:
            return
        upto = timer.set_at_seq
        (event,) = await self._store.log.events(timer.ticket_id, after=upto - 1, upto=upto)
        words: Words = Text("channel-was-removed-by-hand")
        if (remover := await self._remover(timer)) is not None:
            key = UserKey(UserKey.DISCORD, str(remover))
            who = doer(key, await self._store.people.people([key]), by_hand=True)
            words = Text("channel-was-removed-by", who=who)
        if isinstance(event.data, TicketClosed):
            keys = [event.actor.key] if event.actor.key else []
            who = doer(event.actor.key, await self._store.people.people(keys), by_hand=event.is_by_hand)
            words = Text("channel-was-removed", who=who)
        await self._channel.post(ticket, MessageId(f"{timer.id}{LOG_LINE}"), timer.due_at, words)

    async def _remover(self, timer: Timer) -> int | None:
        """Who has removed the channel by hand, as the audit log said the first time."""
        record = MessageId(f"{timer.id}:who")
        if known := await self._store.channels.links(timer.ticket_id, record):
            return known[0].discord_id or None
        channel_id = await removed_at(self._store.channels, timer.ticket_id, timer.set_at_seq)
        if channel_id is None:
            return None
        remover = await self._channel.who_removed(channel_id)
        link = Link(
            ticket_id=timer.ticket_id, message_id=record, channel_id=channel_id, discord_id=remover or 0
        )
        await self._store.channels.link(link)
        return remover

    async def give_up(self, timer: Timer, why: str) -> None:
        """The line is missing. The relay logs that."""


def _without_link(line: str) -> str:
    return _LINK.sub(r"\1", line)
