"""Divides a Discord message into its quotes, its code blocks and the text around them.

Discord's rules differ from CommonMark's: a quote is every line that begins with ``> `` and no other, quotes
do not nest, and three backticks may open and close a code block anywhere in a line."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

_FENCE = "```"
_LANGUAGE = re.compile(r"([\w+.#-]{1,30})\n")


class Kind(Enum):
    TEXT = "text"
    CODE = "code"
    QUOTE = "quote"


@dataclass(frozen=True, slots=True)
class Block:
    """``language`` is the name on the first line of a code block, if there is one."""

    kind: Kind
    text: str
    language: str = ""


def blocks_of(content: str, *, in_quote: bool = False) -> Iterator[Block]:
    """The blocks in order, without empty ones. The time is proportional to the length."""
    last_fence = content.rfind(_FENCE)
    text_from = at = 0
    while at < len(content):
        if not in_quote and (quoted := _quote_at(content, at)):
            text, end = quoted
            yield from _block(Kind.TEXT, content[text_from:at])
            yield from _block(Kind.QUOTE, text)
            text_from = at = end
            continue
        line_end = _line_end(content, at)
        fence = content.find(_FENCE, at, line_end)
        while fence != -1 and fence + len(_FENCE) <= last_fence:
            closing = content.index(_FENCE, fence + len(_FENCE))
            code = _code(content[fence + len(_FENCE) : closing])
            at = closing + len(_FENCE)
            if code is not None:
                yield from _block(Kind.TEXT, content[text_from:fence])
                yield code
                text_from = at
            line_end = _line_end(content, at)
            fence = content.find(_FENCE, at, line_end)
        at = line_end
    yield from _block(Kind.TEXT, content[text_from:])


def _block(kind: Kind, text: str) -> Iterator[Block]:
    if text.strip():
        yield Block(kind, text)


def _quote_at(content: str, at: int) -> tuple[str, int] | None:
    """The text of the quote that begins here, and its end; None if this line is not quoted."""
    if content.startswith(">>> ", at):
        return content[at + 4 :], len(content)
    lines = []
    while content.startswith("> ", at):
        end = _line_end(content, at)
        lines.append(content[at + 2 : end])
        at = end
    return ("".join(lines), at) if lines else None


def _line_end(content: str, at: int) -> int:
    """The place after the line break that ends the line."""
    end = content.find("\n", at)
    return len(content) if end == -1 else end + 1


def _code(inside: str) -> Block | None:
    """The block between two fences; None if it would show nothing."""
    found = _LANGUAGE.match(inside)
    if found and (code := inside[found.end() :].strip("\n")).strip():
        return Block(Kind.CODE, code, found[1])
    code = inside.strip("\n")
    return Block(Kind.CODE, code) if code.strip() else None
