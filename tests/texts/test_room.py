"""Discord takes the words of forms and buttons only up to a length, in every language."""

import ast
from collections.abc import Iterator

import pytest

from tests.texts.sources import ROOT
from texts.language import Language
from texts.text import Text, in_language

FORM, BUTTON = 45, 80
"""Characters of a form's title and of labels in it; of a button's label (Discord, Component Reference)."""
BUTTONS = ("Button", "CardButton", "CarryingButton")
IN_FORMS = ("title", "label", "text")
FACT = "12345678"


def labels() -> Iterator[tuple[Text, int]]:
    """The texts on buttons and in forms, with the room that each has."""
    for path in sorted((ROOT / "cogs").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                yield from _of(node)


def _of(call: ast.Call) -> Iterator[tuple[Text, int]]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name in BUTTONS:
        yield from ((text, BUTTON) for it in call.args for text in _texts(it))
    elif name in ("TextInput", "Label", "__init__"):
        yield from ((text, FORM) for it in call.keywords if it.arg in IN_FORMS for text in _texts(it.value))


def _texts(node: ast.expr) -> Iterator[Text]:
    for it in ast.walk(node):
        if isinstance(it, ast.Call) and isinstance(it.func, ast.Name) and it.func.id == "Text":
            (id_,) = it.args
            if isinstance(id_, ast.Constant):
                yield Text(str(id_.value), **{str(fact.arg): FACT for fact in it.keywords})


@pytest.mark.parametrize("language", Language)
def test_every_label_has_room(language: Language) -> None:
    found = [*labels()]
    shown = [(in_language(text, language), room) for text, room in found]

    assert len(found) > 20
    assert [words for words, room in shown if len(words) > room] == []
