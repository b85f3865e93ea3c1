"""How a decision becomes a ticket's next event. Pure."""

from collections.abc import Callable
from dataclasses import dataclass

from tickets.events import Event, EventData
from tickets.model import Actor, Message, Millis, Ticket, TicketId
from tickets.refusals import TicketIsErased
from tickets.sources import Source


@dataclass(frozen=True, slots=True)
class State:
    """What a decision may look at: the ticket, which is None before its first event, and the message in
    question. ``open_tickets`` is how many other tickets of the user are open, and ``given_tickets`` how many
    other open ones the agent has, if the append asks for that."""

    ticket: Ticket | None
    message: Message | None
    open_tickets: int = 0
    given_tickets: int = 0


@dataclass(frozen=True, slots=True)
class Decision:
    """What happens next, and who does it."""

    actor: Actor
    data: EventData


def must_not_be_erased(ticket: Ticket | None) -> None:
    """Raises TicketIsErased."""
    if ticket is not None and ticket.erased_at is not None:
        raise TicketIsErased(ticket.number)


Decide = Callable[[State], Decision]
"""A pure function from the current state to what happens next; an exception it raises appends nothing.

It may be called several times for one append, each time on a newer state."""


def next_event(
    ticket_id: TicketId, before: Ticket | None, source: Source, decision: Decision, now: Millis
) -> Event:
    """The event that follows ``before``. Within a ticket time never goes back, even if the clock does.

    Raises TicketIsErased: nothing follows an erasure."""
    must_not_be_erased(before)
    return Event(
        ticket_id=ticket_id,
        seq=1 if before is None else before.seq + 1,
        id=source.event_id,
        at=now if before is None else max(now, before.last_event_at),
        actor=decision.actor,
        origin=source.origin,
        data=decision.data,
    )
