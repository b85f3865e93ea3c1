"""The forms: the categories of tickets, and the questions of each."""

from collections.abc import Sequence
from typing import Final, Self

from aiohttp import web
from pydantic import BaseModel, Field, TypeAdapter

from api.desks import DESKS
from api.documents.documented import documented
from api.door.answers import json_answer
from api.door.routes import API, reads
from tickets.desks.filling_in import OfferedForm
from tickets.forms import Question, QuestionKind
from tickets.model import Caller


class QuestionBody(BaseModel):
    id: str
    label: str
    kind: QuestionKind
    required: bool
    options: Sequence[str] = Field(description="For a `select`, which takes one of them.")
    max_length: int = Field(description="Longest answer to a `short` or `long` question, in characters.")

    @classmethod
    def of(cls, question: Question) -> Self:
        return cls.model_validate(question, from_attributes=True)


class FormBody(BaseModel):
    """A ticket is opened with the form's ``slug`` as ``category``."""

    slug: str = Field(examples=["support"])
    name: str = Field(examples=["Support"])
    description: str = Field(examples=["A question, or help with something."])
    emoji: str | None
    questions: Sequence[QuestionBody]
    topic_question: str | None = Field(
        description="The id of the question whose answer becomes the ticket's `topic`, and is stored "
        "nowhere else."
    )
    description_question: str | None = Field(description="The same for the ticket's `description`.")
    is_default: bool = Field(description="Whether tickets without a category get this form.")
    open: bool = Field(description="Whether staff is there now.")
    closed_text: str | None = Field(description="What to show while nobody is there.")

    @classmethod
    def of(cls, offered: OfferedForm) -> Self:
        form = offered.form
        return cls(
            slug=form.slug,
            name=form.name,
            description=form.description,
            emoji=form.emoji,
            questions=[QuestionBody.of(it) for it in form.questions],
            topic_question=form.topic_question,
            description_question=form.description_question,
            is_default=offered.is_default,
            open=offered.is_open,
            closed_text=form.closed_text,
        )


FORMS: Final = TypeAdapter(list[FormBody])


@documented("Read the forms by which tickets are opened", answer=list[FormBody])
async def get_forms(request: web.Request, caller: Caller) -> web.Response:
    offered = request.app[DESKS].tickets.forms_for(caller)
    return json_answer(FORMS.dump_json([FormBody.of(it) for it in offered]))


ROUTES: Final = (reads(f"{API}/forms", get_forms),)
