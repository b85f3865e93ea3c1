"""What requesters think of the help they got."""

import asyncio

import pytest

from tests.clocks import NOON
from tests.people import AS_ANN, AS_BEN, AS_EVE, AS_SAM, SAM
from tickets.desks.agent_desk import AgentDesk
from tickets.desks.feedback_desk import FeedbackDesk, Ratings
from tickets.desks.ticket_desk import Desk, NewTicket
from tickets.model import EventId, Feedback, Status, Ticket
from tickets.ports.store import Store
from tickets.ports.users import Block
from tickets.refusals import (
    AdminOnly,
    FeedbackIsGiven,
    FeedbackNotFound,
    RequesterOnly,
    StaffOnly,
    TicketIsNotClosed,
    TicketNotFound,
    UserIsBlocked,
)
from tickets.sources import from_api


@pytest.fixture
def feedback(desk: Desk, store: Store) -> FeedbackDesk:
    return FeedbackDesk(desk, store)


@pytest.fixture
async def closed(desk: Desk, ticket: Ticket) -> Ticket:
    """A ticket of Ann's that Sam had."""
    await AgentDesk(desk, desk._store).claim(AS_SAM, ticket.id)
    return await desk.close(AS_ANN, ticket.id, Status.RESOLVED)


async def test_the_requester_rates_a_closed_ticket_once(feedback: FeedbackDesk, closed: Ticket) -> None:
    rated = await feedback.give(AS_ANN, "1", 4, "Quick")

    assert rated.feedback == await feedback.of(AS_SAM, closed.id) == Feedback(4, "Quick", NOON)
    with pytest.raises(FeedbackIsGiven):
        await feedback.give(AS_ANN, closed.id, 5, None)


async def test_a_rating_that_is_sent_again_is_answered_again(feedback: FeedbackDesk, closed: Ticket) -> None:
    source = from_api(EventId("once"))

    answers = await asyncio.gather(
        *(feedback.give(AS_ANN, closed.id, 4, None, source=source) for _ in range(3))
    )

    assert {it.seq for it in answers} == {closed.seq + 1}


async def test_nobody_else_rates_and_nobody_before_the_end(
    feedback: FeedbackDesk, desk: Desk, store: Store, closed: Ticket
) -> None:
    still_open = await desk.open(AS_ANN, NewTicket(topic="x", description="y"))

    with pytest.raises(TicketIsNotClosed):
        await feedback.give(AS_ANN, still_open.id, 5, None)
    with pytest.raises(RequesterOnly):
        await feedback.give(AS_SAM, closed.id, 5, None)
    with pytest.raises(TicketNotFound):
        await feedback.give(AS_BEN, closed.id, 5, None)
    await store.users.block(AS_ANN.key, Block())
    with pytest.raises(UserIsBlocked):
        await feedback.give(AS_ANN, closed.id, 5, None)
    with pytest.raises(FeedbackNotFound):
        await feedback.of(AS_ANN, closed.id)


async def test_admins_take_feedback_away_and_another_may_be_given(
    feedback: FeedbackDesk, closed: Ticket
) -> None:
    await feedback.give(AS_ANN, closed.id, 1, None)

    for caller, refusal in ((AS_SAM, AdminOnly), (AS_ANN, AdminOnly), (AS_BEN, TicketNotFound)):
        with pytest.raises(refusal):
            await feedback.remove(caller, closed.id)
    await feedback.remove(AS_EVE, closed.id)

    with pytest.raises(FeedbackNotFound):
        await feedback.remove(AS_EVE, closed.id)
    assert (await feedback.give(AS_ANN, closed.id, 5, None)).feedback == Feedback(5, None, NOON)


async def test_staff_reads_all_ratings_and_those_of_each_assignee(
    feedback: FeedbackDesk, closed: Ticket
) -> None:
    await feedback.give(AS_ANN, closed.id, 4, None)

    every, each = await feedback.ratings(AS_SAM)
    listed = await feedback.all(AS_SAM, after=None, limit=10)

    assert every == each[SAM.key] == Ratings({1: 0, 2: 0, 3: 0, 4: 1, 5: 0})
    assert (every.count, every.average) == (1, 4.0)
    assert [it.id for it in listed.items] == [closed.id]
    for attempt in (feedback.ratings(AS_ANN), feedback.all(AS_ANN, after=None, limit=10)):
        with pytest.raises(StaffOnly):
            await attempt


def test_of_no_ratings_there_is_no_average() -> None:
    assert Ratings({1: 0, 5: 0}).average is None
    assert Ratings({1: 1, 5: 2}).average == 3.667
