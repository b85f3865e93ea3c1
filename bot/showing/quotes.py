"""The small print above the copy of a message: the message that it answers, with a link, and its time."""

import discord

from bot.showing.lines import NAME_LIMIT
from bot.showing.rebuilt import time_there
from bot.showing.signing import Signing
from bot.showing.texts import plain, shortened
from texts.text import Text, in_language
from tickets.events import Event, MessageDeleted, MessageEdited
from tickets.excerpts import excerpt
from tickets.model import Message
from tickets.ports.channels import Channel, Places, typed_in
from tickets.ports.store import Store

PAGE = 500
"""So many messages are read from the store at once."""


class Quotes:
    """Quotes in small print, because messages of webhooks cannot be replies."""

    def __init__(self, store: Store, places: Places, signing: Signing, guild_id: int) -> None:
        self._store = store
        self._places = places
        self._signing = signing
        self._guild_id = guild_id

    async def above(self, channel: Channel, message: Message) -> str:
        """The lines above a copy. Most copies have none."""
        lines = [await time_there(self._places, channel, message.created_at, "-# {}")]
        if message.reply_to is not None:
            answered = await self._store.views.message(message.reply_to, message.ticket_id)
            lines.append(await self._quoted(channel, answered) if answered else "")
        return "\n".join(line for line in lines if line)

    async def answers_to(self, event: Event) -> list[Message]:
        """The messages that quote the message which this event has changed or deleted. All of them are later
        than that."""
        if not isinstance(event.data, MessageEdited | MessageDeleted):
            return []
        changed = await self._store.views.message(event.data.message_id, event.ticket_id)
        answers: list[Message] = []
        after_seq = changed.seq if changed is not None else 0
        while page := await self._store.views.messages(event.ticket_id, after_seq=after_seq, limit=PAGE):
            answers += [it for it in page if it.reply_to == event.message_id and not it.deleted]
            after_seq = page[-1].seq
        return answers

    async def _quoted(self, channel: Channel, answered: Message) -> str:
        name = plain(shortened(await self._signing.name(answered.author), NAME_LIMIT))
        there = await self._place(channel, answered)
        link = name if there is None else f"[{name}](<{there}>)"
        return f"-# ↪ {link}: {plain(self._in_short(answered))}"

    def _in_short(self, answered: Message) -> str:
        def and_more(first: str, count: int) -> str:
            return in_language(Text("file-and-more", first=first, count=count), self._signing.language)

        deleted = in_language(Text("deleted-message"), self._signing.language)
        return excerpt(answered, deleted=deleted, and_more=and_more)

    async def _place(self, channel: Channel, answered: Message) -> str | None:
        """The URL of the answered message, if it is in this channel."""
        links = await self._places.links(answered.ticket_id, answered.id)
        shown = [it.discord_id for it in links if it.channel_id == channel.channel_id]
        typed = typed_in(channel, answered.id)
        if not shown and typed is not None and _is_younger(typed, channel):
            shown = [typed]
        if not shown or answered.deleted:
            return None
        return f"https://discord.com/channels/{self._guild_id}/{channel.channel_id}/{shown[0]}"


def _is_younger(discord_id: int, channel: Channel) -> bool:
    """Whether the message can have been written in this channel. Discord's ids tell when something was
    made."""
    return discord.utils.snowflake_time(discord_id) >= discord.utils.snowflake_time(channel.channel_id)
