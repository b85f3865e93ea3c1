"""Cells of tables for spreadsheets: a text stays a text and never becomes a formula."""

import re
import unicodedata
from typing import Final

from tickets.characters import INVISIBLE

_FIRST: Final = re.compile(rf"[^\s{INVISIBLE}]")
_FIRST_OF_PART: Final = re.compile(rf'[^\s"{INVISIBLE}]')
_BEGIN_FORMULAS: Final = "=+-@\u2212"
_PART_CELLS: Final = "\t\r"
_ENDS_PART: Final = re.compile(r"([;\t\n\r])")
"""Where Excel begins another cell or row if the comma is not its separator, as in half of Europe. It takes
the quotes around a text for letters then."""


def cell(text: str) -> str:
    """The text, with an apostrophe before everything that a spreadsheet might take for a formula: at its
    beginning, and after each semicolon, tab or line end.

    Invisible characters are skipped, and full-width, small and raised signs count as the plain ones, because
    spreadsheets drop or change them before they look for a formula."""
    first, *rest = _ENDS_PART.split(text)
    marked = "".join([first, *(f"'{part}" if _is_formula(part, _FIRST_OF_PART) else part for part in rest)])
    found = _FIRST.search(text)
    before = text if found is None else text[: found.start()]
    begins_cell = any(it in before for it in _PART_CELLS)
    return f"'{marked}" if begins_cell or _is_formula(text, _FIRST) else marked


def _is_formula(text: str, first: re.Pattern[str]) -> bool:
    found = first.search(text)
    return found is not None and unicodedata.normalize("NFKC", found[0])[:1] in _BEGIN_FORMULAS
