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


def _without_marks(text: str) -> str:
    if text.isascii():
        return text
    parts = unicodedata.normalize("NFKD", text)
    return "".join(it for it in parts if not unicodedata.category(it).startswith("M"))
