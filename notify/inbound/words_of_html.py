"""Turns the HTML of a mail into text. It takes one pass, whatever the HTML looks like. Pure."""

import re
from html import unescape
from typing import Final

LONGEST: Final = 1_000_000
"""Characters that are examined. The rest is left out."""
_UNSEEN: Final = frozenset({"script", "style", "head", "title", "template"})
_BREAKS: Final = re.compile(r"p|div|br|tr|li|table|ul|ol|pre|hr|blockquote|h[1-6]|section|article")
_TAG: Final = re.compile(r"(/?)([a-z][a-z0-9]{0,15})", re.IGNORECASE)


class _Words:
    """Writes quotes as in plain text, with a mark before each line."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._line: list[str] = []
        self._quoted = 0
        self._unseen: str | None = None
        self._in_comment = False

    def take(self, piece: str) -> None:
        """Handle what follows a ``<``, up to the next one."""
        if self._in_comment:
            _, end, after = piece.partition("-->")
            self._in_comment = not end
            self._say(after)
            return
        if piece.startswith("!--"):
            self._in_comment = True
            self.take(piece[3:])
            return
        inside, end, after = piece.partition(">")
        tag = _TAG.match(inside)
        if tag is None and not inside.startswith(("!", "?")):
            self._say(f"<{piece}")
            return
        if tag is not None:
            self._go_through(tag[2].lower(), is_end=bool(tag[1]))
        if end:
            self._say(after)

    def _go_through(self, tag: str, *, is_end: bool) -> None:
        if self._unseen is not None:
            if tag == "body" or (is_end and tag == self._unseen):
                self._unseen = None
        elif tag in _UNSEEN and not is_end:
            self._unseen = tag
        elif _BREAKS.fullmatch(tag):
            if tag == "blockquote":
                self._quoted = max(0, self._quoted + (-1 if is_end else 1))
            self.end_line()

    def _say(self, text: str) -> None:
        if self._unseen is not None or not text:
            return
        if self._quoted and not self._line:
            self._line.append("> ")
        self._line.append(unescape(text))

    def end_line(self) -> None:
        words = " ".join("".join(self._line).split())
        self.lines.append("" if words == ">" else words)
        self._line = []


def words_of_html(text: str) -> str:
    """The visible text, line by line."""
    words = _Words()
    first, *pieces = text[:LONGEST].split("<")
    words.take(f"!>{first}")
    for piece in pieces:
        words.take(piece)
    words.end_line()
    kept: list[str] = []
    for line in words.lines:
        if line or (kept and kept[-1]):
            kept.append(line)
    return "\n".join(kept)
