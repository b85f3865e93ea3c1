"""How German texts speak to people: to staff and in the portal formally, in the widget as friends."""

import re

import pytest

from texts.language import Language
from texts.text import sources_of

GERMAN = sources_of(Language.DE)
INFORMAL = re.compile(r"\b(du|dich|dir|dein\w*|euch|euer\w*|gib|nimm|lies|sieh|wähle|schreibe?|klicke?)\b")
"""Words of the familiar address, in small letters or at the beginning of a sentence."""


@pytest.mark.parametrize("file", sorted(set(GERMAN) - {"widget.ftl"}))
def test_nobody_is_addressed_as_a_friend_but_in_the_widget(file: str) -> None:
    assert INFORMAL.findall(GERMAN[file]) == []
