"""The ledger of erasures, which is kept outside the store."""

from collections.abc import Collection
from typing import Protocol

from tickets.model import Millis, TicketId, UserKey


class Ledger(Protocol):
    """Who was erased, outside the store, so that a store from before that forgets them again.

    It tells nobody's id: only whether an id that is known is one of them."""

    async def record(
        self, erasure_id: str, at: Millis, users: Collection[UserKey], tickets: Collection[TicketId]
    ) -> None:
        """Keep durably who is erased; more of the same erasure is added to what is there."""
        ...

    async def ids(self) -> list[str]:
        """The ids of all erasures, the oldest first."""
        ...

    async def among(self, erasure_id: str, users: Collection[UserKey]) -> set[UserKey]:
        """The users among these who were erased then."""
        ...

    async def tickets(self, erasure_id: str) -> set[TicketId]:
        """The tickets that were."""
        ...
