"""Forms: the questions for a requester, by the kind of ticket."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from tickets.characters import clean_line, clean_text, shows_nothing
from tickets.hours import Hours
from tickets.model import Answer, Attachment, FileId, IssueLevel, Millis, SupportRole, UserRole
from tickets.refusals import AnswersAreWrong, CategoryUnknown, WhyWrong, WrongAnswer
from tickets.targets import Target

MOST_FILES: Final = 10
"""Files with which a ticket can be opened."""

Given = Mapping[str, str | bool]
"""Answers of a requester, by the id of the question. A tick is true or false, and a file is the id of an
upload."""


class QuestionKind(StrEnum):
    SHORT = "short"
    LONG = "long"
    SELECT = "select"
    CHECKBOX = "checkbox"
    FILE = "file"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    id: str
    label: str
    kind: QuestionKind = QuestionKind.SHORT
    required: bool = False
    options: tuple[str, ...] = ()
    """The options of a ``select``, of which the answer is one."""
    max_length: int = 1000

    def answer_to(self, given: str | bool | None) -> str | WhyWrong:
        """The answer in the form in which it is stored, empty for none; or what is wrong with it."""
        if self.kind is QuestionKind.CHECKBOX:
            return self._ticked(given)
        if isinstance(given, bool):
            return WhyWrong.NO_TEXT
        text = clean_text(given or "") if self.kind is QuestionKind.LONG else clean_line(given or "").strip()
        if shows_nothing(text):
            return WhyWrong.MISSING if self.required else ""
        if self.kind is QuestionKind.SELECT and text not in self.options:
            return WhyWrong.NO_OPTION
        return WhyWrong.TOO_LONG if len(text) > self.max_length else text

    def _ticked(self, given: str | bool | None) -> str | WhyWrong:
        if isinstance(given, str):
            return WhyWrong.NO_TICK
        if self.required and not given:
            return WhyWrong.MISSING
        return "" if given is None else YES if given else NO


YES: Final = "yes"
NO: Final = "no"


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One kind of ticket. ``slug`` is the ticket's category."""

    slug: str
    name: str
    description: str = ""
    emoji: str | None = None
    questions: tuple[Question, ...] = ()
    topic_question: str | None = None
    """The question whose answer becomes the ticket's topic instead of an answer."""
    description_question: str | None = None
    """The same for the description."""
    level: IssueLevel | None = None
    """The ticket's level if the requester does not choose one."""
    support_role: SupportRole | None = None
    who: frozenset[UserRole] = frozenset(UserRole)
    """The roles of users to whom the form is offered."""
    most_open: int | None = None
    """Open tickets of this kind that one requester may have."""
    cooldown: Millis | None = None
    """The time after opening a ticket of this kind until a requester may open the next."""
    roles_needed: frozenset[int] = frozenset()
    """In Discord, members need one of these roles to open one. Empty: no role is needed."""
    roles_refused: frozenset[int] = frozenset()
    """In Discord, members with one of these roles may not open one."""
    hours: Hours | None = None
    """When somebody is there; None for always."""
    closed_text: str | None = None
    """What requesters read outside of these hours."""
    target: Target | None = None
    """Replaces the target of the ticket's level."""

    def is_open(self, at: Millis) -> bool:
        return self.hours is None or self.hours.is_open(at)

    def takes(self, roles: Iterable[int]) -> bool:
        """Whether members of Discord with these roles may open one."""
        theirs = frozenset(roles)
        return not (self.roles_refused & theirs) and bool(not self.roles_needed or self.roles_needed & theirs)

    @property
    def further(self) -> tuple[Question, ...]:
        """The questions besides topic and description."""
        return tuple(
            it for it in self.questions if it.id not in (self.topic_question, self.description_question)
        )

    def answers_to(self, given: Given) -> tuple[Answer, ...]:
        """The answers in the order of the questions. Answers that are files are ids. Raises
        AnswersAreWrong."""
        asked = {it.id: it for it in self.further}
        faults = [WrongAnswer(it, it, WhyWrong.NOT_ASKED) for it in given if it not in asked]
        answers = []
        for question in asked.values():
            answer = question.answer_to(given.get(question.id))
            if isinstance(answer, WhyWrong):
                faults.append(WrongAnswer(question.id, question.label, answer))
            elif answer:
                answers.append(Answer(question.id, question.label, answer))
        if faults:
            raise AnswersAreWrong(faults)
        return tuple(answers)

    def files_in(self, answers: Sequence[Answer]) -> dict[str, FileId]:
        """The files among the answers, by the id of the question."""
        return {it.id: FileId(it.answer) for it in answers if it.id in self._asking_for_files}

    def naming_files(self, answers: Sequence[Answer], files: Sequence[Attachment]) -> tuple[Answer, ...]:
        """The answers with the names of files instead of their ids."""
        names = {it.id: it.name for it in files}
        return tuple(
            replace(it, answer=names.get(FileId(it.answer), it.answer))
            if it.id in self._asking_for_files
            else it
            for it in answers
        )

    @property
    def _asking_for_files(self) -> set[str]:
        return {it.id for it in self.questions if it.kind is QuestionKind.FILE}


DEFAULT_FORMS = (
    Form(slug="bug", name="Bug", description="Something does not work as it should.", emoji="🐛"),
    Form(slug="feature", name="Idea", description="Something is missing, or could be better.", emoji="💡"),
    Form(slug="support", name="Support", description="A question, or help with something.", emoji="💬"),
    Form(slug="other", name="Other", description="Anything else.", emoji="📨"),
)
"""The forms of a desk that defines none. They ask nothing."""


@dataclass(frozen=True, slots=True)
class Forms:
    """The forms of a desk. A requester who names none gets ``default``, which asks nothing."""

    all: tuple[Form, ...] = DEFAULT_FORMS
    default: str = "support"

    def offered_to(self, role: UserRole) -> tuple[Form, ...]:
        return tuple(it for it in self.all if role in it.who)

    def named(self, slug: str | None, role: UserRole) -> Form:
        """The form with this slug for a requester of this role. Raises CategoryUnknown."""
        offered = {it.slug: it for it in self.offered_to(role)}
        if (form := offered.get(self.default if slug is None else slug)) is None:
            raise CategoryUnknown(str(slug), [*offered])
        return form
