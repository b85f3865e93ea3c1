"""The sections of the desk file about forms, and about the panels that offer them."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, Field, PlainValidator, StrictBool, WithJsonSchema, model_validator

from config.desk_sections import (
    ONE_LINE,
    SOMETHING,
    DiscordId,
    HoursSection,
    Section,
    Slug,
    TargetSection,
    must_be_none,
    twice,
)
from config.spans import SPAN_SCHEMA, Duration, span_of
from tickets.forms import Form, Question, QuestionKind
from tickets.hours import Hours, Span
from tickets.model import IssueLevel, SupportRole, UserRole

MOST_QUESTIONS: Final = 5
"""Fields that a form in Discord can have, including topic and description."""
LONGEST_TOPIC: Final = 100
MOST_FORMS: Final = 25
"""Options that a select in Discord can have."""


def _emoji(text: str) -> str:
    """Discord refuses a panel with an invalid emoji."""
    is_word = text.isascii() or any(it.isalpha() for it in text)
    if is_word and not re.fullmatch(r"<a?:\w{2,32}:\d{15,20}>", text, re.ASCII):
        raise ValueError('must be an emoji, as "🐛", or one of your server, as "<:name:123456789012345678>"')
    return text


def _opening(value: object) -> object:
    """``"hours"`` for the desk's hours, or spans of its own."""
    if value == "hours":
        return value
    if not isinstance(value, list) or not value:
        raise ValueError('must be "hours", or a list of spans like ["mon-fri 09:00-17:30"]')
    return tuple(span_of(it if isinstance(it, str) else "") for it in value)


Opening = Annotated[
    Literal["hours"] | tuple[Span, ...],
    PlainValidator(_opening),
    WithJsonSchema({"anyOf": [{"const": "hours"}, {"type": "array", "items": SPAN_SCHEMA, "minItems": 1}]}),
]


class QuestionSection(Section):
    id: Slug
    label: Annotated[str, Field(max_length=45), ONE_LINE]
    kind: QuestionKind = QuestionKind.SHORT
    required: StrictBool = False
    options: Annotated[tuple[Annotated[str, Field(max_length=100), ONE_LINE], ...], Field(max_length=25)] = ()
    max_length: Annotated[int, Field(ge=1, le=4000, strict=True)] | None = None

    @model_validator(mode="after")
    def _belongs_together(self) -> Self:
        is_select = self.kind is QuestionKind.SELECT
        is_text = self.kind in (QuestionKind.SHORT, QuestionKind.LONG)
        must_be_none(
            is_select and not self.options and "options: is missing; a select offers 1 to 25 of them",
            not is_select and self.options and 'options: is for questions with kind = "select" only',
            len(set(self.options)) < len(self.options) and "options: has the same option twice",
            not is_text and self.max_length and "max_length: is for kind short and long only",
        )
        return self

    @property
    def question(self) -> Question:
        length = {QuestionKind.SHORT: 200, QuestionKind.LONG: 2000}.get(self.kind, 100)
        return Question(
            id=self.id,
            label=self.label,
            kind=self.kind,
            required=self.required,
            options=self.options,
            max_length=self.max_length or length,
        )


class FormSection(Section):
    """One kind of ticket, and what is asked of those who open one."""

    slug: Slug
    name: Annotated[str, Field(max_length=45), ONE_LINE]
    description: Annotated[str, Field(max_length=100)] = ""
    emoji: Annotated[str, Field(max_length=64), ONE_LINE, AfterValidator(_emoji)] | None = None
    default: StrictBool = False
    questions: Annotated[tuple[QuestionSection, ...], Field(max_length=MOST_QUESTIONS)] = ()
    topic_question: Slug | None = None
    description_question: Slug | None = None
    level: IssueLevel | None = None
    support_role: SupportRole | None = None
    who: Annotated[tuple[UserRole, ...], Field(min_length=1)] = tuple(UserRole)
    most_open: Annotated[int, Field(ge=1, strict=True)] | None = None
    cooldown: Duration | None = None
    roles_needed: tuple[DiscordId, ...] = ()
    roles_refused: tuple[DiscordId, ...] = ()
    open: Opening | None = None
    closed_text: Annotated[str, Field(max_length=1000), SOMETHING] | None = None
    sla: TargetSection | None = None

    @model_validator(mode="after")
    def _belongs_together(self) -> Self:
        by_id = {it.id: it for it in self.questions}
        named = [(name, getattr(self, name)) for name in ("topic_question", "description_question")]
        further = {*by_id} - {question for _, question in named}
        most = MOST_QUESTIONS - 2
        must_be_none(
            (same := twice(it.id for it in self.questions)) and f"questions: two have the id {same}",
            self.default
            and any(by_id[it].required for it in further)
            and "default: a form with required questions cannot be the default, because whoever names no "
            "form answers none; take required away there, or make another form the default",
            self.default
            and set(self.who) != set(UserRole)
            and "default: the default form is for everybody; take who away, or make another form the default",
            len(further) > most
            and f"questions: {len(further)} beside topic and description; a form of Discord's has room for "
            f"{most}: take some away, or name those that are topic and description",
            self.closed_text
            and self.open is None
            and "closed_text: needs open, which says when it is closed",
            *(_stands_for(by_id, name, question) for name, question in named),
            self.topic_question is not None
            and self.topic_question == self.description_question
            and "description_question: is the topic_question as well; each needs a question of its own",
        )
        return self

    def form(self, hours: HoursSection | None) -> Form:
        return Form(
            slug=self.slug,
            name=self.name,
            description=self.description,
            emoji=self.emoji,
            questions=tuple(it.question for it in self.questions),
            topic_question=self.topic_question,
            description_question=self.description_question,
            level=self.level,
            support_role=self.support_role,
            who=frozenset(self.who),
            most_open=self.most_open,
            cooldown=self.cooldown,
            roles_needed=frozenset(self.roles_needed),
            roles_refused=frozenset(self.roles_refused),
            hours=self._hours(hours),
            closed_text=self.closed_text,
            target=self.sla.target if self.sla else None,
        )

    def _hours(self, hours: HoursSection | None) -> Hours | None:
        if hours is None or self.open is None:
            return None
        if self.open == "hours":
            return hours.hours
        return Hours(hours.zone, self.open, frozenset(hours.holidays))


class PanelSection(Section):
    """A message in a channel of Discord's from which members open tickets."""

    channel: DiscordId
    title: Annotated[str, Field(max_length=200), SOMETHING] | None = None
    text: Annotated[str, Field(max_length=1500), SOMETHING] | None = None
    style: Literal["buttons", "list"] | None = None
    kinds: tuple[Slug, ...] = ()


def _stands_for(questions: dict[str, QuestionSection], name: str, question_id: str | None) -> str | None:
    if question_id is None:
        return None
    if (question := questions.get(question_id)) is None:
        return f"{name}: names no question of this form; write the id of one"
    if question.kind not in (QuestionKind.SHORT, QuestionKind.LONG) or not question.required:
        return f"{name}: the question {question_id} must be of kind short or long, and required"
    if name == "topic_question" and question.question.max_length > LONGEST_TOPIC:
        return f"{name}: the question {question_id} needs max_length = {LONGEST_TOPIC} or less"
    return None


def faults_of_panels(panels: Sequence[PanelSection], forms: Iterable[str]) -> Iterator[str]:
    """The faults of panels. ``forms`` are the slugs of all forms."""
    known = [*forms]
    if same := twice(str(it.channel) for it in panels):
        yield f"panels: two are in the channel {same}; a channel has one"
    for panel in panels:
        if unknown := [it for it in panel.kinds if it not in known]:
            yield f"panels: there is no form {unknown[0]}; known are {', '.join(known)}"


def faults_among(forms: tuple[FormSection, ...], hours: HoursSection | None) -> Iterator[str]:
    """The faults of forms that are valid one by one."""
    if not forms:
        return
    if same := twice(it.slug for it in forms):
        yield f"forms: two have the slug {same}; a slug is the category of its tickets"
    if len([it for it in forms if it.default]) != 1:
        yield "forms: exactly one needs default = true, for tickets whose requester names no form"
    if hours is None and any(it.open is not None for it in forms):
        yield "forms: open needs the section hours, which names the time zone"
