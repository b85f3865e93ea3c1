"""Texts in small places are short enough in every language, and each of them is known."""

import re

import pytest

from tests.texts.sources import ROOT
from texts.language import Language
from texts.lengths import LONGEST, shown_length
from texts.own import texts_in

SMALL = re.compile(
    r"(?:Button\([^)]*|CardSelect\([^)]*|(?:title|label|placeholder)=in_language\(|"
    r'self\._add\(|\blabel = |view\(ticket, \()Text\(\s*"([a-z-]+)"'
)


@pytest.mark.parametrize("language", Language)
def test_ours_are_short_enough(language: Language) -> None:
    there = texts_in(language)

    too_long = [id_ for id_, most in LONGEST.items() if shown_length(there[id_].words) > most]

    assert too_long == []


def test_every_text_of_a_button_and_of_a_form_has_its_limit() -> None:
    code = "\n".join(it.read_text("utf-8") for it in sorted((ROOT / "cogs").glob("*.py")))

    used = set(SMALL.findall(code))

    assert len(used) > 30
    assert used - set(LONGEST) == set()
