"""The beginning of a message, as it is quoted in an answer to it. Pure."""

from collections.abc import Callable
from typing import Final

from tickets.model import Message

ROOM: Final = 80
"""Characters of an excerpt."""


def _and_more(first: str, count: int) -> str:
    return f"{first} and {count} more"


def excerpt(
    message: Message,
    *,
    deleted: str = "a message that is deleted",
    and_more: Callable[[str, int], str] = _and_more,
) -> str:
    """Its first words on one line. Without words: ``deleted``, or the first file, and ``and_more`` for
    further files."""
    if message.deleted:
        return deleted
    words = " ".join(message.content[: ROOM * 10].split())
    if len(words) > ROOM:
        return f"{words[: ROOM - 1].rstrip()}…"
    if words:
        return words
    first, *others = [file.name for file in message.attachments] or ["…"]
    return and_more(first, len(others)) if others else first
