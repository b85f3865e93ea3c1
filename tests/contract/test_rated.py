"""The tickets with feedback: newest first, and counted by assignee and stars."""

from tests.clocks import Hands
from tests.contract.acts import append, open_ticket
from tests.people import ANN_ASKS, SAM, SAM_ANSWERS
from tickets.events import Change, FeedbackGiven, FeedbackRemoved, TicketChanged, TicketClosed
from tickets.model import Feedback, Status, Ticket
from tickets.ports.queue import Rating, place_by_rating
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
