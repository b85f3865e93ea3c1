"""How events change the clocks of a ticket's targets. Pure."""

from dataclasses import replace
from typing import Final

from tickets.events import Event, SlaChanged, TicketChanged, TicketOpened
from tickets.model import Millis, Status, Ticket
from tickets.targets import Countdown, Sla, SlaState, TargetName, Terms, agreed

DISCORD_EPOCH: Final = 1_420_070_400_000
"""Discord's ids count milliseconds from here on, in all but their last 22 bits."""


def sla_after(before: Sla | None, ticket: Ticket, event: Event) -> Sla | None:
    """The state of the ticket's targets after the event."""
    sla = before
    if (terms := _terms_in(event)) is not None:
        standing = None if sla is None else _with_clocks(sla, event.at, runs={})
        sla = agreed(terms, answered=ticket.first_response_at is not None, before=standing)
    if sla is None:
        return None
    match event.data:
        case SlaChanged(target, state, _, raises_level):
            clock = sla.clocks.get(target)
            is_missed = state is SlaState.BREACHED
            told = None if clock is None else _told(clock, is_missed=is_missed)
            sla = replace(sla.with_clock(target, told), is_to_be_raised=raises_level or sla.is_to_be_raised)
        case TicketChanged(changes) if any(it.field == "issue_level" for it in changes):
            sla = replace(sla, is_to_be_raised=False)
    if ticket.first_response_at is not None and (first := sla.first_response) and not first.is_done:
        answered = first.stopped(_written_at(event), sla.terms)
        sla = replace(sla, first_response=replace(answered, is_done=True))
    return _with_clocks(replace(sla, is_over=ticket.is_closed), event.at, _runs(ticket))


def _terms_in(event: Event) -> Terms | None:
    match event.data:
        case TicketOpened() | TicketChanged():
            return event.data.terms
    return None


def _told(clock: Countdown, *, is_missed: bool) -> Countdown:
    return replace(clock, is_warned=True, is_missed=clock.is_missed or is_missed)


def _runs(ticket: Ticket) -> dict[TargetName, bool]:
    """Which clocks run, by how the ticket is now."""
    is_at_work = not ticket.is_closed and ticket.snoozed_until is None
    return {
        TargetName.FIRST_RESPONSE: is_at_work,
        TargetName.RESOLUTION: is_at_work and ticket.status is Status.OPEN,
    }


def _with_clocks(sla: Sla, at: Millis, runs: dict[TargetName, bool]) -> Sla:
    for name, clock in sla.clocks.items():
        is_to_run = runs.get(name, False) and not clock.is_done
        if is_to_run and clock.running_since is None:
            sla = sla.with_clock(name, clock.started(at, sla.terms))
        elif not is_to_run and clock.running_since is not None:
            sla = sla.with_clock(name, clock.stopped(at, sla.terms))
    return sla


def _written_at(event: Event) -> Millis:
    """A message from Discord counts from the time at which it was written, even if it was received later."""
    if event.origin.message_id is None:
        return event.at
    return min(event.at, (event.origin.message_id >> 22) + DISCORD_EPOCH)
