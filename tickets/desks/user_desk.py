"""Users at the desk: who they are, their tickets, and whether they are blocked."""

import hashlib
from contextlib import suppress
from dataclasses import dataclass, replace

from tickets import policy
from tickets.desks.announcing import user_was_merged
from tickets.desks.blocking import Blocks
from tickets.desks.deciding import NothingChanges, on_ticket
from tickets.desks.ticket_desk import Desk
from tickets.events import Change, EventData, TicketChanged
from tickets.model import Caller, EventId, Message, Person, SupportRole, Ticket, UserKey, UserRole
from tickets.ports.lists import Cursor, Page, TicketFilter, TicketOrder
from tickets.ports.signals import Noted
from tickets.ports.store import Store
from tickets.ports.users import EVERYBODY, Block, User, UserFilter
from tickets.refusals import UserNotFound
from tickets.renaming import identities
from tickets.sources import from_api

MOST_TICKETS = 100
MOST_UNSEEN = 1000
"""For the number of a user's tickets, so many tickets that the caller does not see are subtracted at most."""
MOST_READ = 20
"""For one page of users whose tickets the caller sees, so many pages of users are read at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UserChanges:
    """What to change. If ``sets_block``, the block is replaced as a whole; None lifts it. A note of None
    leaves the note as it is, an empty one removes it."""

    sets_block: bool = False
    block: Block | None = None
    note: str | None = None


class UserDesk:
    """Every method raises a Refusal when the policy says no, and StoreUnavailable when the store is down."""

    def __init__(self, desk: Desk, store: Store) -> None:
        self._desk = desk
        self._store = store
        self._blocks = Blocks(store.users)

    async def users(
        self, caller: Caller, *, after: Cursor | None, limit: int, which: UserFilter = EVERYBODY
    ) -> Page[User]:
        """Users with the most tickets first, or those that match a search in alphabetical order. A caller who
        does not see all tickets sees only users of whose tickets they see one, so a page may be shorter
        although there are more."""
        policy.must_be_staff(caller, "see users")
        if policy.sees_all(caller):
            return await self._store.users.page(after, limit, which)
        found: list[User] = []
        for _ in range(MOST_READ):
            page = await self._store.users.page(after, limit - len(found), which)
            found += [
                await self._as_seen(caller, it)
                for it in page.items
                if await self._sees(caller, it.person.key)
            ]
            after = page.next
            if after is None or len(found) == limit:
                break
        return Page(found, after)

    async def user(self, caller: Caller, key: UserKey) -> tuple[User, list[Ticket]]:
        """The user with their newest tickets, MOST_TICKETS at most."""
        policy.must_be_staff(caller, "see users")
        user = await self._as_seen(caller, await self._seen(caller, key))
        await self._desk.looking.at_user(caller, key)
        page = await self._desk.tickets(caller, TicketFilter(requester=key), limit=MOST_TICKETS)
        return user, page.items

    async def change(self, caller: Caller, key: UserKey, changes: UserChanges) -> tuple[User, list[Ticket]]:
        """Block or unblock a user, or write a note about them, even before they first come. A block applies
        to the person: to every user in Discord or with an account who is known to be the same."""
        policy.must_be_staff(caller, "change users")
        await self._blocks.must_not_be_blocked(caller.key)
        if not policy.sees_all(caller):
            await self._seen(caller, key)
        if await self._store.users.user(key) is None:
            await self._store.people.introduce(_newcomer(key))
        if changes.sets_block:
            await self._block(caller, key, changes.block)
        if changes.note is not None:
            await self._store.users.note(key, changes.note or None)
        self._store.signals.noted.say(Noted(key))
        return await self.user(caller, key)

    async def merge(self, caller: Caller, key: UserKey, guest: UserKey) -> tuple[User, list[Ticket]]:
        """Hand over everything of the guest to the customer: tickets, messages, files and feed. Appends one
        event for each ticket. If it is interrupted, the same call does the rest."""
        policy.must_be_admin(caller, "merge users")
        await self._blocks.must_not_be_blocked(caller.key)
        old, known = await self._known(guest), await self._store.users.user(key)
        newcomer = _newcomer(key, old.person)
        policy.may_merge(old.person, newcomer if known is None else known.person)
        new = known or await self._introduced(newcomer)
        await self._store.people.remember(caller.person)
        await self._hand_over_all(caller, old.person, new.person)
        return await self.user(caller, key)

    async def claim(self, caller: Caller, guest: Caller) -> tuple[User, list[Ticket]]:
        """The same, called by the customer, who is known to be the guest."""
        await self._blocks.must_not_be_blocked(caller.key, guest.key)
        policy.may_merge(guest.person, caller.person)
        await self._store.people.remember(caller.person)
        await self._store.people.remember(guest.person)
        await self._hand_over_all(guest, guest.person, caller.person)
        user = await self._known(caller.key)
        page = await self._desk.tickets(caller, TicketFilter(requester=caller.key), limit=MOST_TICKETS)
        return user, page.items

    async def join(self, member: Person, account: Person) -> None:
        """Hand over what a member of the guild opened in Discord to their account, because Discord has
        confirmed that both are the same person. If one of them is blocked, both are, and nothing is handed
        over. If it is interrupted, the same call does the rest."""
        known = [await self._store.users.user(it.key) for it in (member, account)]
        if (block := next((it.block for it in known if it is not None and it.block), None)) is not None:
            for user, key in zip(known, (member.key, account.key), strict=True):
                if user is None or user.block is None:
                    await self._store.users.block(key, block)
                    self._store.signals.noted.say(Noted(key))
            return
        if await self._store.views.tickets(TicketFilter(requester=member.key), limit=1):
            await self._store.people.remember(account)
            await self._hand_over_all(Caller(member), member, account)

    async def _block(self, caller: Caller, key: UserKey, block: Block | None) -> None:
        everywhere = await identities(self._store, key)
        for person in (await self._store.people.people(everywhere)).values():
            policy.may_block(caller, person)
        for each in everywhere:
            await self._store.users.block(each, block)
            self._store.signals.noted.say(Noted(each))

    async def _hand_over_all(self, caller: Caller, guest: Person, to: Person) -> None:
        await self._store.uploads.hand_over(guest.key, to.key)
        after: Cursor | None = None
        while tickets := await self._store.views.tickets(
            TicketFilter(requester=guest.key), order=TicketOrder.OLDEST, after=after, limit=MOST_TICKETS
        ):
            for ticket in tickets:
                await self._hand_over(caller, ticket, to)
            after = TicketOrder.OLDEST.place(tickets[-1])
        await user_was_merged(self._store, guest.key, to.key, self._desk.clock())

    async def _hand_over(self, caller: Caller, ticket: Ticket, to: Person) -> None:
        def decide(now: Ticket, _: Message | None) -> EventData:
            if now.requester != ticket.requester:  # it was handed over meanwhile
                raise NothingChanges(now)
            return TicketChanged(
                (
                    Change("requester", str(ticket.requester), str(to.key)),
                    Change("requester_role", ticket.requester_role, to.role),
                )
            )

        by_staff = on_ticket(ticket.id, lambda it: policy.acting(caller, it), decide)
        with suppress(NothingChanges):
            await self._store.log.append(ticket.id, from_api(_merging(ticket, to.key)), by_staff)

    async def _introduced(self, newcomer: Person) -> User:
        return User(person=await self._store.people.introduce(newcomer))

    async def _seen(self, caller: Caller, key: UserKey) -> User:
        user = await self._known(key)
        if not (policy.sees_all(caller) or await self._sees(caller, key)):
            raise UserNotFound(key.id)
        return user

    async def _sees(self, caller: Caller, key: UserKey) -> bool:
        """Whether the caller sees a ticket of this user, or is this user."""
        theirs = policy.within_sight(caller, TicketFilter(requester=key))
        return key == caller.key or bool(await self._store.views.tickets(theirs, limit=1))

    async def _as_seen(self, caller: Caller, user: User) -> User:
        """The user, with the number of tickets that the caller sees."""
        if policy.sees_all(caller) or user.person.key == caller.key:
            return user
        hidden = frozenset(SupportRole) - policy.support_roles_seen_by(caller.person)
        which = TicketFilter(requester=user.person.key, support_roles=hidden)
        unseen = await self._store.views.tickets(which, limit=MOST_UNSEEN)
        return replace(user, ticket_count=max(0, user.ticket_count - len(unseen)))

    async def _known(self, key: UserKey) -> User:
        user = await self._store.users.user(key)
        if user is None:
            raise UserNotFound(key.id)
        return user


def _newcomer(key: UserKey, guest: Person | None = None) -> Person:
    """A customer who never showed a token. They get the name of the guest they were."""
    if guest is None:
        return Person(key, key.id, UserRole.CUSTOMER)
    return Person(key, guest.name, UserRole.CUSTOMER, guest.email)


def _merging(ticket: Ticket, to: UserKey) -> EventId:
    """The same id whenever anybody merges these two."""
    pair = f"{ticket.requester}\n{to}\n{ticket.seq}"
    return EventId(f"merge:{hashlib.sha256(pair.encode()).hexdigest()[:32]}")
