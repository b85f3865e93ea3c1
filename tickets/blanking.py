"""Removes everything that people wrote in a ticket: first it ends the ticket, then it removes the texts.
Doing it twice does no harm, so a process that was killed does it again."""

from collections.abc import Callable, Collection, Mapping, Sequence

from tickets.decisions import Decision, State
from tickets.desks.deciding import NothingChanges
from tickets.desks.in_thread import aside
from tickets.erasing import blanked, files_in, labels_for, names_of, transcripts_in
from tickets.events import Event, TicketErased
from tickets.fold import ticket_of
from tickets.model import SYSTEM, Actor, AuthorType, EventId, Ticket, TicketId, UserKey
from tickets.ports.store import Store
from tickets.refusals import TicketNotFound
from tickets.sources import by_itself


class Blanking:
    """Blanks one ticket at a time."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def erase(
        self,
        ticket_id: TicketId,
        to: UserKey,
        people: Collection[UserKey],
        by: UserKey | None,
        only_if: Callable[[Ticket], bool] = lambda _: True,
    ) -> Mapping[str, int]:
        """Remove everything that people wrote in this ticket, and return how many things of each kind were
        removed. Nothing is removed if ``only_if`` rejects the ticket in its state at that moment."""
        had = await aside(files_in, await self._store.log.events(ticket_id))
        ticket = await self._end(ticket_id, TicketErased(to, len(had)), by, only_if)
        if ticket.erased_at is None:
            return {}
        events = await self._store.log.events(ticket.id)
        files = await aside(files_in, events)
        for file_id in files.union(transcripts_in(events)):
            await self._store.files.delete(file_id)
        theirs = await self._store.people.people(people)
        names = names_of(theirs.values())
        blank = await aside(_blank, events, to, frozenset(people), names)
        await self._store.erasures.blank(await aside(ticket_of, blank), blank)
        # Whoever does it again after a kill finds no file any more.
        known = max(it.data.files for it in events if isinstance(it.data, TicketErased))
        return {"events": len(events), "files": max(known, len(files))}

    async def _end(
        self,
        ticket_id: TicketId,
        end: TicketErased,
        by: UserKey | None,
        only_if: Callable[[Ticket], bool],
    ) -> Ticket:
        """End the ticket, so that nothing can happen to it any more. Returns it as it is if it must not
        end."""

        def decide(state: State) -> Decision:
            if state.ticket is None:
                raise TicketNotFound(ticket_id)
            if state.ticket.erased_at is not None or not only_if(state.ticket):
                raise NothingChanges(state.ticket)
            actor = SYSTEM if by is None else Actor(AuthorType.STAFF, by)
            return Decision(actor, end)

        try:
            return (await self._store.log.append(ticket_id, by_itself(EventId("erased")), decide)).ticket
        except NothingChanges as it:
            return it.ticket


def _blank(
    events: Sequence[Event], to: UserKey, people: frozenset[UserKey], names: frozenset[str]
) -> list[Event]:
    labels = labels_for(events, names)
    return [blanked(event, to, people, labels) for event in events]
