"""Forms: what a requester is asked, by the kind of their ticket."""

from dataclasses import dataclass
from enum import StrEnum

from tickets.hours import Hours
from tickets.model import IssueLevel, Millis, SupportRole, UserRole
from tickets.targets import Target


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
    """Of a ``select``, which takes one of them."""
    max_length: int = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One kind of ticket. ``slug`` is the ticket's category."""

    slug: str
    name: str
    description: str = ""
    emoji: str | None = None
    questions: tuple[Question, ...] = ()
    topic: str | None = None
    """The question whose answer is the topic."""
    description_from: str | None = None
    """The question whose answer is the description."""
    level: IssueLevel | None = None
    """What the ticket gets if the requester says nothing else."""
    support_role: SupportRole | None = None
    who: frozenset[UserRole] = frozenset(UserRole)
    """Those to whom it is offered."""
    hours: Hours | None = None
    """When somebody is there; None for always."""
    closed_text: str | None = None
    """What requesters read outside of the hours."""
    target: Target | None = None
    """Instead of that of the ticket's level."""

    def is_open(self, at: Millis) -> bool:
        return self.hours is None or self.hours.is_open(at)


DEFAULT_FORMS = (
    Form(slug="bug", name="Bug", description="Something does not work as it should.", emoji="🐛"),
    Form(slug="feature", name="Idea", description="Something is missing, or could be better.", emoji="💡"),
    Form(slug="support", name="Support", description="A question, or help with something.", emoji="💬"),
    Form(slug="other", name="Other", description="Anything else.", emoji="📨"),
)
"""Where nobody has written others. They ask nothing."""


@dataclass(frozen=True, slots=True)
class Forms:
    """The forms of a desk. Whoever names none gets ``default``, which asks nothing."""

    all: tuple[Form, ...] = DEFAULT_FORMS
    default: str = "support"
