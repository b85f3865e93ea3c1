"""Users at the desk: who they are, their tickets, and whether they may open and post."""

import hashlib
from contextlib import suppress

from tickets import policy
from tickets.desks.ticket_desk import FROM_API, Desk
from tickets.events import Change, EventData, Stamp, TicketChanged
from tickets.model import Actor, AuthorType, Caller, EventId, Person, Ticket, UserKey
from tickets.ports.lists import TicketFilter, TicketOrder, TicketPlace
from tickets.ports.store import State, Store
from tickets.ports.users import User
from tickets.refusals import UserNotFound

MOST_TICKETS = 100


class _IsAnothers(Exception):
    """The ticket has been handed over meanwhile."""


class UserDesk:
    """Every method raises a Refusal when the policy says no, and StoreUnavailable when the store is down."""

    def __init__(self, desk: Desk, store: Store) -> None:
        self._desk = desk
        self._store = store

    async def users(self, caller: Caller, *, skip: int, limit: int) -> list[User]:
        """Whoever has opened the most tickets first."""
        policy.must_be_staff(caller, "see users")
        return await self._store.users.page(skip=skip, limit=limit)

    async def user(self, caller: Caller, key: UserKey) -> tuple[User, list[Ticket]]:
        """The user with their newest tickets, MOST_TICKETS at most."""
        policy.must_be_staff(caller, "see users")
        user = await self._known(key)
        page = await self._desk.tickets(caller, TicketFilter(requester=key), limit=MOST_TICKETS)
        return user, page.tickets

    async def change(
        self, caller: Caller, key: UserKey, *, blocked: bool | None, note: str | None
    ) -> tuple[User, list[Ticket]]:
        """Block or unblock them, and write something down about them; None leaves a thing as it is."""
        policy.must_be_staff(caller, "change users")
        user = await self._known(key)
        await self._store.users.mark(
            key,
            blocked=user.blocked if blocked is None else blocked,
            note=user.note if note is None else note or None,
        )
        return await self.user(caller, key)

    async def merge(self, caller: Caller, key: UserKey, guest: UserKey) -> tuple[User, list[Ticket]]:
        """Make everything that is the guest's the customer's: tickets, messages, files and feed.

        An event for each ticket; should it end in the middle, the same call again does the rest."""
        policy.must_be_admin(caller, "merge users")
        old, new = await self._known(guest), await self._known(key)
        policy.may_merge(old.person, new.person)
        await self._store.people.remember(caller.person)
        await self._store.uploads.hand_over(guest, key)
        after: TicketPlace | None = None
        while tickets := await self._store.views.tickets(
            TicketFilter(requester=guest), order=TicketOrder.OLDEST, after=after, limit=MOST_TICKETS
        ):
            for ticket in tickets:
                await self._hand_over(caller, ticket, new.person)
            after = TicketPlace(tickets[-1].created_at, tickets[-1].number)
        return await self.user(caller, key)

    async def _hand_over(self, caller: Caller, ticket: Ticket, to: Person) -> None:
        def decide(state: State) -> EventData:
            if state.ticket is None or state.ticket.requester != ticket.requester:
                raise _IsAnothers
            return TicketChanged(
                (
                    Change("requester", str(ticket.requester), str(to.key)),
                    Change("requester_role", ticket.requester_role, to.role),
                )
            )

        event_id = _merging(ticket, to.key)
        stamp = Stamp(event_id=event_id, actor=Actor(AuthorType.STAFF, caller.key), origin=FROM_API)
        with suppress(_IsAnothers):
            await self._store.log.append(ticket.id, stamp, decide)

    async def _known(self, key: UserKey) -> User:
        user = await self._store.users.user(key)
        if user is None:
            raise UserNotFound(key.id)
        return user


def _merging(ticket: Ticket, to: UserKey) -> EventId:
    """The same for whoever merges these two, however often it is begun."""
    pair = f"{ticket.requester}\n{to}\n{ticket.seq}"
    return EventId(f"merge:{hashlib.sha256(pair.encode()).hexdigest()[:32]}")
