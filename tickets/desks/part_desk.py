"""Who of staff takes part in a ticket: colleagues who see its channel, and those who are pinged for it."""

from tickets import policy
from tickets.desks.deciding import NothingChanges
from tickets.desks.ticket_desk import Desk
from tickets.events import EventData, PartChanged
from tickets.model import Caller, Message, Part, Person, Ticket
from tickets.ports.store import Store
from tickets.sources import Source


class PartDesk:
    """Every method raises a Refusal when the policy says no, and StoreUnavailable when the store is down."""

    def __init__(self, desk: Desk, store: Store) -> None:
        self._desk = desk
        self._store = store

    async def begin(
        self, caller: Caller, address: str, part: Part, who: Person, *, source: Source | None = None
    ) -> Ticket:
        """Let somebody of staff take part. It changes nothing if they do already."""
        await self._store.people.introduce(who)
        return await self._changed(caller, address, PartChanged(part, who.key), source)

    async def end(
        self, caller: Caller, address: str, part: Part, who: Person, *, source: Source | None = None
    ) -> Ticket:
        """Let them take part no more. It changes nothing if they do not."""
        return await self._changed(caller, address, PartChanged(part, who.key, ends=True), source)

    async def _changed(
        self, caller: Caller, address: str, change: PartChanged, source: Source | None
    ) -> Ticket:
        def decide(ticket: Ticket, _: Message | None) -> EventData:
            policy.may_change_part(caller, ticket, change)
            if (change.who in ticket.taking(change.part)) is not change.ends:
                raise NothingChanges(ticket)
            return change

        return await self._desk.appending.ticket_after(caller, address, decide, source)
