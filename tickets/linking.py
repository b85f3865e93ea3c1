"""Links between tickets. The log of the older ticket decides, and the log of the younger one follows. So both
agree in the end, whoever links and unlinks them, and wherever a process ends in between."""

from collections.abc import Iterable

from tickets.decisions import Decision, State
from tickets.desks.deciding import NothingChanges
from tickets.events import Event, LinkChanged
from tickets.model import EventId, Ticket, TicketId
from tickets.ports.store import Store
from tickets.ports.timers import Timer, TimerKind
from tickets.refusals import TicketIsErased, TicketNotFound
from tickets.sources import by_itself


async def agree(store: Store, older: TicketId, younger: TicketId) -> None:
    """Bring the younger ticket's log into agreement with the older one's."""
    event = await _newest(store, older, younger)
    while event is not None:
        await _follow(store, event, younger)
        newest = await _newest(store, older, younger)
        if newest == event:
            return
        event = newest  # it was changed meanwhile, and maybe followed before


async def _newest(store: Store, older: TicketId, younger: TicketId) -> Event | None:
    found = [it for it in _links(await store.log.events(older)) if _other(it) == younger]
    return found[-1] if found else None


async def _follow(store: Store, decided: Event, younger: TicketId) -> None:
    older = await store.views.ticket(decided.ticket_id)
    if older is None or not isinstance(decided.data, LinkChanged):
        raise ValueError(f"event {decided.id} links no tickets")
    follows = LinkChanged(older.id, older.number, decided.data.ends)

    def decide(state: State) -> Decision:
        if state.ticket is None:
            raise TicketNotFound(younger)
        if _is_linked(state.ticket, follows.other) is not follows.ends:
            raise NothingChanges(state.ticket)
        return Decision(decided.actor, follows)

    try:
        source = by_itself(EventId(f"link:{decided.ticket_id}:{decided.seq}"))
        await store.log.append(younger, source, decide)
    except (NothingChanges, TicketIsErased):
        pass  # it says so already, or nothing more is said of it


class CompletingLinks:
    """Completes links: works off the timers that are set when tickets are linked or unlinked."""

    name = TimerKind.LINK

    def __init__(self, store: Store) -> None:
        self._store = store

    async def show(self, timer: Timer) -> None:
        """See ``tickets.ports.sinks.Sink``."""
        log = await self._store.log.events(timer.ticket_id)
        others = {it.data.other: it.data.number for it in _links(log) if isinstance(it.data, LinkChanged)}
        ticket = await self._store.views.ticket(timer.ticket_id)
        for other, number in others.items():
            if ticket is not None and ticket.number < number:
                await agree(self._store, timer.ticket_id, other)

    async def give_up(self, timer: Timer, why: str) -> None:
        """Only one of the tickets names the other. The relay logs that."""


def _links(events: Iterable[Event]) -> list[Event]:
    return [it for it in events if isinstance(it.data, LinkChanged)]


def _other(event: Event) -> TicketId | None:
    return event.data.other if isinstance(event.data, LinkChanged) else None


def _is_linked(ticket: Ticket, other: TicketId) -> bool:
    return any(it.id == other for it in ticket.links)
