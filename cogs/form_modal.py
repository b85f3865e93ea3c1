"""A form of the desk as a modal: its questions, with topic and description."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import discord

from texts.language import Language
from texts.text import Text, in_language
from tickets.forms import Form, Given, Question, QuestionKind
from wire.form_names import called

TOPIC, DESCRIPTION = "topic", "description"
MOST_CHOICES = 5
"""The largest number of options that are all shown at once. With more, a select shows the chosen one."""
LONGEST = 4000
"""The most characters in a field of Discord's, and in a description."""


@dataclass(frozen=True, slots=True)
class Filled:
    """The answers of a submitted form."""

    topic: str
    description: str
    answers: Given = field(default_factory=dict)
    """Empty answers are left out."""
    files: Mapping[str, discord.Attachment] = field(default_factory=dict)
    """The files that answer a question, by the question's id."""


Submitted = Callable[[discord.Interaction, Filled], Awaitable[None]]


class FormModal(discord.ui.Modal):
    def __init__(
        self, custom_id: str, form: Form, language: Language, submitted: Submitted, description: str = ""
    ) -> None:
        super().__init__(title=called(form, language).name, timeout=None, custom_id=custom_id)
        self._form = form
        self._submitted = submitted
        self._fields: dict[str, Any] = {}
        for question in _asked(form, language):
            component = _component(question, description if question.id == _described_by(form) else "")
            self._fields[question.id] = component
            self.add_item(discord.ui.Label(text=question.label, component=component))

    async def on_submit(self, interaction: discord.Interaction) -> None:
        await self._submitted(interaction, self._filled())

    def _filled(self) -> Filled:
        answers: dict[str, str | bool] = {}
        files: dict[str, discord.Attachment] = {}
        for name, component in self._fields.items():
            match component:
                case discord.ui.FileUpload():
                    if component.values:
                        files[name] = component.values[0]
                case discord.ui.Checkbox():
                    answers[name] = component.value
                case discord.ui.Select():
                    answers[name] = component.values[0] if component.values else ""
                case _:
                    answers[name] = component.value or ""
        topic = answers.pop(self._form.topic_question or _own(self._form, TOPIC), "")
        description = answers.pop(_described_by(self._form), "")
        given = {name: it for name, it in answers.items() if it is not None and it != ""}
        return Filled(str(topic), str(description), given, files)


def _described_by(form: Form) -> str:
    return form.description_question or _own(form, DESCRIPTION)


def _own(form: Form, name: str) -> str:
    """The id of one of our own fields. It is a different one if a question of the form has that id."""
    return name if all(it.id != name for it in form.questions) else f"_{name}"


def _asked(form: Form, language: Language) -> Iterator[Question]:
    """All fields of the modal, first those that the form itself does not ask for."""
    if form.topic_question is None:
        label = in_language(Text("form-topic"), language)
        yield Question(id=_own(form, TOPIC), label=label, required=True, max_length=100)
    if form.description_question is None:
        label = in_language(Text("form-description"), language)
        kind = QuestionKind.LONG
        yield Question(id=_own(form, DESCRIPTION), label=label, kind=kind, required=True, max_length=LONGEST)
    yield from form.questions


def _component(question: Question, value: str) -> "discord.ui.Item[Any]":
    name, required = question.id, question.required
    match question.kind:
        case QuestionKind.SELECT if 2 <= len(question.options) <= MOST_CHOICES:
            choices = [discord.RadioGroupOption(label=it, value=it) for it in question.options]
            return discord.ui.RadioGroup(custom_id=name, required=required, options=choices)
        case QuestionKind.SELECT:
            return discord.ui.Select(
                custom_id=name,
                required=required,
                min_values=int(required),
                options=[discord.SelectOption(label=it, value=it) for it in question.options],
            )
        case QuestionKind.CHECKBOX:
            return discord.ui.Checkbox(custom_id=name)
        case QuestionKind.FILE:
            return discord.ui.FileUpload(
                custom_id=name, required=required, min_values=int(required), max_values=1
            )
    is_long = question.kind is QuestionKind.LONG
    return discord.ui.TextInput(
        custom_id=name,
        style=discord.TextStyle.paragraph if is_long else discord.TextStyle.short,
        required=required,
        max_length=min(question.max_length, LONGEST),
        default=value[: min(question.max_length, LONGEST)] or None,
    )
