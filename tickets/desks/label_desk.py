"""Labels: short words by which staff sorts tickets. Requesters do not see them."""

from tickets import policy
from tickets.desks.deciding import NothingChanges
from tickets.desks.ticket_desk import Desk
from tickets.events import EventData, LabelsChanged
from tickets.model import Caller, Message, SupportRole, Ticket
from tickets.ports.lists import TicketFilter
from tickets.ports.store import Store
from tickets.sources import Source

LOOKED_AT = 2
"""For each label that is offered, so many are examined, because some are only on tickets of higher support
roles."""


class LabelDesk:
    """Every method raises a Refusal when the policy says no, and StoreUnavailable when the store is down."""

    def __init__(self, desk: Desk, store: Store) -> None:
        self._desk = desk
        self._store = store

    async def add(self, caller: Caller, address: str, label: str, *, source: Source | None = None) -> Ticket:
        """Put the label on the ticket, unless it is there."""

        def decide(ticket: Ticket, _: Message | None) -> EventData:
            policy.may_label(caller, ticket, label)
            if label in ticket.labels:
                raise NothingChanges(ticket)
            return LabelsChanged(added=(label,))

        return await self._desk.appending.ticket_after(caller, address, decide, source)

    async def remove(
        self, caller: Caller, address: str, label: str, *, source: Source | None = None
    ) -> Ticket:
        """Take the label off the ticket, if it has it."""

        def decide(ticket: Ticket, _: Message | None) -> EventData:
            policy.may_unlabel(caller, ticket, label)
            if label not in ticket.labels:
                raise NothingChanges(ticket)
            return LabelsChanged(removed=(label,))

        return await self._desk.appending.ticket_after(caller, address, decide, source)

    async def in_use(self, caller: Caller, begins: str = "", *, limit: int) -> list[str]:
        """Labels of tickets that the caller's support role sees, in alphabetical order: those that begin with
        the typed text."""
        policy.must_be_staff(caller, "see labels")
        seen = policy.support_roles_seen_by(caller.person)
        if seen == frozenset(SupportRole):
            return await self._store.views.labels(begins, limit)
        found: list[str] = []
        for label in await self._store.views.labels(begins, limit * LOOKED_AT):
            which = TicketFilter(labels=frozenset({label}), support_roles=seen)
            if len(found) < limit and await self._store.views.tickets(which, limit=1):
                found.append(label)
        return found
