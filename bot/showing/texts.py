"""Texts made fit for Discord: nothing pings, nothing forges, nothing is lost. Pure."""

import re
from collections.abc import Sequence

MESSAGE_LIMIT = 2000
"""Characters in a message (Discord, "Create Message")."""
EMBED_DESCRIPTION_LIMIT = 4096
EMBED_TITLE_LIMIT = 256
EMBED_TOTAL_LIMIT = 6000
WEBHOOK_NAME_LIMIT = 80

_GAP = "\u200b"
"""A zero-width space: it parts what would resolve, and is not seen."""
_RESOLVES = re.compile(r"@(?=everyone|here)|<(?=@|#|/|id:)", re.IGNORECASE)
_MASKED_LINK = re.compile(r"\]\(")
_MARKDOWN = re.compile(r"([\\*_`~|>\[\]()#\-])")
_FORBIDDEN_IN_NAMES = re.compile(r"discord|clyde", re.IGNORECASE)
_INVISIBLE = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_FENCE = re.compile(r"^[ ]{0,3}```([^\s`]*)[^`\n]*$|```", re.MULTILINE)


def length(text: str) -> int:
    """How long Discord's clients find the text: in UTF-16 units, the strictest way of counting."""
    return len(text) + sum(char > "\uffff" for char in text)


def harmless(text: str) -> str:
    """The requester's text, with markdown, but without anything that resolves or hides a link."""
    return _MASKED_LINK.sub("]\\\\(", _RESOLVES.sub(lambda match: match[0] + _GAP, text))


def plain(text: str) -> str:
    """The text on one line, as itself: no markdown, no mention, no invisible character."""
    return harmless(_MARKDOWN.sub(r"\\\1", " ".join(_INVISIBLE.sub(" ", text).split())))


def shortened(text: str, limit: int) -> str:
    """At most ``limit`` of ``length``, the end replaced by an ellipsis where it was longer."""
    return text if length(text) <= limit else _head(text, limit - 1) + "…"


def webhook_name(name: str, side: str) -> str:
    """A name that Discord takes and that always ends with the side its bearer is on.

    Discord refuses names that contain "discord" or "clyde", and longer ones than 80 characters."""
    suffix = f" · {side}"
    clean = " ".join(_INVISIBLE.sub(" ", name).split())
    if not clean or _FORBIDDEN_IN_NAMES.search(clean):
        clean = "Somebody"
    return shortened(clean, WEBHOOK_NAME_LIMIT - length(suffix)) + suffix


def split(text: str, limit: int = MESSAGE_LIMIT) -> list[str]:
    """The text in parts of at most ``limit``, cut at line ends or spaces where there are any.

    A code fence that a cut goes through is closed before it and opened again, in its language, after it;
    a space or line end at a cut goes. A text of blanks alone has no part."""
    parts: list[str] = []
    opener = ""
    rest = text
    while rest.strip():
        piece = opener + rest
        if length(piece) <= limit:
            parts.append(piece)
            break
        cut = _cut(piece, limit - len("\n```"), at_least=len(opener) + 1)
        head, rest = piece[:cut], piece[cut:]
        if rest[:1] in ("\n", " "):
            rest = rest[1:]
        opener = _open_fence(head)
        parts.append(head + ("\n```" if opener else ""))
    return [part for part in parts if part.strip()]


def _cut(text: str, limit: int, at_least: int) -> int:
    longest = len(_head(text, limit))
    for mark in ("\n", " "):
        found = text.rfind(mark, max(at_least, longest // 2), longest + 1)
        if found > 0:
            return found
    while longest > at_least and text[longest - 1] == "`":
        longest -= 1
    return longest


def _head(text: str, limit: int) -> str:
    """The longest beginning within ``limit`` of ``length``."""
    head = text[:limit]
    while length(head) > limit:
        head = head[: -max(1, (length(head) - limit) // 2)]
    return head


def _open_fence(text: str) -> str:
    """How the code fence begins that is open at the end of the text; empty if none is."""
    opener = ""
    for match in _FENCE.finditer(text):
        opener = "" if opener else f"```{match[1] or ''}\n"
    return opener if len(opener) <= 40 else "```\n"


def with_links(content: str, links: Sequence[str]) -> str:
    """The content, and below it what is shown as links."""
    return "\n".join(part for part in (content, *links) if part)
