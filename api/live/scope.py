"""The scope of one socket: its user's own tickets, and those that it watches."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Self

from tickets.model import TicketId, UserKey
from tickets.ports.feed import Fed


@dataclass(frozen=True, slots=True)
class Scope:
    """Each part begins after a position of its own in the feed. ``every`` is None unless all tickets are
    watched."""

    user: UserKey
    own: int
    every: int | None = None
    tickets: Mapping[TicketId, int] = field(default_factory=dict)

    @property
    def requester(self) -> UserKey | None:
        """The requester whose tickets to read from the feed; None for all."""
        return self.user if self.every is None else None

    @property
    def watched(self) -> Collection[TicketId]:
        """Further tickets to read from the feed."""
        return self.tickets if self.every is None else ()

    @property
    def watches(self) -> bool:
        return self.every is not None or bool(self.tickets)

    def covers(self, fed: Fed) -> bool:
        """Whether this entry belongs to the scope."""
        return (
            (fed.requester == self.user and fed.pos > self.own)
            or (self.every is not None and fed.pos > self.every)
            or fed.pos > self.tickets.get(fed.event.ticket_id, fed.pos)
        )

    def names(self, ticket_id: TicketId, requester: UserKey) -> bool:
        """Whether the ticket belongs to the scope, at any position."""
        return self.every is not None or requester == self.user or ticket_id in self.tickets

    def back_to(self, since: int) -> Self:
        """The scope with every part beginning at ``since``, if that is earlier."""
        every = None if self.every is None else min(self.every, since)
        tickets = {it: min(begun, since) for it, begun in self.tickets.items()}
        return replace(self, own=min(self.own, since), every=every, tickets=tickets)

    def watching(self, ticket_id: TicketId | None, since: int) -> Self:
        """The scope with one more ticket, or all if it is None, from ``since`` on."""
        if ticket_id is None:
            return replace(self, every=since if self.every is None else min(self.every, since))
        return replace(
            self, tickets={**self.tickets, ticket_id: min(self.tickets.get(ticket_id, since), since)}
        )

    def without(self, ticket_id: TicketId | None) -> Self:
        """The scope without the watched ticket; if it is None, without any."""
        if ticket_id is None:
            return replace(self, every=None, tickets={})
        return replace(self, tickets={it: begun for it, begun in self.tickets.items() if it != ticket_id})
