"""A form of the desk's as a modal: every field has an id of its own, whatever questions are called."""

from typing import Any

import discord

from cogs.form_modal import Filled, FormModal
from tests.waiting import until
from texts.language import Language
from tickets.forms import Form, Question


async def test_questions_may_be_called_as_the_fields_of_every_form() -> None:
    form = Form(
        slug="x", name="X", questions=tuple(Question(id=it, label=it) for it in ("topic", "description"))
    )
    got: list[Filled] = []

    async def submitted(_: discord.Interaction, filled: Filled) -> None:
        got.append(filled)

    modal = FormModal("id", form, Language.EN, submitted)
    fields: Any = [it.component for it in modal.children]  # type: ignore[attr-defined]
    for number, field in enumerate(fields):
        field._value = str(number)
    await modal.on_submit(None)  # type: ignore[arg-type]
    await until(lambda: got)

    assert len({it.custom_id for it in fields}) == 4
    assert got == [Filled("0", "1", {"topic": "2", "description": "3"})]
