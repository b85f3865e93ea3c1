"""Discord takes the titles and labels of forms, in every language."""

from types import SimpleNamespace
from typing import Any

import discord
import pytest

from cogs.canning import CannedForm
from cogs.closing import CloseForm
from cogs.correcting import EditForm
from cogs.form_ids import FormIds
from cogs.noting import NoteForm
from cogs.requesters import BlockForm
from cogs.thread_buttons import CommentForm
from texts.language import Language
from tickets.model import MessageId

TITLE, LABEL, PLACEHOLDER = 45, 45, 100
"""Characters, as Discord documents them for modals and their components."""
NOBODY: Any = SimpleNamespace(means=SimpleNamespace(form_ids=FormIds()))


@pytest.mark.parametrize("language", Language)
async def test_titles_and_labels_are_short_enough(language: Language) -> None:
    forms: list[discord.ui.Modal] = [
        NoteForm(NOBODY, language),
        CloseForm(NOBODY, language, ["bye"]),
        CannedForm("id", NOBODY, language),
        EditForm(NOBODY, MessageId("m"), "Hello", language),
        BlockForm(NOBODY, language),
        CommentForm(NOBODY, "t", 5, language),
    ]

    for form in forms:
        assert 0 < len(form.title) <= TITLE
        for part in form.to_components():
            inner = part.get("component") or part["components"][0]
            assert 0 < len(part.get("label") or inner["label"]) <= LABEL
            assert len(inner.get("placeholder") or "") <= PLACEHOLDER
            assert all(0 < len(it["label"]) <= 100 for it in inner.get("options", ()))
