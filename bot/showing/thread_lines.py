"""Lines of the bot in requesters' threads: each appears once, whatever happens in between."""

import asyncio
import time
from collections.abc import AsyncIterator

import discord

from bot.connection.faults import SETTLING, discord_faults
from bot.connection.guild import GuildMap
from bot.showing.outbox import nonce
from bot.showing.pings import NOBODY, Pinged
from texts.language import Language, language_of
from texts.text import Words, in_language
from tickets.events import Event
from tickets.model import MessageId, Ticket, TicketId
from tickets.ports.channels import Channel, Link, Places


class ThreadLines:
    """Posts the lines. Only one relay may call it, with one line of a ticket at a time."""

    def __init__(
        self, client: discord.Client, places: Places, guild_map: GuildMap, language: Language
    ) -> None:
        self._client = client
        self._places = places
        self._map = guild_map
        self._language = language
        self._started_at = time.monotonic()
        self._settled: set[TicketId] = set()
        """Tickets for which every line of ours has a link."""

    def created_here(self, ticket_id: TicketId) -> None:
        """The thread is new, so it has nothing from an earlier process."""
        self._settled.add(ticket_id)

    async def say(
        self,
        thread: Channel,
        event: Event,
        ticket: Ticket,
        words: Words,
        *,
        number: int = 0,
        ping: Pinged | None = None,
        embed: discord.Embed | None = None,
        view: discord.ui.View | None = None,
    ) -> None:
        """Post the line in the ticket's language, unless it was posted. ``number`` tells several lines about
        one event apart."""
        key = MessageId(f"{event.id}:line{number}")
        if any(it.channel_id == thread.channel_id for it in await self._places.links(event.ticket_id, key)):
            return
        text = in_language(words, language_of(ticket.locale, self._language))
        text = f"{ping.mention} {text}" if ping else text
        said = None if event.ticket_id in self._settled else await self._said(thread, text)
        self._settled.discard(event.ticket_id)
        if said is None:
            with discord_faults("writing in a requester's thread"):
                sent = await self._there(thread).send(
                    text,
                    embed=embed or discord.utils.MISSING,
                    view=view or discord.utils.MISSING,
                    nonce=nonce(event, 70 + number),
                    allowed_mentions=ping.allowed if ping else NOBODY,
                )
            said = sent.id
        link = Link(ticket_id=event.ticket_id, message_id=key, channel_id=thread.channel_id, discord_id=said)
        await self._places.link(link)
        self._settled.add(event.ticket_id)

    async def _said(self, thread: Channel, text: str) -> int | None:
        """A line with this text that was posted and not recorded. It comes after all recorded ones."""
        await asyncio.sleep(max(0.0, self._started_at + SETTLING - time.monotonic()))
        async for message in self._since_last(thread):
            is_ours = self._client.user is not None and message.author.id == self._client.user.id
            if is_ours and message.webhook_id is None and message.content == text:
                return message.id
        return None

    async def _since_last(self, thread: Channel) -> AsyncIterator[discord.Message]:
        newest = await self._places.newest_link(thread.ticket_id, thread.channel_id)
        after = discord.Object(max(newest or 0, thread.channel_id))
        with discord_faults("reading a requester's thread"):
            async for message in self._there(thread).history(after=after, oldest_first=True, limit=None):
                yield message

    def _there(self, thread: Channel) -> discord.PartialMessageable:
        return self._client.get_partial_messageable(thread.channel_id, guild_id=self._map.guild_id)
