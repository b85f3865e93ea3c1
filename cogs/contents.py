"""What a Discord message says, as a text and files for a requester: nothing is left out silently."""

import re
from collections.abc import Iterator, Sequence

import discord

from tickets.model import Attachment, FileId

_REFERENCE = re.compile(r"<(@!?|@&|#)(\d{15,20})>")
_EMOJI = re.compile(r"<a?(:\w{2,32}:)\d{15,20}>")


def text_of(message: discord.Message) -> str:
    """The words, with mentions and emoji by name, then a line for each thing that is no words."""
    lines = [_readable(message.content, message), *_other_things(message)]
    return "\n".join(line for line in lines if line)


def file_of(attachment: discord.Attachment) -> Attachment:
    """Our own copy of a file; its id comes from Discord's, so a second copy is the same one."""
    return Attachment(
        id=FileId(f"d-{attachment.id}"),
        name=attachment.filename,
        type=(attachment.content_type or "application/octet-stream").split(";")[0].strip().lower(),
        size=attachment.size,
    )


def fit(attachments: Sequence[discord.Attachment], limit: int) -> Iterator[discord.Attachment]:
    """Those of the files that are within the limit, in bytes."""
    return (attachment for attachment in attachments if attachment.size <= limit)


def too_large(attachments: Sequence[discord.Attachment], limit: int) -> list[str]:
    """A line for each file that is over the limit."""
    return [
        f"[A file was too large to be passed on: {attachment.filename}, {attachment.size:,} bytes]"
        for attachment in attachments
        if attachment.size > limit
    ]


def _readable(content: str, message: discord.Message) -> str:
    """Mentions and custom emoji as their names; a requester has no Discord to look them up in."""
    names = {("@", user.id): f"@{user.display_name}" for user in message.mentions}
    names |= {("@&", role.id): f"@{role.name}" for role in message.role_mentions}
    if message.guild is not None:
        names |= {("#", channel.id): f"#{channel.name}" for channel in message.channel_mentions}

    def name(match: re.Match[str]) -> str:
        return names.get((match[1].rstrip("!"), int(match[2])), match[0])

    return _EMOJI.sub(r"\1", _REFERENCE.sub(name, content))


def _other_things(message: discord.Message) -> Iterator[str]:
    for sticker in message.stickers:
        yield f"[Sticker: {sticker.name}]"
    if message.poll is not None:
        answers = ", ".join(answer.text for answer in message.poll.answers)
        yield f"[Poll: {message.poll.question} – {answers}]"
    for snapshot in message.message_snapshots:
        yield f"[Forwarded]\n{snapshot.content}".rstrip()
        for attachment in snapshot.attachments:
            yield f"[Forwarded file: {attachment.filename}]"
