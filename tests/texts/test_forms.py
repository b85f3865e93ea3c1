"""Discord takes the titles and labels of forms, in every language."""

from typing import Any, cast

import discord
import pytest

from cogs.canning import CannedForm
from cogs.closing import CloseForm
from cogs.correcting import EditForm
from cogs.noting import NoteForm
from tests.people import SAM_ANSWERS
from texts.language import Language
from tickets.model import Message, MessageId, TicketId

TITLE, LABEL, PLACEHOLDER = 45, 45, 100
"""Characters, as Discord documents them for modals and their components."""
NOBODY = cast("Any", None)
MESSAGE = Message(
    id=MessageId("m"),
    ticket_id=TicketId("t"),
    seq=1,
    author=SAM_ANSWERS,
    content="Hello",
    created_at=0,
    updated_at=0,
)


@pytest.mark.parametrize("language", Language)
async def test_titles_and_labels_are_short_enough(language: Language) -> None:
    forms: list[discord.ui.Modal] = [
        NoteForm(NOBODY, language),
        CloseForm(NOBODY, language, ["bye"]),
        CannedForm(NOBODY, language),
        EditForm(NOBODY, MESSAGE, language),
    ]

    for form in forms:
        assert 0 < len(form.title) <= TITLE
        for part in form.to_components():
            inner = part.get("component") or part["components"][0]
            assert 0 < len(part.get("label") or inner["label"]) <= LABEL
            assert len(inner.get("placeholder") or "") <= PLACEHOLDER
            assert all(0 < len(it["label"]) <= 100 for it in inner.get("options", ()))
