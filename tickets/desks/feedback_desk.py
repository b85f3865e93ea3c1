"""Feedback at the desk: what requesters think of the help they got."""

from collections.abc import Callable
from dataclasses import dataclass

from tickets import policy
from tickets.desks.blocking import Blocks
from tickets.desks.ticket_desk import FROM_API, Desk
from tickets.events import EventData, FeedbackGiven, FeedbackRemoved, Stamp
from tickets.ids import new_id
from tickets.model import Actor, Caller, EventId, Feedback, Ticket, UserKey
from tickets.ports.queue import RatedPlace, Rating
from tickets.ports.store import State, Store
from tickets.refusals import FeedbackIsGiven, FeedbackNotFound, TicketNotFound


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
        self,
        caller: Caller,
        address: str,
        rating: int,
        comment: str | None,
        *,
        event_id: EventId | None = None,
    ) -> Ticket:
        """Rate the help on a closed ticket of the caller's, once."""

        def decide(ticket: Ticket) -> EventData:
            policy.may_rate(caller, ticket)
            if ticket.feedback is not None:
                raise FeedbackIsGiven(ticket.number)
            return FeedbackGiven(rating, comment)

        return await self._append(caller, address, decide, event_id)

    async def of(self, caller: Caller, address: str) -> Feedback:
        """What was given on the ticket."""
        ticket = await self._desk.ticket(caller, address)
        if ticket.feedback is None:
            raise FeedbackNotFound(ticket.number)
        return ticket.feedback

    async def remove(self, caller: Caller, address: str) -> None:
        """Take it away; the requester may give another."""

        def decide(ticket: Ticket) -> EventData:
            if ticket.feedback is None:
                raise FeedbackNotFound(ticket.number)
            return FeedbackRemoved()

        await self._desk.ticket(caller, address)
        policy.must_be_admin(caller, "remove feedback")
        await self._append(caller, address, decide)

    async def all(self, caller: Caller, *, after: RatedPlace | None, limit: int) -> list[Ticket]:
        """The tickets with feedback, the newest feedback first."""
        policy.must_be_staff(caller, "see all feedback")
        return await self._store.rated.page(after, limit)

    async def ratings(self, caller: Caller) -> tuple[Ratings, dict[UserKey, Ratings]]:
        """All ratings, and those of each assignee."""
        policy.must_be_staff(caller, "see all feedback")
        rows = await self._store.rated.ratings()
        assignees = {row.assignee for row in rows if row.assignee is not None}
        each = {key: _sum([row for row in rows if row.assignee == key]) for key in sorted(assignees)}
        return _sum(rows), each

    async def _append(
        self,
        caller: Caller,
        address: str,
        decide: Callable[[Ticket], EventData],
        event_id: EventId | None = None,
    ) -> Ticket:
        ticket = await self._desk.ticket(caller, address)
        await self._store.people.remember(caller.person)
        actor = Actor(policy.side(caller, ticket), caller.key)
        stamp = Stamp(event_id=event_id or EventId(new_id()), actor=actor, origin=FROM_API)

        def on_state(state: State) -> EventData:
            if state.ticket is None:
                raise TicketNotFound(address)
            return decide(state.ticket)

        heeding = await self._blocks.heeded(caller, on_state)
        return (await self._store.log.append(ticket.id, stamp, heeding)).ticket


def _sum(rows: list[Rating]) -> Ratings:
    return Ratings({stars: sum(it.count for it in rows if it.stars == stars) for stars in range(1, 6)})
