"""Feedback at the desk: what requesters think of the help they got."""

from dataclasses import dataclass

from tickets import policy
from tickets.desks.blocking import Blocks
from tickets.desks.ticket_desk import Desk
from tickets.events import EventData, FeedbackGiven, FeedbackRemoved
from tickets.model import Caller, Feedback, Message, Ticket, UserKey
from tickets.ports.lists import Cursor, Page
from tickets.ports.queue import ALL_FEEDBACK, FeedbackFilter, Rating
from tickets.ports.store import Store
from tickets.refusals import FeedbackIsGiven, FeedbackNotFound
from tickets.sources import Source


@dataclass(frozen=True, slots=True)
class Ratings:
    """How many ratings there were of each number of stars."""

    counts: dict[int, int]

    @property
    def count(self) -> int:
        return sum(self.counts.values())

    @property
    def average(self) -> float | None:
        total = sum(stars * count for stars, count in self.counts.items())
        return round(total / self.count, 3) if self.count else None


class FeedbackDesk:
    """Every method raises a Refusal when the policy says no, and StoreUnavailable when the store is down."""

    def __init__(self, desk: Desk, store: Store) -> None:
        self._desk = desk
        self._store = store
        self._blocks = Blocks(store.users)

    async def give(
        self, caller: Caller, address: str, rating: int, comment: str | None, *, source: Source | None = None
    ) -> Ticket:
        """Rate the help on a closed ticket of the caller's, once."""

        def decide(ticket: Ticket, _: Message | None) -> EventData:
            _may_give(caller, ticket)
            return FeedbackGiven(rating, comment)

        return await self._desk.appending.ticket_after(caller, address, decide, source)

    async def may_give(self, caller: Caller, address: str) -> None:
        """Raise the Refusal with which ``give`` would be answered now."""
        ticket = await self._desk.ticket(caller, address)
        await self._blocks.must_not_be_blocked(caller.key)
        _may_give(caller, ticket)

    async def of(self, caller: Caller, address: str) -> Feedback:
        """The feedback on the ticket."""
        ticket = await self._desk.ticket(caller, address)
        if ticket.feedback is None:
            raise FeedbackNotFound(ticket.number)
        return ticket.feedback

    async def remove(self, caller: Caller, address: str) -> None:
        """Remove the feedback. The requester may give it again."""

        def decide(ticket: Ticket, _: Message | None) -> EventData:
            policy.must_be_admin(caller, "remove feedback")
            if ticket.feedback is None:
                raise FeedbackNotFound(ticket.number)
            return FeedbackRemoved()

        await self._desk.appending.append(caller, address, decide)

    async def all(
        self,
        caller: Caller,
        *,
        after: Cursor | None,
        limit: int,
        which: FeedbackFilter = ALL_FEEDBACK,
    ) -> Page[Ticket]:
        """The tickets with feedback, the newest feedback first."""
        policy.must_be_staff(caller, "see all feedback")
        return await self._store.rated.page(after, limit, which)

    async def ratings(self, caller: Caller) -> tuple[Ratings, dict[UserKey, Ratings]]:
        """All ratings, and those of each assignee."""
        policy.must_be_staff(caller, "see all feedback")
        rows = await self._store.rated.ratings()
        assignees = {row.assignee for row in rows if row.assignee is not None}
        each = {key: _sum([row for row in rows if row.assignee == key]) for key in sorted(assignees)}
        return _sum(rows), each


def _may_give(caller: Caller, ticket: Ticket) -> None:
    policy.may_rate(caller, ticket)
    if ticket.feedback is not None:
        raise FeedbackIsGiven(ticket.number)


def _sum(rows: list[Rating]) -> Ratings:
    return Ratings({stars: sum(it.count for it in rows if it.stars == stars) for stars in range(1, 6)})
