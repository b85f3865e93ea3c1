"""Forms as requesters are offered them, and as they fill them in."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from tickets.forms import MOST_FILES, Form, Given
from tickets.model import Answer, Attachment, FileId, IssueLevel, SupportRole
from tickets.refusals import AnswersAreWrong, WhyWrong, WrongAnswer


@dataclass(frozen=True, slots=True)
class OfferedForm:
    form: Form
    is_default: bool
    is_open: bool
    """Whether its hours are now."""


@dataclass(frozen=True, slots=True)
class FilledIn:
    """``answers`` are right; of those that are files they name the ids. ``uploads`` are those that have still
    to be attached."""

    form: Form
    answers: tuple[Answer, ...]
    uploads: tuple[FileId, ...]

    @classmethod
    def by(
        cls, form: Form, given: Given, attachments: Sequence[Attachment], uploads: Sequence[FileId]
    ) -> Self:
        """Raises AnswersAreWrong."""
        answers = form.answers_to(given)
        files, attached = form.files_in(answers), {it.id for it in attachments}
        left = tuple(it for it in dict.fromkeys((*uploads, *files.values())) if it not in attached)
        if files and len(left) + len(attached) > MOST_FILES:
            question = next(it for it in form.questions if it.id in files)
            raise AnswersAreWrong([WrongAnswer(question.id, question.label, WhyWrong.TOO_MANY_FILES)])
        return cls(form, answers, left)

    def level(self, wished: IssueLevel | None) -> IssueLevel:
        return wished or self.form.level or IssueLevel.NORMAL

    def role(self, wished: SupportRole | None) -> SupportRole:
        return wished or self.form.support_role or SupportRole.GENERAL
