"""Cells of tables that spreadsheets open: a text stays a text, and is never a formula."""

import re
import unicodedata
from typing import Final

from tickets.characters import INVISIBLE

_FIRST: Final = re.compile(rf"[^\s{INVISIBLE}]")
_BEGIN_FORMULAS: Final = "=+-@\u2212"
_PART_CELLS: Final = "\t\r"


def cell(text: str) -> str:
    """The text, with an apostrophe in front if a spreadsheet might take it for a formula.

    What shows nothing is skipped, and full width, small and raised signs count as the plain ones: before they
    look for a formula, spreadsheets drop the first and change the second."""
    found = _FIRST.search(text)
    before = text if found is None else text[: found.start()]
    sign = "" if found is None else unicodedata.normalize("NFKC", found[0])[:1]
    is_formula = sign != "" and sign in _BEGIN_FORMULAS
    return f"'{text}" if is_formula or any(it in before for it in _PART_CELLS) else text
