"""Users at the desk: who they are, their tickets, and whether they may open and post."""

from tickets import policy
from tickets.desk import Desk
from tickets.model import Caller, Ticket, UserKey
from tickets.ports import Store, TicketFilter
from tickets.refusals import UserNotFound
from tickets.users import User

MOST_TICKETS = 100


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
        tickets = await self._desk.tickets(caller, TicketFilter(requester=key), limit=MOST_TICKETS)
        return user, tickets

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

    async def _known(self, key: UserKey) -> User:
        user = await self._store.users.user(key)
        if user is None:
            raise UserNotFound(key.id)
        return user
