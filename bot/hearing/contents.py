"""What a Discord message says, as a text and files for a requester: nothing is left out silently."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

import discord

from api.resources.file_types import UNKNOWN
from tickets.characters import clean_file_name, clean_line, clean_text
from tickets.model import Attachment, FileId

_REFERENCE = re.compile(r"<(@!?|@&|#)(\d{15,20})>")
_EMOJI = re.compile(r"<a?(:\w{2,32}:)\d{15,20}>")
_COMMAND = re.compile(r"<(/[-\w ]{1,100}):\d{15,20}>")
_TIME = re.compile(r"<t:(-?\d{1,17})(?::([tTdDfFR]))?>")
_TIMES = {"t": "%H:%M UTC", "T": "%H:%M:%S UTC", "d": "%Y-%m-%d", "D": "%Y-%m-%d"}
_AS_USUAL = "%Y-%m-%d %H:%M UTC"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def text_of(message: discord.Message) -> str:
    """The words, with mentions and emoji by name, then a line for each thing that is no words."""
    lines = [_readable(message.content, message), *_other_things(message)]
    return clean_text("\n".join(line for line in lines if line))


def file_of(attachment: discord.Attachment) -> Attachment:
    """Our own copy of a file. Its id is made from Discord's, so a second copy is the same file."""
    return Attachment(
        id=FileId(f"d-{attachment.id}"),
        name=clean_file_name(attachment.filename),
        type=(attachment.content_type or UNKNOWN).split(";")[0].strip().lower(),
        size=attachment.size,
    )


def fit(attachments: Sequence[discord.Attachment], limit: int) -> Iterator[discord.Attachment]:
    """Those of the files that are within the limit, in bytes."""
    return (attachment for attachment in attachments if attachment.size <= limit)


def too_large(attachments: Sequence[discord.Attachment], limit: int) -> list[str]:
    """A line for each file that is over the limit."""
    files = [file_of(attachment) for attachment in attachments if attachment.size > limit]
    return [f"[A file was too large to be passed on: {file.name}, {file.size:,} bytes]" for file in files]


def _readable(content: str, message: discord.Message) -> str:
    """Mentions, commands, custom emoji and times in words; a requester has no Discord that shows them so."""
    names = {("@", user.id): f"@{clean_line(user.display_name)}" for user in message.mentions}
    names |= {("@&", role.id): f"@{role.name}" for role in message.role_mentions}
    if message.guild is not None:
        names |= {("#", channel.id): f"#{channel.name}" for channel in message.channel_mentions}

    def name(match: re.Match[str]) -> str:
        return names.get((match[1].rstrip("!"), int(match[2])), match[0])

    return _TIME.sub(_time, _COMMAND.sub(r"\1", _EMOJI.sub(r"\1", _REFERENCE.sub(name, content))))


def _time(match: re.Match[str]) -> str:
    try:
        return (_EPOCH + timedelta(seconds=int(match[1]))).strftime(_TIMES.get(match[2] or "", _AS_USUAL))
    except (OverflowError, ValueError):
        return match[0]


def _other_things(message: discord.Message) -> Iterator[str]:
    for sticker in message.stickers:
        yield f"[Sticker: {sticker.name}]"
    if message.poll is not None:
        answers = ", ".join(answer.text for answer in message.poll.answers)
        yield f"[Poll: {message.poll.question} – {answers}]"
    for snapshot in message.message_snapshots:
        yield f"[Forwarded]\n{_readable(snapshot.content, message)}".rstrip()
        for attachment in snapshot.attachments:
            yield f"[Forwarded file: {file_of(attachment).name}]"
