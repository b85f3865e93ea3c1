"""Decides who is notified of which event."""

from collections.abc import Iterator
from dataclasses import dataclass

from tickets.event_kinds import kind_of
from tickets.events import Event, MessagePosted, SlaChanged, TicketChanged, TicketClosed
from tickets.model import AuthorType, SupportRole, Ticket, UserKey
from tickets.notifications import NotificationKind


@dataclass(frozen=True, slots=True)
class News:
    """``user`` is to be notified of an event. ``text`` names the words, which differ for staff and
    requesters."""

    user: UserKey
    kind: NotificationKind
    is_staff: bool = False


def news_of(event: Event, ticket: Ticket) -> Iterator[News]:
    """Who is to be notified of the event, except its actor. ``ticket`` is in its present state."""
    if (kind := _for_requester(event)) is not None and event.actor.type is not AuthorType.REQUESTER:
        yield News(ticket.requester, kind)
    kind, agents = _for_agents(event, ticket)
    for agent in sorted(agents - {ticket.requester}):
        if kind is not None and agent != event.actor.key:
            yield News(agent, kind, is_staff=True)


def is_news(event: Event) -> bool:
    """Whether anybody may have to be notified of it, or its ticket gets another requester."""
    if isinstance(event.data, TicketChanged):
        fields = {it.field for it in event.data.changes}
        return bool(fields & {"assignee", "support_role", "requester"})
    kind = kind_of(event.data)
    return kind.for_requester is not None or kind.for_assignee is not None


def is_news_to_anybody(event: Event, ticket: Ticket) -> bool:
    """The same, for the ticket right after the event."""
    changes_hands = isinstance(event.data, TicketChanged) and any(
        it.field == "requester" for it in event.data.changes
    )
    return changes_hands or any(True for _ in news_of(event, ticket))


def _for_requester(event: Event) -> NotificationKind | None:
    match event.data:
        case MessagePosted() if event.actor.type is AuthorType.SYSTEM:
            return NotificationKind.REMINDER if event.id.startswith("t:reminder:") else None
        case TicketClosed(merged_into=into) if into is not None:
            return None
        case TicketChanged():
            if _is_raised(event.data):
                return NotificationKind.ESCALATED
            return NotificationKind.ASSIGNED if _new_assignee(event.data) is not None else None
    return kind_of(event.data).for_requester


def _for_agents(event: Event, ticket: Ticket) -> tuple[NotificationKind | None, set[UserKey]]:
    assignee = set() if ticket.assignee is None else {ticket.assignee}
    match event.data:
        case SlaChanged():
            return NotificationKind.SLA, assignee
        case TicketChanged():
            if (new := _new_assignee(event.data)) is not None:
                return NotificationKind.ASSIGNED, {new}
            if _is_raised(event.data):
                return NotificationKind.ESCALATED, assignee
        case _ if event.actor.type is AuthorType.REQUESTER:
            in_discord = {it for it in assignee if it.issuer == UserKey.DISCORD}  # the channel tells them
            return kind_of(event.data).for_assignee, assignee - in_discord
    return None, set()


def _new_assignee(changed: TicketChanged) -> UserKey | None:
    found = [it.new for it in changed.changes if it.field == "assignee" and it.new]
    return UserKey.parse(found[-1]) if found else None


def _is_raised(changed: TicketChanged) -> bool:
    """Whether a higher support role is asked for."""
    roles = tuple(SupportRole)
    return any(
        it.old and it.new and roles.index(SupportRole(it.new)) > roles.index(SupportRole(it.old))
        for it in changed.changes
        if it.field == "support_role"
    )
