"""Texts made fit for Discord: nothing pings, nothing forges, nothing is lost. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.showing.parts import beginning, length, split
from tickets.characters import clean_line, shows_nothing

EMBED_DESCRIPTION_LIMIT = 4096
EMBED_TITLE_LIMIT = 256
EMBED_TOTAL_LIMIT = 6000
WEBHOOK_NAME_LIMIT = 80
MOST_PARTS = 5
"""Messages that a copy may take at most. A longer text goes as a file."""
WHOLE_TEXT = "message.txt"

_SHOWN_OF_LONG_TEXTS = 1_500

GAP = "\u200b"
"""A zero-width space. It separates what would resolve, and is invisible."""
_RESOLVES = re.compile(r"@(?=everyone|here)|<(?=@|#|/|id:)", re.IGNORECASE)
_MASKED_LINK = re.compile(r"\]\(")
_MARKDOWN = re.compile(r"([\\*_`~|>\[\]()#\-])")
_FORBIDDEN_IN_NAMES = re.compile(r"discord|clyde", re.IGNORECASE)


def harmless(text: str) -> str:
    """The requester's text, with markdown, but without anything that resolves or hides a link."""
    return _MASKED_LINK.sub("]\\\\(", _RESOLVES.sub(lambda match: match[0] + GAP, text))


def plain(text: str) -> str:
    """The text on one line, as itself: no markdown, no mention, nothing that turns its direction."""
    return harmless(_MARKDOWN.sub(r"\\\1", " ".join(clean_line(text).split())))


def shortened(text: str, limit: int) -> str:
    """At most ``limit`` of ``length``, the end replaced by an ellipsis where it was longer."""
    return text if length(text) <= limit else beginning(text, limit - 1) + "…"


def start_of(text: str, limit: int) -> str:
    """At most ``limit`` of the text, with its blocks of code closed, and an ellipsis where it was longer."""
    return text if length(text) <= limit else "".join(split(text, limit - 1)[:1]) + "…"


def webhook_names(name: str, side: str) -> list[str]:
    """Names under which a message may be posted, the wanted one first, then those in which Discord finds
    nothing to refuse. Each tells which side its bearer is on."""
    return [webhook_name(name, side), webhook_name("", side), side.title()]


def webhook_name(name: str, side: str) -> str:
    """A name that ends with the side its bearer is on, as far as it is known what Discord takes: nothing
    with "discord" or "clyde" in it, and at most 80 characters."""
    suffix = f" · {side}"
    clean = " ".join(clean_line(name).split())
    if shows_nothing(clean) or _FORBIDDEN_IN_NAMES.search(clean):
        clean = "Somebody"
    return shortened(clean, WEBHOOK_NAME_LIMIT - length(suffix)) + suffix


def with_links(content: str, links: Sequence[str]) -> str:
    """The content, and below it what is shown as links."""
    return "\n".join(part for part in (content, *links) if part)


@dataclass(frozen=True, slots=True)
class Copy:
    """What shows a text in Discord: messages, and with the last one, if it is long, all of it as a file."""

    parts: list[str]
    whole: bytes | None = None


def copy_of(shown: str, whole: str, links: Sequence[str] = ()) -> Copy:
    """The copy of a text: ``shown`` is fit for Discord, ``whole`` as it was written."""
    parts = split(with_links(shown, links))
    if len(parts) <= MOST_PARTS:
        return Copy(parts)
    note = f"This is only the beginning; {WHOLE_TEXT} holds all of it."
    start = start_of(shown, _SHOWN_OF_LONG_TEXTS)
    return Copy(split(with_links(start, [note, *links])), whole.encode(errors="replace"))
