"""The sections of the desk file, as people write them, and what the program makes of them."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Annotated, Final, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainValidator,
    WithJsonSchema,
    model_validator,
)

from config.spans import SPAN_SCHEMA, Duration, WeeklySpan, Zone, span_of
from texts.language import Language
from texts.own import faults_in
from tickets.forms import Form, Question, QuestionKind
from tickets.hours import Hours, Span
from tickets.model import IssueLevel, SupportRole, UserRole
from tickets.targets import Target, Terms

MOST_QUESTIONS: Final = 5
"""Fields that a form of Discord's holds, with topic and description among them."""
LONGEST_TOPIC: Final = 100
MOST_FORMS: Final = 25
"""Options that a select of Discord's holds."""


def _slug(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", text) or len(text) > 40:
        raise ValueError('must be small letters, digits and hyphens, 40 at most, as "data-loss"')
    return text


def _one_line(text: str) -> str:
    if not text.strip() or len(text.splitlines()) != 1:
        raise ValueError("must be one line of text")
    return text.strip()


def _emoji(text: str) -> str:
    """Discord takes no panel with one that is none."""
    if text.isascii() and not re.fullmatch(r"<a?:\w{2,32}:\d{15,20}>", text):
        raise ValueError('must be an emoji, as "🐛", or one of your server, as "<:name:123456789012345678>"')
    return text


def _opening(value: object) -> object:
    """``"hours"`` for those of the desk, or spans of its own."""
    if value == "hours":
        return value
    if not isinstance(value, list) or not value:
        raise ValueError('must be "hours", or a list of spans like ["mon-fri 09:00-17:30"]')
    return tuple(span_of(it if isinstance(it, str) else "") for it in value)


Slug = Annotated[
    str,
    AfterValidator(_slug),
    WithJsonSchema({"type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$", "maxLength": 40}),
]
DiscordId = Annotated[int, Field(gt=0, lt=2**63)]
"""Of Discord's."""
ONE_LINE: Final = AfterValidator(_one_line)
Opening = Annotated[
    Literal["hours"] | tuple[Span, ...],
    PlainValidator(_opening),
    WithJsonSchema({"anyOf": [{"const": "hours"}, {"type": "array", "items": SPAN_SCHEMA, "minItems": 1}]}),
]


class Section(BaseModel):
    """What every section has in common: unknown keys are faults, and nothing changes later."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class HoursSection(Section):
    """When people work. Everything else that speaks of hours means these."""

    zone: Zone
    open: Annotated[tuple[WeeklySpan, ...], Field(min_length=1)]
    holidays: tuple[date, ...] = ()

    @property
    def hours(self) -> Hours:
        return Hours(self.zone, self.open, frozenset(self.holidays))


class TargetSection(Section):
    first_response: Duration | None = None
    resolution: Duration | None = None

    @property
    def target(self) -> Target:
        return Target(self.first_response, self.resolution)


class SlaSection(Section):
    """How soon tickets are to be answered and ended, by level. A form may say otherwise. With hours, only
    time within them counts."""

    NORMAL: TargetSection = TargetSection()
    URGENT: TargetSection = TargetSection()
    CRITICAL: TargetSection = TargetSection()
    warn_before: Duration = 30 * 60_000
    raise_level: bool = False

    def target(self, level: IssueLevel) -> Target:
        return {
            IssueLevel.NORMAL: self.NORMAL,
            IssueLevel.URGENT: self.URGENT,
            IssueLevel.CRITICAL: self.CRITICAL,
        }[level].target

    def terms(self, level: IssueLevel, form: Target | None, hours: HoursSection | None) -> Terms | None:
        """What counts for a ticket of this level, if there are targets. What its form says goes first."""
        own, usual = form or Target(), self.target(level)
        target = Target(
            own.first_response or usual.first_response,
            own.resolution or usual.resolution,
        )
        if target == Target():
            return None
        return Terms(target, self.warn_before, self.raise_level, hours.hours if hours else None)

    @property
    def has_targets(self) -> bool:
        return any(self.target(it) != Target() for it in IssueLevel)


class BoardPart(StrEnum):
    HOURS = "hours"
    TARGETS = "targets"
    ON_DUTY = "on_duty"


class BoardSection(Section):
    """What the board says beside how many tickets there are and who waits longest."""

    show: tuple[BoardPart, ...] = tuple(BoardPart)


class PingsSection(Section):
    """Who is pinged for what. A key that is left out is as its setting says, as PING_NEW."""

    new: bool | None = None
    message: bool | None = None
    assigned: bool | None = None
    transferred: bool | None = None
    critical: bool | None = None
    missed: bool | None = None


def _own_words(language: Language) -> AfterValidator:
    def check(words: Mapping[str, str]) -> Mapping[str, str]:
        _none(*faults_in(language, words))
        return words

    return AfterValidator(check)


class TextsSection(Section):
    """Words of your own for what the program says in Discord, by language, in Fluent's syntax."""

    en: Annotated[Mapping[str, str], _own_words(Language.EN)] = {}
    de: Annotated[Mapping[str, str], _own_words(Language.DE)] = {}

    @property
    def by_language(self) -> Mapping[Language, Mapping[str, str]]:
        return {Language.EN: self.en, Language.DE: self.de}


class QuestionSection(Section):
    id: Slug
    label: Annotated[str, Field(max_length=45), ONE_LINE]
    kind: QuestionKind = QuestionKind.SHORT
    required: bool = False
    options: Annotated[tuple[Annotated[str, Field(max_length=100), ONE_LINE], ...], Field(max_length=25)] = ()
    max_length: Annotated[int, Field(ge=1, le=4000)] | None = None

    @model_validator(mode="after")
    def _belongs_together(self) -> Self:
        is_select = self.kind is QuestionKind.SELECT
        is_text = self.kind in (QuestionKind.SHORT, QuestionKind.LONG)
        _none(
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
    default: bool = False
    questions: Annotated[tuple[QuestionSection, ...], Field(max_length=MOST_QUESTIONS)] = ()
    topic_question: Slug | None = None
    description_question: Slug | None = None
    level: IssueLevel | None = None
    support_role: SupportRole | None = None
    who: Annotated[tuple[UserRole, ...], Field(min_length=1)] = tuple(UserRole)
    most_open: Annotated[int, Field(ge=1)] | None = None
    cooldown: Duration | None = None
    roles_needed: tuple[DiscordId, ...] = ()
    roles_refused: tuple[DiscordId, ...] = ()
    open: Opening | None = None
    closed_text: Annotated[str, Field(min_length=1, max_length=1000)] | None = None
    sla: TargetSection | None = None

    @model_validator(mode="after")
    def _belongs_together(self) -> Self:
        by_id = {it.id: it for it in self.questions}
        named = [(name, getattr(self, name)) for name in ("topic_question", "description_question")]
        further = {*by_id} - {question for _, question in named}
        most = MOST_QUESTIONS - 2
        _none(
            (twice := _twice(it.id for it in self.questions)) and f"questions: two have the id {twice}",
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
    title: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    text: Annotated[str, Field(min_length=1, max_length=1500)] | None = None
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


def _twice(names: Iterable[str]) -> str | None:
    return next((name for name, count in Counter(names).items() if count > 1), None)


def _none(*faults: object) -> None:
    """Raises ValueError with those that are texts, a line for each."""
    if found := [it for it in faults if isinstance(it, str) and it]:
        raise ValueError("\n".join(found))


def faults_of_panels(panels: Sequence[PanelSection], forms: Iterable[str]) -> Iterator[str]:
    """``forms`` are the slugs of all."""
    known = [*forms]
    if twice := _twice(str(it.channel) for it in panels):
        yield f"panels: two are in the channel {twice}; a channel has one"
    for panel in panels:
        if unknown := [it for it in panel.kinds if it not in known]:
            yield f"panels: there is no form {unknown[0]}; known are {', '.join(known)}"


def faults_among(forms: tuple[FormSection, ...], hours: HoursSection | None) -> Iterator[str]:
    """What is wrong with forms that are right by themselves."""
    if not forms:
        return
    if twice := _twice(it.slug for it in forms):
        yield f"forms: two have the slug {twice}; a slug is the category of its tickets"
    if len([it for it in forms if it.default]) != 1:
        yield "forms: exactly one needs default = true, for tickets whose requester names no form"
    if hours is None and any(it.open is not None for it in forms):
        yield "forms: open needs the section hours, which names the time zone"
