"""Finds code in a text as Discord's clients show it, and Discord's markup outside of code. Pure.

The rules of Discord's clients differ from CommonMark's. A fence ends at the next three backticks. Inline
code ends at as many backticks as it began with. No code goes beyond the quote, heading or list item that it
begins in."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Final

_ID: Final = r"\d{1,20}"
MARKUP: Final = re.compile(
    rf"<(?:(?P<kind>@[!&]?|#)(?P<id>{_ID})"
    rf"|a?(?P<emoji>:\w{{2,32}}:){_ID}"
    rf"|(?P<command>/[-\w ]{{1,100}}):{_ID}"
    r"|t:(?P<time>-?\d{1,17})(?::(?P<style>\w))?"
    rf"|id:(?P<place>[a-z][a-z-]{{0,30}})(?::{_ID})?"
    rf"|(?P<unknown>[a-z@#&!:][\w@#&!:-]{{0,60}}?):?\d{{15,20}}(?::\w{{1,30}})?)>",
    re.IGNORECASE,
)
"""Text that Discord does not show as it is written: mentions, emoji, commands, times, places of the guild,
and everything of the same form that may be added."""

_SKIPPED: Final = r"\\[^0-9A-Za-z\s]"
_TOKEN: Final = re.compile(rf"{_SKIPPED}|`+|\n")
_QUOTE: Final = re.compile(r" *>(?!>>) +[^\n]*(?:\n *>(?!>>) +[^\n]*)*")
_ONE_LINE: Final = re.compile(r" *(?:>(?:>>)? +)? *(?:#{1,3}|-#|[-*]|\d{1,9}\.) +")
_FENCE: Final = (re.compile(r"```[\w+.#-]+\n+"), re.compile(r"```\n*"))
_OPENERS: Final = re.compile(rf"{_SKIPPED}|(?P<kind>\*|~~|\|\||(?<!\w)_|\[)")
_BACKTICK_IN_ADDRESS: Final = re.compile(r"(?:https?|steam)://[^\s<]*`|<[^ >`]*`[^ >]*>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Span:
    """Where code begins and ends, with its backticks, and how many backticks there are on each side."""

    start: int
    end: int
    width: int


@dataclass(frozen=True, slots=True)
class Code:
    """The places of code in a text, in order."""

    text: str
    spans: Sequence[Span]
    threats: Mapping[str, int] = field(default_factory=dict)
    """Markdown that may extend into code, and its first place."""

    def at(self, place: int) -> Span | None:
        """The code around this place; None if it is not in code."""
        number = bisect_right(self.spans, place, key=attrgetter("start")) - 1
        return self.spans[number] if number >= 0 and place < self.spans[number].end else None

    def is_sure(self, span: Span) -> bool:
        """Whether clients show this as code in any case. Bold text, a spoiler or an address may begin before
        the code and end inside, which breaks it."""
        before = {kind for kind, place in self.threats.items() if place < span.start}
        inside = self.text[span.start : span.end]
        if self.text.startswith("`", span.start + span.width):
            return False  # more backticks on one side than on the other
        if "[" in before and _has_loose_end(inside):
            return False
        return not any(kind in inside for kind in before - {"["})


def code_in(text: str) -> Code:
    """The code in the text. The time is about linear."""
    spans = _Search(text).spans() if "`" in text else []
    return Code(text, spans, _threats(Code(text, spans)) if spans and "](" in text else {})


def _threats(code: Code) -> dict[str, int]:
    """For markup that may begin outside of code and end inside: its first place."""
    threats: dict[str, int] = {}
    for match in _OPENERS.finditer(code.text):
        if (kind := match["kind"]) and kind not in threats and code.at(match.start()) is None:
            threats[kind] = match.start()
    addresses = (it.start() for it in _BACKTICK_IN_ADDRESS.finditer(code.text) if not code.at(it.start()))
    if (address := next(addresses, None)) is not None:
        threats["`"] = address
    return threats


class _Search:
    def __init__(self, text: str) -> None:
        self._text = text
        self._runs: dict[int, list[int]] = {}
        """The places of rows of backticks, by their number."""
        for run in re.finditer("`+", text):
            self._runs.setdefault(len(run[0]), []).append(run.start())
        self._quote_end = -1
        """The end of the quote that was found last."""

    def spans(self) -> list[Span]:
        found: list[Span] = []
        at, upto = 0, self._upto(0)
        while (token := _TOKEN.search(self._text, at)) is not None:
            at = token.end()
            if token[0] == "\n":
                upto = self._upto(at)
            elif token[0][0] == "`":
                start, width = token.start(), len(token[0])
                span = self._block(start, width, upto) or self._inline(start, width, upto)
                if span is not None:
                    found.append(span)
                    at = span.end
        return found

    def _upto(self, line: int) -> int:
        """How far code may extend that begins in the line which begins here."""
        if line > self._quote_end:
            quote = _QUOTE.match(self._text, line)
            self._quote_end = quote.end() if quote else -1
        end = self._quote_end if self._quote_end >= line else len(self._text)
        if _ONE_LINE.match(self._text, line):
            line_end = self._text.find("\n", line)
            return end if line_end < 0 else min(line_end, end)
        return end

    def _block(self, start: int, width: int, upto: int) -> Span | None:
        if width < 3:
            return None
        for opening in _FENCE:
            opened = opening.match(self._text, start)
            if opened and 0 <= (end := self._text.find("```", opened.end() + 1)) <= upto - 3:
                return Span(start, end + 3, 3)
        return None

    def _inline(self, start: int, width: int, upto: int) -> Span | None:
        for least in sorted((it for it in self._runs if it <= width), reverse=True):
            runs = self._runs[least]
            number = bisect_left(runs, start + width)
            if number < len(runs) and runs[number] + least <= upto:
                return Span(start, runs[number] + least, least)
        return None


def _has_loose_end(code: str) -> bool:
    """Whether the code closes a bracket that it did not open."""
    depth = 0
    for char in code:
        if char == "[":
            depth += 1
        elif char == "]":
            if depth == 0:
                return True
            depth -= 1
    return False
