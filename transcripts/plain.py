"""Makes texts of strangers harmless to show. Escaping HTML does not stop control characters and writing
directions."""

import re
from typing import Final

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")
_NEWLINE = re.compile(r"\r\n?")
_SPACES = re.compile(r"\s+")


def prose(text: str) -> str:
    """A text of several lines. Characters that no HTML file may hold are shown as U+FFFD."""
    return _CONTROL.sub(REPLACEMENT, _NEWLINE.sub("\n", text))


def label(text: str) -> str:
    """A text of one line, such as the name of a person or file.

    Characters that turn the writing direction show as U+FFFD too, since ``photo<U+202E>gpj.exe``
    would read ``photoexe.jpg``. Marks (U+200E, U+200F) stay: right-to-left names need them."""
    return _DIRECTION.sub(REPLACEMENT, _SPACES.sub(" ", prose(text))).strip()


_NAME: Final = ("\ufdd0", "\ufdd1")
_WORDS: Final = ("\ufdd2", "\ufdd3")
"""Noncharacters of Unicode that enclose what people chose, within sentences of ours. ``label`` and ``prose``
remove them from texts of people, so nobody can forge them."""


def named(name: str) -> str:
    """A name within a sentence of ours."""
    return f"{_NAME[0]}{label(name)}{_NAME[1]}"


def worded(text: str) -> str:
    """Words of people within a sentence of ours, on one line."""
    return f"{_WORDS[0]}{label(text)}{_WORDS[1]}"


def marked(sentence: str, name: tuple[str, str] = ("", ""), words: tuple[str, str] = ("", "")) -> str:
    """The sentence with these marks around names and around other words of people."""
    for marks, ours in ((_NAME, name), (_WORDS, words)):
        for mark, own in zip(marks, ours, strict=True):
            sentence = sentence.replace(mark, own)
    return sentence
