"""Folds a ticket's log, and names where a store differs from it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Final

from tickets.events import Event
from tickets.fold import ticket_of
from tickets.fold_messages import message_of, messages_of
from tickets.model import AuthorType, Message, MessageId, Ticket, UserKey

AT_ONCE: Final = 200
"""So many tickets are compared in one step."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference between the log and a table. It contains nothing that people wrote."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


@dataclass(frozen=True, slots=True)
class Folded:
    """A ticket and its messages, folded from the whole log."""

    events: Sequence[Event]
    ticket: Ticket
    messages: dict[MessageId, Message]

    @property
    def where(self) -> str:
        return f"ticket {self.ticket.number}"


def folded(events: Sequence[Event]) -> Folded:
    """Fold a log. Raises ValueError for a log that Guildesk cannot have written."""
    ticket = ticket_of(events)
    today = [_of_today(event, ticket.requester) for event in events]
    if any(it is not event for it, event in zip(today, events, strict=True)):
        ticket = ticket_of(today)  # who closed it may be another
    messages = {it: message_of(message, ticket.requester) for it, message in messages_of(today).items()}
    return Folded(today, ticket, messages)


def _of_today(event: Event, requester: UserKey) -> Event:
    """What an earlier requester did counts as done by the present one."""
    actor = event.actor
    if actor.type is not AuthorType.REQUESTER or actor.key == requester:
        return event
    return replace(event, actor=replace(actor, key=requester))


def fields_that_differ(found: Any, wanted: Any, but: Iterable[str] = ()) -> list[str]:
    """The names of the fields in which two domain objects of one kind differ."""
    names = [field.name for field in fields(wanted) if field.name not in but]
    return [name for name in names if getattr(found, name) != getattr(wanted, name)]


def next_ids(pages: Sequence[Sequence[str]], limit: int) -> list[str]:
    """The next ids in order, merged from one page of each source. Ids after the end of a full page are left
    out, because that source may have more before them."""
    behind = min((page[-1] for page in pages if len(page) >= limit), default=None)
    found = {it for page in pages for it in page}
    return sorted(it for it in found if behind is None or it <= behind)
