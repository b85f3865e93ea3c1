"""The staff's side of the desk: notes, history, transcripts and the queue."""

from collections.abc import Sequence
from dataclasses import replace

from tickets import policy
from tickets.desks.in_thread import aside
from tickets.desks.ticket_desk import Desk
from tickets.events import Event
from tickets.fields import STAFFS_FIELDS
from tickets.history import Entry, history_of
from tickets.merging import absorbed_logs
from tickets.model import Caller, Message, Ticket, as_requesters_see
from tickets.ports.lists import Cursor, Page, place_by_seq
from tickets.ports.looks import LookKind
from tickets.ports.queue import place_in_queue
from tickets.ports.store import Store
from tickets.staff_names import StaffNames
from tickets.transcript import Transcript, people_in, transcript_of


class StaffDesk:
    """Every method raises a Refusal when the policy says no, and StoreUnavailable when the store is down."""

    def __init__(self, desk: Desk, store: Store, staff_names: StaffNames | None = None) -> None:
        self._desk = desk
        self._store = store
        self._names = staff_names or StaffNames()

    async def notes(
        self, caller: Caller, address: str, *, after_seq: int = 0, limit: int | None = None
    ) -> Page[Message]:
        """The ticket's notes, oldest first."""
        ticket = await self._desk.ticket(caller, address)
        policy.may_see_notes(caller, ticket)
        await self._desk.looking.at_ticket(caller, ticket, LookKind.CONVERSATION)
        one_more = None if limit is None else limit + 1
        notes = await self._store.views.messages(ticket.id, after_seq=after_seq, limit=one_more, notes=True)
        return Page.of(notes, limit, place_by_seq)

    async def history(self, caller: Caller, address: str) -> list[Entry]:
        """Every change of the ticket, oldest first."""
        ticket = await self._desk.ticket(caller, address)
        policy.must_be_staff(caller, "see the history of a ticket")
        await self._desk.looking.at_ticket(caller, ticket, LookKind.CONVERSATION)
        entries = await aside(_history_of, await self._store.log.events(ticket.id))
        if policy.sees_notes(caller, ticket):
            return entries
        return [it for it in entries if it.field not in STAFFS_FIELDS]

    async def transcript(self, caller: Caller, address: str) -> Transcript:
        """The record of the ticket; with notes for those who may see them."""
        ticket = await self._desk.ticket(caller, address)
        await self._desk.looking.at_ticket(caller, ticket)
        events = await self._store.log.events(ticket.id)
        absorbed = await absorbed_logs(self._store.log, events)
        keys = await aside(people_in, events)
        for log in absorbed.values():
            keys |= await aside(people_in, log)
        people = await self._store.people.people(keys)
        if not caller.is_staff:
            events = await aside(_as_requesters_see, events)
            absorbed = {it: await aside(_as_requesters_see, log) for it, log in absorbed.items()}
            people = self._names.shown(people, keys - {ticket.requester})
        notes = policy.sees_notes(caller, ticket)
        return await aside(
            transcript_of,
            events,
            people,
            notes=notes,
            revisions=caller.is_staff,
            absorbed=absorbed,
            read_by=policy.reads_as(caller),
        )

    async def queue(self, caller: Caller, *, after: Cursor | None, limit: int) -> Page[Ticket]:
        """The tickets that wait for staff and that the caller sees, without those that are put aside, in the
        order to work them."""
        policy.must_be_staff(caller, "see the queue")
        seen = policy.support_roles_seen_by(caller.person)
        items: list[Ticket] = []
        while True:
            page = await self._store.waiting.page(after, limit)
            items += [it for it in page.items if it.support_role in seen and it.snoozed_until is None]
            if len(items) > limit:
                return Page(items[:limit], place_in_queue(items[limit - 1]))
            if page.next is None or len(items) == limit:
                return Page(items, page.next)
            after = page.next


def _as_requesters_see(events: Sequence[Event]) -> list[Event]:
    return [replace(it, actor=as_requesters_see(it.actor)) for it in events]


def _history_of(events: Sequence[Event]) -> list[Entry]:
    return list(history_of(events))
