"""Marks: texts for an index, by which tickets are found apart from their words and their kind.

A mark is a name and a value with a colon between. Stores keep marks, so their form never changes."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from tickets.model import Ticket
from tickets.targets import SlaState

LABEL = "label:"
SNOOZED = "snoozed:"
MOST_CHARACTERS = 64
"""Longer values of metadata become digests, so that the index stays small."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkFilter:
    """Which tickets to list, by their marks. None leaves a criterion open."""

    labels: frozenset[str] | None = None
    """Tickets that have each of these."""
    metadata: Mapping[str, str] | None = None
    """Tickets with these values under these names."""
    categories: frozenset[str] | None = None
    issuers: frozenset[str] | None = None
    sla: frozenset[SlaState] | None = None
    """Tickets with one of these SLA states."""
    snoozed: bool | None = None
    """Whether to list snoozed tickets, or all others."""


def marks_of(ticket: Ticket) -> frozenset[str]:
    """Every mark of the ticket."""
    marks = {f"issuer:{ticket.requester.issuer}"}
    marks.update(LABEL + label for label in ticket.labels)
    marks.update(_of_metadata(name, value) for name, value in ticket.metadata.items())
    if ticket.category is not None:
        marks.add(f"category:{ticket.category}")
    if ticket.snoozed_until is not None:
        marks.add(SNOOZED)
    if ticket.sla is not None:
        marks.add(f"sla:{ticket.sla.state}")
    return frozenset(marks)


def may_differ(before: Ticket, after: Ticket) -> bool:
    """Whether the marks of the two may differ. A quick check."""
    return _behind_marks(before) != _behind_marks(after)


def _behind_marks(ticket: Ticket) -> tuple[object, ...]:
    return ticket.requester.issuer, ticket.labels, ticket.metadata, ticket.snoozed_until is None, _sla(ticket)


def wanted_marks(which: MarkFilter) -> list[frozenset[str]]:
    """Sets of marks. A matching ticket has at least one mark of each set."""
    wanted = [frozenset({LABEL + label}) for label in sorted(which.labels or ())]
    wanted += [frozenset({_of_metadata(*it)}) for it in sorted((which.metadata or {}).items())]
    if which.categories is not None:
        wanted.append(frozenset(f"category:{it}" for it in which.categories))
    if which.issuers is not None:
        wanted.append(frozenset(f"issuer:{it}" for it in which.issuers))
    if which.sla is not None:
        wanted.append(frozenset(f"sla:{it}" for it in which.sla))
    if which.snoozed:
        wanted.append(frozenset({SNOOZED}))
    return wanted


def unwanted_marks(which: MarkFilter) -> frozenset[str]:
    """Marks that a matching ticket does not have."""
    return frozenset({SNOOZED}) if which.snoozed is False else frozenset()


def has_marks(ticket: Ticket, which: MarkFilter) -> bool:
    """Whether the ticket has the wanted marks, and none of the unwanted ones."""
    marks = marks_of(ticket)
    return all(marks & it for it in wanted_marks(which)) and not marks & unwanted_marks(which)


def _sla(ticket: Ticket) -> SlaState | None:
    return None if ticket.sla is None else ticket.sla.state


def _of_metadata(name: str, value: str) -> str:
    if len(value) > MOST_CHARACTERS:
        value = hashlib.sha256(value.encode(errors="replace")).hexdigest()
    return f"metadata:{name}={value}"
