"""The fields of a ticket that change, one row each: who sets it, what the history shows of it, and what an
erasure leaves of it. Pure."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tickets.events import Change, metadata_name
from tickets.model import AuthorType, Feedback, IssueLevel, Status, SupportRole, Ticket, UserKey, UserRole

ERASED_TOPIC: Final = "(erased)"
"""The topic of an erased ticket."""

_KEPT: Final = object()


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """The rules of one field."""

    of_text: Callable[[str], object] | None = None
    """Converts the text of a ``Change`` into its value. None for fields that other events change."""
    set_by: AuthorType | None = None
    """Who may set it: only staff, or the requester as well. Fields with None have rules of their own."""
    makes_version: bool = False
    """Whether a new value makes a new version of the ticket."""
    is_told: bool = False
    """Whether the history shows its changes."""
    is_staffs: bool = False
    """Whether requesters are told nothing of it."""
    erased: object = _KEPT
    """What an erasure leaves of the field, if people wrote it."""


def _text(text: str) -> str:
    return text


def _user(text: str) -> UserKey | None:
    return UserKey.parse(text) if text else None


def _settable(by: AuthorType, of_text: Callable[[str], object] | None, erased: object = _KEPT) -> Field:
    return Field(of_text=of_text, set_by=by, makes_version=True, is_told=True, erased=erased)


FIELDS: Final[Mapping[str, Field]] = {
    "requester": Field(is_told=True),
    "requester_role": Field(of_text=UserRole),
    "topic": _settable(AuthorType.REQUESTER, _text, ERASED_TOPIC),
    "description": _settable(AuthorType.REQUESTER, _text, ""),
    "issue_level": _settable(AuthorType.STAFF, IssueLevel),
    "support_role": _settable(AuthorType.STAFF, SupportRole),
    "status": Field(of_text=Status, makes_version=True, is_told=True),
    "close_reason": Field(is_told=True, erased=None),
    "assignee": _settable(AuthorType.STAFF, _user),
    "labels": Field(is_told=True, is_staffs=True),
    "links": Field(is_told=True, is_staffs=True),
    "feedback": Field(is_told=True),
    "metadata": _settable(AuthorType.STAFF, None, {}),
    "answers": Field(erased=()),
    "locale": Field(erased=None),
    "attachments": Field(erased=()),
}
"""In the order in which histories show them. Pairs of metadata change one by one."""

STAFFS_FIELDS: Final = frozenset(name for name, it in FIELDS.items() if it.is_staffs)
"""Fields of which requesters are told nothing."""
VERSIONED: Final = tuple(name for name, it in FIELDS.items() if it.makes_version)
"""Fields whose changes make a new version of a ticket."""
ERASED: Final[Mapping[str, Any]] = {name: it.erased for name, it in FIELDS.items() if it.erased is not _KEPT}
"""What an erasure leaves of the fields that people wrote."""
_TOLD: Final = tuple(name for name, it in FIELDS.items() if it.is_told)


def row_of(field: str) -> str:
    """The field's name in the table. All pairs of metadata share one row."""
    return "metadata" if metadata_name(field) is not None else field


def may_be_set_by(side: AuthorType, field: str) -> bool:
    """Whether this side may set the field at all."""
    by = FIELDS[field].set_by if field in FIELDS else None
    return by is not None and by in (side, AuthorType.REQUESTER)


def text_of(ticket: Ticket, field: str) -> str | None:
    """The text that a ``Change`` holds of this field, as it is now."""
    name = metadata_name(field)
    value = getattr(ticket, field) if name is None else ticket.metadata.get(name)
    return None if value is None else str(value)


def field_value(field: str, text: str | None) -> object:
    """The value of a ticket's changeable field, from the text that a ``Change`` holds."""
    if metadata_name(field) is not None:
        return text
    row = FIELDS.get(field)
    if row is None or row.of_text is None:
        raise ValueError(f"a ticket has no changeable field {field!r}")
    return row.of_text(text or "")


def values_after(ticket: Ticket, changes: Iterable[Change]) -> dict[str, Any]:
    """The values of the fields that the changes set; of metadata all pairs, if they set any."""
    changes = tuple(changes)
    values = {it.field: field_value(it.field, it.new) for it in changes if metadata_name(it.field) is None}
    pairs = metadata_after(ticket, changes)
    return values if pairs is ticket.metadata else {**values, "metadata": pairs}


def metadata_after(ticket: Ticket, changes: Iterable[Change]) -> Mapping[str, str]:
    """The metadata with the pairs that the changes set, and without those that they remove."""
    pairs = ticket.metadata
    for change in changes:
        if (name := metadata_name(change.field)) is not None:
            others = {it: text for it, text in pairs.items() if it != name}
            pairs = others if change.new is None else {**pairs, name: change.new}
    return pairs


def told_changes(before: Ticket, after: Ticket) -> Iterator[tuple[str, str | None, str | None]]:
    """For each changed field that the history shows: its name, and its old and new value. Each pair of
    metadata counts as a field of its own."""
    for field in _TOLD:
        if getattr(before, field) != getattr(after, field):
            old, new = _told(before, field), _told(after, field)
            for name in dict.fromkeys((*old, *new)):
                if old.get(name) != new.get(name):
                    yield name, old.get(name), new.get(name)


def told_text(ticket: Ticket, field: str) -> str | None:
    """The field's value as the history shows it; None if it has none."""
    return _told(ticket, field).get(field)


def _told(ticket: Ticket, field: str) -> Mapping[str, str | None]:
    value = getattr(ticket, field)
    if isinstance(value, Mapping):
        return {f"{field}.{name}": text for name, text in value.items()}
    if isinstance(value, Feedback):
        return {field: str(value.rating)}
    if isinstance(value, tuple):
        return {field: ", ".join(map(str, value)) or None}
    return {field: None if value is None else str(value)}
