"""The words of a text, as searches compare them: the same for every store."""

import re
import unicodedata
from typing import Final

MOST_WORDS: Final = 2_000
"""Different words of one text that can be found: as many as 4,000 characters hold."""
MOST_ASKED: Final = 16
"""Different words that one search asks for."""
LONGEST: Final = 64
"""Characters of a word that count."""

_WORD = re.compile(r"[^\W_]+")


def words_of(text: str, most: int = MOST_WORDS) -> tuple[str, ...]:
    """The first ``most`` different words, in order, without case and accents.

    A word is what stands between characters that are neither letter nor digit (Unicode)."""
    plain = _without_marks(_without_marks(text).casefold())
    words = dict.fromkeys(word[:LONGEST] for word in _WORD.findall(plain))
    return tuple(words)[:most]


def begins_of(text: str) -> frozenset[str]:
    """What a search for beginnings finds a short text by: its pieces between spaces, and their words."""
    pieces = _without_marks(_without_marks(text).casefold()).split()
    return frozenset(it[:LONGEST] for it in (*pieces, *words_of(text))) - {""}


def asked_begins(text: str) -> tuple[str, ...]:
    """What is between the spaces of what somebody searches for, as ``begins_of`` has it."""
    pieces = _without_marks(_without_marks(text).casefold()).split()
    return tuple(dict.fromkeys(it[:LONGEST] for it in pieces))[:MOST_ASKED]


def _without_marks(text: str) -> str:
    if text.isascii():
        return text
    parts = unicodedata.normalize("NFKD", text)
    return "".join(it for it in parts if not unicodedata.category(it).startswith("M"))
