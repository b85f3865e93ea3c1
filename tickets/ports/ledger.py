"""The ledger of erasures, which is kept outside the store."""

from collections.abc import Collection
from typing import Protocol

from tickets.model import Millis, TicketId, UserKey


class Ledger(Protocol):
    """A list of erasures outside of the store, so that a restored store can repeat them. It contains no ids.
    It can only tell whether a known id is in it."""

    async def record(
        self, erasure_id: str, at: Millis, users: Collection[UserKey], tickets: Collection[TicketId]
    ) -> None:
        """Record durably who is erased. Further people of the same erasure are added."""
        ...

    async def ids(self) -> list[str]:
        """The ids of all erasures, the oldest first."""
        ...

    async def among(self, erasure_id: str, users: Collection[UserKey]) -> set[UserKey]:
        """Which of these users were erased then."""
        ...

    async def tickets(self, erasure_id: str) -> set[TicketId]:
        """The tickets that were erased then."""
        ...
