"""Nothing that a requester writes is a formula in a spreadsheet."""

import csv
import io
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.resources.cells import cell

SIGNS = [char for char in map(chr, range(0x11000)) if unicodedata.normalize("NFKC", char)[:1] in "=+-@"]
UNSEEN = [
    *(" ", "\t", "\n", "\r", "\x0b", "\x0c", "\x85", "\xa0", "\u2003", "\u2028", "\u3000"),
    *("\ufeff", "\u200b", "\u200d", "\u200f", "\u2060", "\u202e", "\u2066", "\xad", "\x00", "\x1b", "\ufe0f"),
    *("\u115f", "\u2800", "\u3164", "\U000e0020", "\U000e0100", "\u180e", "\u034f"),
]


def without_apostrophes(text: str) -> str:
    return text.replace("'", "")


def test_there_are_more_signs_than_one_sees() -> None:
    assert {"=", "+", "-", "@", "＝", "＋", "－", "＠", "﹦", "⁺", "₌", "﬩", "⩵"} <= set(SIGNS)


@given(st.lists(st.sampled_from(UNSEEN), max_size=5), st.sampled_from([*SIGNS, "−"]), st.text(max_size=9))
def test_no_text_begins_a_formula(unseen: list[str], sign: str, rest: str) -> None:
    text = "".join(unseen) + sign + rest

    assert cell(text).startswith("'")
    assert without_apostrophes(cell(text)) == without_apostrophes(text)


@given(st.text(st.sampled_from([*UNSEEN, *"=+-@−＝;;,|\"'a1"]), max_size=12))
def test_no_text_holds_a_formula_for_who_begins_cells_elsewhere(text: str) -> None:
    row = io.StringIO()
    csv.writer(row).writerow(["17", cell(text), "RESOLVED"])

    for part in re.split("[;\t\r\n]", row.getvalue()):
        seen = [it for it in part if it != '"' and it not in UNSEEN]
        assert not seen or unicodedata.normalize("NFKC", seen[0])[0] not in "=+-@−", part
    assert without_apostrophes(cell(text)) == without_apostrophes(text)


@given(st.sampled_from("aä中ש'\"(#%&|1"), st.text(st.characters(exclude_characters=";\t\n\r"), max_size=20))
def test_other_texts_stay_as_they_are(first: str, rest: str) -> None:
    assert cell(first + rest) == first + rest


@pytest.mark.parametrize(
    "text", ["", " ", "\u200b", "a=1", "1+1", "mail@example.test", "—", "'=1", " \n a", "a; b\nc\td"]
)
def test_what_is_no_formula_is_left_alone(text: str) -> None:
    assert cell(text) == text


@pytest.mark.parametrize("text", ["\ta", "\ra", " \t", "\u200b\r\na"])
def test_no_text_begins_another_cell(text: str) -> None:
    assert cell(text) == f"'{text}"
