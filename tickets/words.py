"""The words of a text, as searches compare them: the same for every store."""

import re
import unicodedata
from collections.abc import Iterator
from itertools import islice, pairwise
from typing import Final

MOST_WORDS: Final = 4_000
"""Different words of one text that can be found: as many as 4,000 characters hold."""
MOST_ASKED: Final = 16
"""Different words that one search asks for."""
LONGEST: Final = 64
"""Characters of a word that count."""

_RUN = re.compile(r"[^\W_]+")
_THAI_TO_BURMESE: Final = "\u0e01-\u0eff\u1000-\u109f"
_KHMER: Final = "\u1780-\u17ff"
_JAPANESE: Final = "\u3005-\u3007\u3041-\u30ff\u31f0-\u31ff"
_CHINESE: Final = "\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
_UNSPACED = f"[{_THAI_TO_BURMESE}{_KHMER}{_JAPANESE}{_CHINESE}]"
"""Characters of scripts that put no spaces between words. Marks are gone, and other forms of a character are
replaced by the usual one, before words are looked for."""
_PART = re.compile(f"({_UNSPACED}+)|(?:(?!{_UNSPACED}).)+")


def words_of(text: str, most: int = MOST_WORDS) -> tuple[str, ...]:
    """The first ``most`` different words, in order, without case and accents.

    A word is what stands between characters that are neither letter nor digit (Unicode). In scripts without
    spaces between words, such as Chinese, each two characters that follow each other are a word."""
    return tuple(
        islice(dict.fromkeys(word[:LONGEST] for run in _runs(text) for word in _words_of_run(run)), most)
    )


def is_unspaced(text: str) -> bool:
    """Whether it has characters of scripts without spaces between words."""
    return re.search(_UNSPACED, text) is not None


def begins_of(text: str) -> frozenset[str]:
    """What a search for beginnings finds a short text by: its pieces between spaces, and what letters and
    digits they hold."""
    return frozenset(it[:LONGEST] for it in (*_plain(text).split(), *_runs(text)))


def asked_begins(text: str) -> tuple[str, ...]:
    """What is between the spaces of what somebody searches for, as ``begins_of`` has it."""
    return tuple(dict.fromkeys(it[:LONGEST] for it in _plain(text).split()))[:MOST_ASKED]


def _runs(text: str) -> list[str]:
    """The letters and digits that follow each other."""
    return _RUN.findall(_plain(text))


def _words_of_run(run: str) -> Iterator[str]:
    if run.isascii():
        yield run
        return
    for part in _PART.finditer(run):
        if part[1] is None or len(part[1]) == 1:
            yield part[0]
        else:
            yield from map("".join, pairwise(part[1]))


def _plain(text: str) -> str:
    """The text without case and accents."""
    return _without_marks(_without_marks(text).casefold())


def _without_marks(text: str) -> str:
    if text.isascii():
        return text
    parts = unicodedata.normalize("NFKD", text)
    return "".join(it for it in parts if not unicodedata.category(it).startswith("M"))
