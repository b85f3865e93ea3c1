"""Notes that were not written in the ticket's channel itself: shown there as the bot's, with their files."""

from collections.abc import Callable, Sequence
from functools import partial

from bot.showing.channels import TicketChannels
from bot.showing.outbox import nonce
from bot.showing.posts import Post
from bot.showing.uploads import Uploads
from texts.text import Text, Words, in_language
from tickets.events import Event, NoteAdded, NoteDeleted, NoteEdited
from tickets.ports.channels import Channel

NoteEvent = NoteAdded | NoteEdited | NoteDeleted


async def show_note(
    channels: TicketChannels, uploads: Uploads, channel: Channel, event: Event, data: NoteEvent, author: Words
) -> None:
    """Post a note, or say that one was changed or deleted; ``author`` is fit to be shown."""
    language = channels.language
    match data:
        case NoteAdded(content, attachments):
            posts = uploads.posts_of(
                content, attachments, heading=in_language(Text("note-by", author=author), language)
            )
        case NoteEdited(content=content):
            posts = uploads.posts_of(
                content, heading=in_language(Text("note-changed-by", author=author), language)
            )
        case NoteDeleted():
            posts = ([Post(in_language(Text("note-deleted-by", author=author), language))], [])
    await say_all(channels, uploads, channel, [*posts[0], *posts[1]], partial(nonce, event))


async def say_all(
    channels: TicketChannels,
    uploads: Uploads,
    channel: Channel,
    posts: Sequence[Post],
    nonce_of: Callable[[int], str],
) -> None:
    """Post messages of the bot's, with their files; in more of them, if Discord takes less at once."""

    async def send(number: int, post: Post) -> None:
        files = await uploads.files_of(post)
        with uploads.learning(post.sizes):
            await channels.say(channel, post.text, nonce_of(number), files=files)

    await uploads.each(posts, send)
