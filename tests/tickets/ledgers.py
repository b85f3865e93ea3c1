"""A ledger of erasures that knows who they were."""

from collections import defaultdict
from collections.abc import Collection

from tickets.model import Millis, TicketId, UserKey


class LedgerInMemory:
    """The port ``Ledger``."""

    def __init__(self) -> None:
        self.users: dict[str, set[UserKey]] = defaultdict(set)
        self.tickets_of: dict[str, set[TicketId]] = defaultdict(set)

    async def record(
        self, erasure_id: str, at: Millis, users: Collection[UserKey], tickets: Collection[TicketId]
    ) -> None:
        self.users[erasure_id].update(users)
        self.tickets_of[erasure_id].update(tickets)

    async def ids(self) -> list[str]:
        return list(self.users)

    async def among(self, erasure_id: str, users: Collection[UserKey]) -> set[UserKey]:
        return self.users[erasure_id].intersection(users)

    async def tickets(self, erasure_id: str) -> set[TicketId]:
        return self.tickets_of[erasure_id]
