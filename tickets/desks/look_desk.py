"""Shows admins which members of staff have looked at what."""

from tickets import policy
from tickets.model import Caller
from tickets.ports.lists import Cursor, Page
from tickets.ports.looks import Look, LookFilter
from tickets.ports.store import Store


class LookDesk:
    """Every method raises a Refusal when the policy says no, and StoreUnavailable when the store is down."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def looks(
        self, caller: Caller, which: LookFilter, *, after: Cursor | None, limit: int
    ) -> Page[Look]:
        """The newest first."""
        policy.must_be_admin(caller, "see who has looked at what")
        return await self._store.looks.page(which, after, limit)
