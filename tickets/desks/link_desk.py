"""Links tickets that are related. Both stay separate, and each names the other."""

from collections.abc import Callable

from tickets import policy
from tickets.desks.deciding import NothingChanges
from tickets.desks.ticket_desk import Desk
from tickets.events import EventData, LinkChanged
from tickets.linking import agree
from tickets.model import Caller, Message, Ticket
from tickets.ports.store import Store
from tickets.sources import Source

May = Callable[[Caller, Ticket, Ticket], None]


class LinkDesk:
    """Every method raises a Refusal when the policy says no, and StoreUnavailable when the store is down."""

    def __init__(self, desk: Desk, store: Store) -> None:
        self._desk = desk
        self._store = store

    async def link(
        self, caller: Caller, address: str, other_address: str, *, source: Source | None = None
    ) -> Ticket:
        """Link the two tickets, unless they are linked. Returns the one at ``address``. Calling it again
        completes what an interrupted process began."""
        return await self._changed(caller, address, other_address, policy.may_link_tickets, source)

    async def unlink(
        self, caller: Caller, address: str, other_address: str, *, source: Source | None = None
    ) -> Ticket:
        """Remove the link, in the same way."""
        return await self._changed(
            caller, address, other_address, policy.may_unlink_tickets, source, ends=True
        )

    async def _changed(
        self,
        caller: Caller,
        address: str,
        other_address: str,
        may: May,
        source: Source | None,
        *,
        ends: bool = False,
    ) -> Ticket:
        policy.must_be_staff(caller, "link tickets")
        one = await self._desk.ticket(caller, address)
        other = await self._desk.ticket(caller, other_address)
        may(caller, one, other)
        older, younger = sorted((one, other), key=lambda it: it.number)

        def decide(ticket: Ticket, _: Message | None) -> EventData:
            may(caller, ticket, younger)
            if any(it.id == younger.id for it in ticket.links) is not ends:
                raise NothingChanges(ticket)
            return LinkChanged(younger.id, younger.number, ends)

        await self._desk.appending.ticket_after(caller, older.id, decide, source)
        await agree(self._store, older.id, younger.id)
        return await self._desk.ticket(caller, one.id)
