"""Extends the life of a closed ticket's channel, or calls off a planned closing."""

from tickets import policy
from tickets.desks.ticket_desk import Desk
from tickets.events import ChannelKept, ClosingCalledOff, EventData
from tickets.model import Caller, Message, Millis, Ticket
from tickets.ports.store import Clock
from tickets.sources import Source

KEPT_FOR: Millis = policy.DAY


class KeepingDesk:
    """Every method raises a Refusal when the policy says no, and StoreUnavailable when the store is down."""

    def __init__(self, desk: Desk, clock: Clock, close_grace: Millis) -> None:
        self._desk = desk
        self._clock = clock
        self._close_grace = close_grace

    async def keep_open(self, caller: Caller, address: str, *, source: Source | None = None) -> Ticket:
        """Keep the channel of a closed ticket for another day, and at least as long as it would stay anyway.
        For an open ticket, call off the planned closing."""

        def decide(ticket: Ticket, _: Message | None) -> EventData:
            policy.may_keep_open(caller, ticket)
            if not ticket.is_closed:
                return ClosingCalledOff()
            stays_until = (ticket.closed_at or 0) + self._close_grace
            return ChannelKept(max(self._clock() + KEPT_FOR, stays_until))

        return (await self._desk.appending.append(caller, address, decide, source)).ticket
