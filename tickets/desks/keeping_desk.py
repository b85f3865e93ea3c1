"""The channels of closed tickets, which go some time after the closing."""

from tickets import policy
from tickets.desks.ticket_desk import Desk
from tickets.model import Caller, Millis, Ticket
from tickets.ports.store import Clock
from tickets.ports.timers import Timer, TimerKind, Timers
from tickets.refusals import TicketIsOpen

KEPT_FOR: Millis = policy.DAY


class KeepingDesk:
    """Every method raises a Refusal when the policy says no, and StoreUnavailable when the store is down."""

    def __init__(self, desk: Desk, timers: Timers, clock: Clock) -> None:
        self._desk = desk
        self._timers = timers
        self._clock = clock

    async def keep(self, caller: Caller, address: str) -> tuple[Ticket, Millis]:
        """Let the channel of a closed ticket stay for another day; gives until when."""
        policy.must_be_staff(caller, "keep channels")
        ticket = await self._desk.ticket(caller, address)
        if ticket.closed_seq is None or not ticket.is_closed:
            raise TicketIsOpen(ticket.number)
        until = self._clock() + KEPT_FOR
        removal = Timer(ticket.id, TimerKind.REMOVAL, ticket.closed_seq, until)
        await self._timers.put_off(TimerKind.REMOVAL, removal, until)
        return ticket, until
