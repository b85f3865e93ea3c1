"""What people plan: putting a ticket aside, asking whether it can be closed, closing it later."""

from tickets import policy
from tickets.desks.ticket_desk import Desk
from tickets.events import (
    CloseAsked,
    CloseDeclined,
    ClosingPlanned,
    EventData,
    SnoozeEnded,
    TicketClosed,
    TicketSnoozed,
)
from tickets.model import Caller, Message, Millis, Status, Ticket
from tickets.ports.store import Clock
from tickets.sources import Source


class TimeDesk:
    """Every method raises a Refusal when the policy says no, and StoreUnavailable when the store is down.
    ``tickets.timekeeping`` carries out what is planned."""

    def __init__(self, desk: Desk, clock: Clock) -> None:
        self._desk = desk
        self._clock = clock

    async def snooze(
        self, caller: Caller, address: str, until: Millis, *, source: Source | None = None
    ) -> Ticket:
        """Put the ticket aside until this time, or until the requester writes, if that comes first."""

        def decide(ticket: Ticket, _: Message | None) -> EventData:
            policy.may_snooze(caller, ticket, until, self._clock())
            return TicketSnoozed(until)

        return (await self._desk.appending.append(caller, address, decide, source)).ticket

    async def end_snooze(self, caller: Caller, address: str, *, source: Source | None = None) -> Ticket:
        """End the snooze."""

        def decide(ticket: Ticket, _: Message | None) -> EventData:
            policy.may_end_snooze(caller, ticket)
            return SnoozeEnded()

        return (await self._desk.appending.append(caller, address, decide, source)).ticket

    async def ask_close(self, caller: Caller, address: str, *, source: Source | None = None) -> Ticket:
        """Ask the requester whether the ticket can be closed."""

        def decide(ticket: Ticket, _: Message | None) -> EventData:
            policy.may_ask_close(caller, ticket)
            return CloseAsked()

        return (await self._desk.appending.append(caller, address, decide, source)).ticket

    async def answer_close(
        self, caller: Caller, address: str, *, accept: bool, source: Source | None = None
    ) -> Ticket:
        """Record the requester's answer: the ticket becomes RESOLVED, or it is staff's turn again."""

        def decide(ticket: Ticket, _: Message | None) -> EventData:
            policy.may_answer_close(caller, ticket)
            return TicketClosed(Status.RESOLVED) if accept else CloseDeclined()

        return (await self._desk.appending.append(caller, address, decide, source)).ticket

    async def may_plan_closing(self, caller: Caller, address: str, at: Millis) -> None:
        """Raises what ``plan_closing`` would raise, for callers who do something else first."""
        policy.may_plan_closing(caller, await self._desk.ticket(caller, address), at, self._clock())

    async def plan_closing(
        self,
        caller: Caller,
        address: str,
        at: Millis,
        reason: str | None = None,
        *,
        source: Source | None = None,
    ) -> Ticket:
        """Close it at this time, unless somebody writes before."""

        def decide(ticket: Ticket, _: Message | None) -> EventData:
            policy.may_plan_closing(caller, ticket, at, self._clock())
            return ClosingPlanned(at, reason)

        return (await self._desk.appending.append(caller, address, decide, source)).ticket
