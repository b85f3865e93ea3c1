"""Merging of tickets: one ticket is closed into another, which then takes it in. The closing decides. A
process that finds only the closing completes the merge, as often as it likes."""

from collections.abc import Iterable, Sequence

from tickets.decisions import Decision, State
from tickets.desks.deciding import NothingChanges
from tickets.events import Event, TicketAbsorbed, TicketClosed, TicketReopened
from tickets.fold import ticket_of
from tickets.model import SYSTEM, EventId, Ticket, TicketId
from tickets.ports.sinks import NotNow
from tickets.ports.store import Log, Store
from tickets.ports.timers import Timer, TimerKind
from tickets.refusals import TicketNotFound
from tickets.sources import by_itself
from tickets.transcript import Logs


async def absorb(store: Store, closing: Event) -> Ticket | None:
    """Let the ticket into which another was closed take it in. Returns its state after that. Of two tickets
    that were merged into each other at the same time, the older one goes on. None if this closing is the one
    that does not count."""
    if not isinstance(closing.data, TicketClosed) or closing.data.merged_into is None:
        raise ValueError(f"event {closing.id} merges no tickets")
    into = closing.data.merged_into
    before = ticket_of(await store.log.events(closing.ticket_id, upto=closing.seq - 1))
    target = await store.views.ticket(into)
    if target is None:
        raise TicketNotFound(into)
    if target.erased_at is not None:
        return None
    if target.merged_into == closing.ticket_id:
        if target.number > before.number:
            return None
        await _reopened(store, target, closing)
    absorbed = TicketAbsorbed(closing.ticket_id, before.number, closing.seq, before.waiting_since)
    source = by_itself(EventId(f"merge:{closing.ticket_id}:{closing.seq}"))
    decision = Decision(closing.actor, absorbed)
    return (await store.log.append(into, source, lambda _: decision)).ticket


async def _reopened(store: Store, ticket: Ticket, closing: Event) -> None:
    def decide(state: State) -> Decision:
        if state.ticket is None or state.ticket.merged_into != closing.ticket_id:
            raise NothingChanges(ticket)
        return Decision(SYSTEM, TicketReopened())

    try:
        source = by_itself(EventId(f"unmerge:{closing.ticket_id}:{closing.seq}"))
        await store.log.append(ticket.id, source, decide)
    except NothingChanges:
        pass  # somebody else was faster


class CompletingMerges:
    """Completes merges: works off the timers that are set when a ticket is closed into another."""

    name = TimerKind.MERGE

    def __init__(self, store: Store) -> None:
        self._store = store

    async def show(self, timer: Timer) -> None:
        """See ``tickets.ports.sinks.Sink``."""
        upto = timer.set_at_seq
        found = await self._store.log.events(timer.ticket_id, after=upto - 1, upto=upto)
        if not found:
            raise NotNow("the closing cannot be read yet")
        await absorb(self._store, found[0])

    async def give_up(self, timer: Timer, why: str) -> None:
        """The tickets stay half merged. The relay logs that."""


async def absorbed_logs(log: Log, events: Iterable[Event]) -> Logs:
    """The logs of all tickets that this log's ticket has taken in, and of those that these have taken in."""
    logs: dict[TicketId, Sequence[Event]] = {}
    to_read = [*_others(events)]
    while to_read:
        other = to_read.pop()
        if other not in logs:
            logs[other] = await log.events(other)
            to_read += _others(logs[other])
    return logs


def _others(events: Iterable[Event]) -> list[TicketId]:
    return [it.data.other for it in events if isinstance(it.data, TicketAbsorbed)]
