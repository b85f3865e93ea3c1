"""What happens to invisible characters in texts: one rule for every door. Pure.

A character that shows nothing and means nothing is dropped. One that a script or an emoji needs stays. A mark
that changes the direction of writing ends with its paragraph. Visible characters are never changed."""

import re
import unicodedata
from typing import Final

NEVER: Final = r"\u0000"
"""For a character class: what no text may contain. Halves of surrogate pairs are refused as well, but a JSON
pattern cannot express them."""
LINE_ENDS: Final = r"\n\r"
"""For a character class: the characters that every program takes for the end of a line."""
LONGEST_FILE_NAME: Final = 150

_NONCHARACTERS: Final = r"\ufdd0-\ufdef" + "".join(
    f"{chr(plane + 0xFFFE)}-{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000)
)
_DROPPED: Final = (
    r"\u0001-\u0008\u000e-\u001f\u007f-\u0084\u0086-\u009f\u00ad\u17b4\u17b5\u2060-\u2065\u206a-\u206f"
    r"\u3164\ufeff\uffa0\ufff0-\ufffb"
    "\U000e0000-\U000e001f\U000e0080-\U000e00ff\U000e01f0-\U000e0fff"
) + _NONCHARACTERS
_JOINERS: Final = r"\u034f\u180e\u200c\u200d" + "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
_SELECTORS: Final = r"\u180b-\u180d\u180f\ufe00-\ufe0f" + "\U000e0100-\U000e01ef"
_TAGS: Final = "\U000e0020-\U000e007f"
_BREAKS: Final = r"\u200b"
_MARKS: Final = r"\u061c\u200e\u200f"
_TURNS: Final = r"\u202a-\u202e\u2066-\u2069"
_SPECIAL: Final = _DROPPED + _JOINERS + _SELECTORS + _TAGS + _BREAKS + _MARKS + _TURNS
INVISIBLE: Final = _SPECIAL + r"\u0000\u115f\u1160\u2800"
"""For a character class: what shows nothing, blanks apart."""

_ENDS_PARAGRAPH: Final = re.compile(r"(\r\n|[\n\r])")
_OTHER_LINE_ENDS: Final = re.compile(r"[\u000b\u000c\u0085\u2028\u2029]")
_BLANK: Final = re.compile(rf"[\t\u000b\u000c\u0085\u2028\u2029{LINE_ENDS}]")
_MISPLACED: Final = re.compile(rf"[{NEVER}\ud800-\udfff]")
_NOT_IN_FILE_NAMES: Final = re.compile(rf"[{NEVER}\ud800-\udfff/\\]")
_VISIBLE: Final = re.compile(rf"[^\s{INVISIBLE}]")
_IS_SPECIAL: Final = re.compile(f"[{_SPECIAL}]")
_IS_DROPPED: Final = re.compile(f"[{_DROPPED}]")
_IS_JOINER: Final = re.compile(f"[{_JOINERS}]")
_IS_SELECTOR: Final = re.compile(f"[{_SELECTORS}]")
_IS_TAG: Final = re.compile(f"[{_TAGS}]")
_IS_MARK: Final = re.compile(f"[{_MARKS}]")
_IS_TURN: Final = re.compile(f"[{_TURNS}]")
_HAS_BREAKS: Final = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u1950-\u19ff\u1a20-\u1aaf]")
"""Thai, Lao, Burmese, Khmer and related scripts, which put no spaces between words."""

_KEYCAPS: Final = "#*0123456789"
_BLACK_FLAG: Final = "\U0001f3f4"
_PDF: Final = "\u202c"
_PDI: Final = "\u2069"
_ISOLATES: Final = "\u2066\u2067\u2068"
_DEEPEST: Final = 60
"""Direction marks inside each other; Unicode's own limit is 125 levels, of which one mark may take two."""


def misplaced_at(text: str) -> int | None:
    """The offset of the first character that no text may contain: NUL, or half a surrogate pair."""
    found = _MISPLACED.search(text)
    return found.start() if found else None


def shows_nothing(text: str) -> bool:
    """Whether the text looks blank."""
    return _VISIBLE.search(text) is None


def clean_text(text: str, most: int | None = None) -> str:
    """The text of a message. Its lines stay lines, and each direction mark ends with its line. Closing a
    direction makes a text longer. If that would exceed ``most``, all direction marks are removed."""
    lines = _ENDS_PARAGRAPH.split(_OTHER_LINE_ENDS.sub("\n", _MISPLACED.sub("\ufffd", text)))
    cleaned = "".join(_cleaned(line) for line in lines)
    if most is not None and len(cleaned) > most:
        return "".join(_cleaned(_IS_TURN.sub("", line)) for line in lines)
    return cleaned


def clean_line(text: str) -> str:
    """A name, topic or label: one line without direction marks that reach beyond it."""
    return _cleaned(_IS_TURN.sub("", _BLANK.sub(" ", _MISPLACED.sub("\ufffd", text))))


def clean_file_name(name: str) -> str:
    """A name to save a file under: one line without slashes. A long name keeps its end."""
    return clean_line(_NOT_IN_FILE_NAMES.sub("_", name))[-LONGEST_FILE_NAME:].strip(". ") or "file"


def _cleaned(line: str) -> str:
    if _IS_SPECIAL.search(line) is None:
        return line
    letters = _IS_SPECIAL.sub("", line)
    is_rtl = any(unicodedata.bidirectional(char) in ("R", "AL", "AN") for char in letters)
    kept = _Kept()
    for char in line:
        if _IS_TURN.match(char):
            kept.turn(char)
        elif _IS_SPECIAL.match(char) is None or _is_needed(char, kept.last, is_rtl):
            kept.add(char)
    return kept.closed()


def _is_needed(char: str, last: str, is_rtl: bool) -> bool:
    """Whether an invisible character has an effect after ``last``, the character kept before it."""
    if _IS_DROPPED.match(char):
        return False
    if _IS_TAG.match(char):
        return last == _BLACK_FLAG or _IS_TAG.match(last) is not None
    if _IS_MARK.match(char):
        return is_rtl and _IS_MARK.match(last) is None
    if _IS_JOINER.match(char):
        return _takes_more(last) or _IS_SELECTOR.match(last) is not None
    if _IS_SELECTOR.match(char):
        return _takes_more(last) or (last != "" and last in _KEYCAPS)
    return _HAS_BREAKS.match(last) is not None


def _takes_more(last: str) -> bool:
    """Whether it is a letter, sign or emoji that a joiner or variation selector may change."""
    return last > "\x7f" and _VISIBLE.match(last) is not None


class _Kept:
    """The part of a line that is kept so far, and the direction marks that are open in it, the outermost
    first."""

    def __init__(self) -> None:
        self._chars: list[str] = []
        self._open: list[tuple[str, int | None]] = []
        """Each mark with its place. A mark that is nested too deeply has no place, because it is dropped."""
        self._isolates = 0
        self.last = ""

    def add(self, char: str) -> None:
        self._chars.append(char)
        self.last = char

    def turn(self, char: str) -> None:
        if char == _PDF:
            if self._open and self._open[-1][0] not in _ISOLATES:
                self._close()
        elif char == _PDI:
            if self._isolates:
                while self._close() not in _ISOLATES:
                    pass
        else:
            is_kept = len(self._open) < _DEEPEST
            self._open.append((char, len(self._chars) if is_kept else None))
            self._isolates += char in _ISOLATES
            if is_kept:
                self.add(char)

    def closed(self) -> str:
        while self._open:
            self._close()
        return "".join(self._chars)

    def _close(self) -> str:
        """Close the innermost mark. If nothing is inside it, it is removed."""
        char, place = self._open.pop()
        self._isolates -= char in _ISOLATES
        if place == len(self._chars) - 1:
            self._chars.pop()
        elif place is not None:
            self.add(_PDI if char in _ISOLATES else _PDF)
        return char
