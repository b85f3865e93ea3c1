"""Forms as requesters are offered them, and as they fill them in."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

from tickets import policy
from tickets.forms import MOST_FILES, Form, Given
from tickets.model import (
    Answer,
    Attachment,
    FileId,
    IssueLevel,
    Status,
    SupportRole,
    Ticket,
    TicketId,
    UserKey,
)
from tickets.ports.lists import TicketFilter
from tickets.ports.store import Clock, Store
from tickets.refusals import AnswersAreWrong, WhyWrong, WrongAnswer


@dataclass(frozen=True, slots=True)
class OfferedForm:
    form: Form
    is_default: bool
    is_open: bool
    """Whether its hours are now."""


class FormLimits:
    """Limits how many tickets of one form somebody may open. Of two that are opened at the same time, both
    may get through."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def must_allow(self, form: Form, requester: UserKey, but: TicketId | None = None) -> None:
        """Raises a refusal if they may not open another one now. The ticket ``but`` is not counted."""
        if form.most_open is None and form.cooldown is None:
            return
        now, views = self._clock(), self._store.views
        whose = TicketFilter(requester=requester)
        found: dict[TicketId, Ticket] = {}
        if form.most_open is not None:
            statuses = frozenset(it for it in Status if not it.is_closed)
            found |= {it.id: it for it in await views.tickets(replace(whose, statuses=statuses))}
        if form.cooldown is not None:
            lately = replace(whose, created_from=now - form.cooldown)
            found |= {it.id: it for it in await views.tickets(lately)}
        theirs = [it for it in found.values() if it.category == form.slug and it.id != but]
        policy.may_fill_in(form, theirs, now)


@dataclass(frozen=True, slots=True)
class FilledIn:
    """``answers`` are valid; answers that are files are the ids of the files. ``uploads`` still have to be
    attached."""

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
