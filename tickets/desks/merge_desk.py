"""Merging a ticket into another one of the same requester."""

from tickets import policy
from tickets.desks.deciding import NothingChanges
from tickets.desks.ticket_desk import Desk
from tickets.events import EventData, TicketClosed
from tickets.merging import absorb
from tickets.model import Caller, Message, Status, Ticket
from tickets.ports.store import Store
from tickets.sources import Source


class MergeDesk:
    """Every method raises a Refusal when the policy says no, and StoreUnavailable when the store is down."""

    def __init__(self, desk: Desk, store: Store) -> None:
        self._desk = desk
        self._store = store

    async def merge(
        self, caller: Caller, address: str, other_address: str, *, source: Source | None = None
    ) -> Ticket:
        """Close the other ticket into the one at ``address``, which takes it in. Returns that one. Calling it
        again completes what an interrupted process began."""
        into = await self._desk.ticket(caller, address)
        policy.must_be_staff(caller, "merge tickets")
        other = await self._desk.ticket(caller, other_address)
        policy.may_merge_tickets(caller, into, other)

        def decide(ticket: Ticket, _: Message | None) -> EventData:
            if ticket.merged_into == into.id:
                raise NothingChanges(ticket)
            policy.may_merge_tickets(caller, into, ticket)
            return TicketClosed(Status.UNRESOLVED, None, into.id, into.number)

        closed = await self._desk.appending.ticket_after(caller, other.id, decide, source)
        seq = closed.closed_seq or closed.seq
        (closing,) = await self._store.log.events(other.id, after=seq - 1, upto=seq)
        return await absorb(self._store, closing) or await self._desk.ticket(caller, into.id)
