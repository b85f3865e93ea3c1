"""The beginning of a message, as it is quoted where it is answered. Pure."""

from typing import Final

from tickets.model import Message

ROOM: Final = 80
"""Characters of an excerpt."""


def excerpt(message: Message) -> str:
    """Its first words on one line, or what it is instead of words."""
    if message.deleted:
        return "a message that is deleted"
    words = " ".join(message.content[: ROOM * 10].split())
    if len(words) > ROOM:
        return f"{words[: ROOM - 1].rstrip()}…"
    if words:
        return words
    first, *others = [file.name for file in message.attachments] or ["nothing"]
    return f"{first} and {len(others)} more" if others else first
