"""Shows notes that were not written in the ticket's channel itself, as messages of the bot with their
files."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial

import discord

from bot.connection.faults import MessageIsGone
from bot.showing.channels import TicketChannels
from bot.showing.outbox import nonce
from bot.showing.posts import Post
from bot.showing.uploads import Uploads
from texts.text import Text, Words, in_language
from tickets.events import Event, NoteAdded, NoteDeleted, NoteEdited
from tickets.model import MessageId
from tickets.ports.channels import Channel, Channels, Link

NoteEvent = NoteAdded | NoteEdited | NoteDeleted


async def show_note(
    channels: TicketChannels,
    links: Channels,
    uploads: Uploads,
    channel: Channel,
    event: Event,
    data: NoteEvent,
    author: Words,
) -> None:
    """Post a note, change the posted one, or say that it was deleted. ``author`` is safe to show."""
    language, note_id = channels.language, event.message_id or MessageId("")
    there = [it for it in await links.links(event.ticket_id, note_id) if it.channel_id == channel.channel_id]
    match data:
        case NoteAdded(content, attachments):
            heading = in_language(Text("note-by", author=author), language)
            texts, further = uploads.posts_of(content, attachments, heading=heading)
        case NoteEdited(content=content):
            heading = in_language(Text("note-changed-by", author=author), language)
            texts, further = uploads.posts_of(content, heading=heading)
            if there and await _changed_in_place(channels, channel, there, texts):
                return
        case NoteDeleted():
            for link in there:
                await channels.take_away(channel, link.discord_id)
            texts, further = [Post(in_language(Text("note-deleted-by", author=author), language))], []
    posts = [*texts, *further]

    async def keep(number: int, sent: discord.Message) -> None:
        if isinstance(data, NoteAdded):
            await links.link(_link(event, note_id, number, len(posts), sent))

    await say_all(channels, uploads, channel, posts, partial(nonce, event), keep)


async def _changed_in_place(
    channels: TicketChannels, channel: Channel, there: Sequence[Link], texts: Sequence[Post]
) -> bool:
    """Edit the posted note. Returns whether it shows the new text now, which works if one message is
    enough."""
    if len(there) != 1 or len(texts) != 1 or texts[0].whole is not None:
        return False
    try:
        await channels.correct(channel, there[0].discord_id, texts[0].text)
    except MessageIsGone:
        return False
    return True


def _link(event: Event, note_id: MessageId, number: int, parts: int, sent: discord.Message) -> Link:
    return Link(
        ticket_id=event.ticket_id,
        message_id=note_id,
        part=number,
        parts=parts,
        channel_id=sent.channel.id,
        discord_id=sent.id,
    )


async def _forget(_: int, __: discord.Message) -> None:
    """Records nothing: most messages of the bot are never searched for again."""


async def say_all(
    channels: TicketChannels,
    uploads: Uploads,
    channel: Channel,
    posts: Sequence[Post],
    nonce_of: Callable[[int], str],
    keep: Callable[[int, discord.Message], Awaitable[None]] = _forget,
) -> None:
    """Post messages of the bot with their files, in more messages if Discord accepts less at once."""

    async def send(number: int, post: Post) -> None:
        files = await uploads.files_of(post)
        with uploads.learning(post.sizes, post.files):
            sent = await channels.say(channel, post.text, nonce_of(number), files=files)
        await keep(number, sent)

    await uploads.each(posts, send)
