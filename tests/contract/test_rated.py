"""The tickets with feedback: newest first, and counted by assignee and stars."""

from typing import Any

from tests.clocks import Hands
from tests.contract.acts import append, open_ticket
from tests.people import ANN, ANN_ASKS, BEN, SAM, SAM_ANSWERS
from tickets.events import Change, FeedbackGiven, FeedbackRemoved, TicketChanged, TicketClosed
from tickets.model import Feedback, Status, Ticket
from tickets.ports.queue import FeedbackFilter, Rating, place_by_rating
from tickets.ports.store import Store


async def rated(store: Store, stars: int, *, assigned: bool = False) -> Ticket:
    ticket = await open_ticket(store)
    if assigned:
        change = TicketChanged((Change("assignee", None, str(SAM.key)),))
        await append(store, ticket.id, change, SAM_ANSWERS)
    await append(store, ticket.id, TicketClosed(Status.RESOLVED), ANN_ASKS)
    return (await append(store, ticket.id, FeedbackGiven(stars, "Hm"), ANN_ASKS)).ticket


async def test_feedback_comes_newest_first_and_in_pages(store: Store, clock: Hands) -> None:
    tickets = []
    for n in range(5):
        clock.now += 1000 * (n % 2)
        tickets.append(await rated(store, n + 1))
    await open_ticket(store)

    whole = await store.rated.page(None, 10)
    rest = await store.rated.page(place_by_rating(whole.items[1]), 2)

    assert (whole.items, whole.next) == (tickets[::-1], None)
    assert (rest.items, rest.next) == (whole.items[2:4], place_by_rating(whole.items[3]))
    assert whole.items[0].feedback == Feedback(5, "Hm", clock.now)


async def test_ratings_are_counted_by_assignee_and_stars(store: Store) -> None:
    for stars, assigned in ((5, True), (5, True), (1, True), (5, False), (3, False)):
        ticket = await rated(store, stars, assigned=assigned)
    await append(store, ticket.id, FeedbackRemoved(), SAM_ANSWERS)

    assert set(await store.rated.ratings()) == {
        Rating(SAM.key, 5, 2),
        Rating(SAM.key, 1, 1),
        Rating(None, 5, 1),
    }


async def test_feedback_is_found_by_requester_assignee_and_stars(store: Store, clock: Hands) -> None:
    tickets = []
    for stars, assigned in ((5, True), (1, False), (5, True), (2, True)):
        clock.now += 1000
        tickets.append(await rated(store, stars, assigned=assigned))
    first, plain, second, worst = tickets
    ann, sam = {"requester": ANN.key}, {"assignees": frozenset({SAM.key, BEN.key})}

    async def found(**asked: Any) -> list[Ticket]:
        """In pages of one."""
        page = await store.rated.page(None, 1, FeedbackFilter(**asked))
        together = page.items
        while page.next is not None:
            page = await store.rated.page(page.next, 1, FeedbackFilter(**asked))
            together += page.items
        return together

    assert await found() == await found(**ann) == [worst, second, plain, first]
    assert await found(**sam) == await found(**ann, **sam) == [worst, second, first]
    assert (
        await found(stars=5) == await found(**sam, stars=5) == await found(**ann, stars=5) == [second, first]
    )
    assert await found(**ann, **sam, stars=2) == [worst]
    assert await found(requester=BEN.key) == await found(stars=3) == await found(assignees=frozenset()) == []
