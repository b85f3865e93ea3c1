"""Makes texts of strangers harmless to show. Escaping HTML does not stop control characters and writing
directions."""

import re

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
