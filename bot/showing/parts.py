"""Cuts texts into parts that Discord accepts: nothing is lost, code stays code, and no part is wasted.
Pure."""

import re
import unicodedata
from dataclasses import dataclass
from itertools import accumulate, takewhile
from typing import Final

from bot.showing.code import code_in

MESSAGE_LIMIT: Final = 2000
"""Characters in a message (Discord, "Create Message")."""

_RUN: Final = re.compile("`{3,}")
_LANGUAGE: Final = re.compile(r"([\w+.#-]{0,20})\n")
_WIDEST: Final = 8
"""Backticks of a fence at most. A longer row of backticks is text."""
_AT_LINE_START: Final = re.compile(r"(?:^|\n) {0,3}\Z")
_REPEATED: Final = _WIDEST + 20 + 1
"""The longest beginning of a code block, which each of its parts repeats."""


def length(text: str) -> int:
    """The text's length as Discord's clients count it: in UTF-16 units, which is the strictest way."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def beginning(text: str, limit: int) -> str:
    """The longest beginning within ``limit`` of ``length``."""
    head = text[:limit]
    while (over := length(head) - limit) > 0:
        head = head[: -max(1, over // 2)]
    return head


def split(text: str, limit: int = MESSAGE_LIMIT) -> list[str]:
    """The text in parts of at most ``limit``, cut at line ends or spaces if that takes no more parts.

    There are at most two parts more than if each had 19/20 of the limit. A code block is closed before a
    cut, and opened again with its language after it. A space or line end at a cut is dropped, except spaces
    in code. A text of only blanks has no parts. The time is linear."""
    if length(text) <= limit:
        return [text] if text.strip() else []
    return _Splitting(text, limit).parts()


@dataclass(frozen=True, slots=True)
class _Block:
    """A code block, or code in a line: from ``start`` to ``end``, its code from ``code`` to ``code_end``."""

    start: int
    code: int
    code_end: int
    end: int
    opener: str
    closer: str
    is_inline: bool = False


class _Splitting:
    def __init__(self, text: str, limit: int) -> None:
        self._blocks, unclosed = _blocks(text)
        self._text = text + unclosed
        self._code = code_in(self._text)
        self._limit = limit
        self._enough = limit - limit // 20
        self._left = length(self._text)
        self._most = -(-self._left // self._enough) + 1
        self._at = 0
        self._inside: _Block | None = None
        """The block that the part before has cut."""
        self._parts: list[str] = []

    def parts(self) -> list[str]:
        while self._at < len(self._text):
            self._add_part()
        return self._parts

    def _add_part(self) -> None:
        opener = self._inside.opener if self._inside else ""
        room = self._limit - length(opener)
        piece = beginning(self._text[self._at : self._at + room], room)
        if self._at + len(piece) == len(self._text):
            self._keep(piece, opener, "", len(self._text))
            return
        cut = self._at + self._cut(piece)
        if (block := self._block_at(cut) or self._inline_at(cut)) is not None:
            room -= len(block.closer) + 1
            cut = min(cut, self._at + self._cut(beginning(piece, room)))
            block = block if block.start < cut else None
        if block is None:
            after = cut + (self._text[cut] in " \n")
            self._keep(self._text[self._at : cut], opener, "", after)
        elif block.start > self._at and (cut <= block.code or self._is_better_whole(block)):
            self._keep(self._text[self._at : block.start], opener, "", block.start)
        else:
            self._keep_code(opener, block, cut)

    def _is_better_whole(self, block: _Block) -> bool:
        fits = block.is_inline and block.end - block.start <= self._enough // 2
        return fits and self._is_affordable(self._text[self._at : block.start])

    def _keep_code(self, opener: str, block: _Block, cut: int) -> None:
        piece = self._text[self._at : min(cut, block.code_end)]
        closer = block.closer if block.is_inline or piece.endswith("\n") else f"\n{block.closer}"
        after = cut + (self._text[cut] == "\n")
        is_over = after >= block.code_end
        self._keep(piece, opener, closer, block.end if is_over else after)
        self._inside = None if is_over else block

    def _keep(self, piece: str, opener: str, closer: str, after: int) -> None:
        """Add the piece as a part, unless it is empty, and go on after it."""
        self._left -= length(self._text[self._at : after])
        self._at, self._inside = after, None
        if piece.strip():
            self._parts.append(opener + piece + closer)

    def _block_at(self, place: int) -> _Block | None:
        """The code block that a cut at this place would go through."""
        while self._blocks and self._blocks[-1].end <= place:
            self._blocks.pop()
        block = self._blocks[-1] if self._blocks else None
        return block if block and block.start < place else None

    def _inline_at(self, place: int) -> _Block | None:
        """The inline code that a cut at this place would go through."""
        found = self._code.at(place)
        if found is None or found.start == place or "```" in self._text[found.start : found.end]:
            return None
        fence = "`" * found.width
        code, code_end = found.start + found.width, found.end - found.width
        return _Block(found.start, code, code_end, found.end, fence, fence, is_inline=True)

    def _cut(self, piece: str) -> int:
        """Where to end the piece: at a line end, or at a space, or where nothing is torn apart."""
        window = self._text[self._at : self._at + len(piece) + 1]
        tight = len(beginning(piece, min(self._enough + _REPEATED + 1, length(piece) - 10)))
        for mark in ("\n", " "):
            found = window.rfind(mark, max(1, len(piece) // 2))
            if found >= tight or (found > 0 and self._is_affordable(window[:found])):
                return found
        return _between_characters(window, tight)

    def _is_affordable(self, piece: str) -> bool:
        """Whether a part may be so short, so that the rest still fits into the other parts."""
        still = -(-(self._left - length(piece)) // self._enough)
        return len(self._parts) + 1 + still <= self._most


def _blocks(text: str) -> tuple[list[_Block], str]:
    """The code blocks, the last one first, and the text that closes the last of them at the end.

    A block ends at as many backticks as it began with, or, if there are none, at any fence. A block that
    begins a line may end with the text."""
    runs = [(run.start(), len(run[0])) for run in _RUN.finditer(text)]
    widest = list(accumulate((width for _, width in reversed(runs)), max, initial=0))[::-1]
    found: list[_Block] = []
    number = 0
    while number < len(runs):
        start, width = runs[number]
        number += 1
        if width > _WIDEST:
            continue
        language = _LANGUAGE.match(text, start + width)
        code = language.end() if language else start + width
        fence = "`" * width
        opener = f"{fence}{language[1] if language else ''}\n"
        if widest[number] == 0:
            if language and _AT_LINE_START.search(text, max(0, start - 4), start):
                end = len(text)
                closing = fence if text.endswith("\n") else f"\n{fence}"
                found.append(_Block(start, code, end, end + len(closing), opener, fence))
                return found[::-1], closing
            continue
        wanted = width if widest[number] >= width else 0
        while runs[number][1] < wanted:
            number += 1
        code_end, closing_width = runs[number]
        number += 1
        end = code_end + min(closing_width, _WIDEST)
        found.append(_Block(start, min(code, code_end), code_end, end, opener, fence))
    return found[::-1], ""


def _between_characters(text: str, lowest: int) -> int:
    """The last place before the text's last character, above ``lowest``, at which no visible character is
    torn apart."""
    highest = len(text) - 1
    return next((cut for cut in range(highest, lowest, -1) if not _belong_together(text, cut)), highest)


def _belong_together(text: str, cut: int) -> bool:
    """Whether the characters around this place form one visible character or one sign of markdown."""
    before, behind = text[cut - 1], text[cut]
    if before == "\u200d" or _extends(behind):
        return True
    if before == "\\":
        return _count_before(text, cut, "\\", "\\") % 2 == 1
    if _is_flag_letter(before) and _is_flag_letter(behind):
        return _count_before(text, cut, "\U0001f1e6", "\U0001f1ff") % 2 == 1
    return before == behind and behind in "`*_~|"


def _extends(char: str) -> bool:
    """Whether it is shown together with the character before: accents, joiners, skin tones."""
    if char < "\u0300":
        return False
    return unicodedata.category(char) in ("Mn", "Mc", "Me", "Cf") or "\U0001f3fb" <= char <= "\U0001f3ff"


def _is_flag_letter(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def _count_before(text: str, cut: int, first: str, last: str) -> int:
    """How many characters of this range are in a row before the place."""
    return sum(1 for _ in takewhile(lambda char: first <= char <= last, reversed(text[:cut])))
