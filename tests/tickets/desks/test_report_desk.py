"""Reports: what was resolved, and how long things took."""

import pytest

from tests.clocks import NOON, Hands
from tests.people import AS_ANN, AS_SAM
from tickets.desks.report_desk import ReportDesk
from tickets.desks.ticket_desk import Desk, NewTicket, Said
from tickets.figures import By
from tickets.model import Status, Ticket
from tickets.ports.reports import Span
from tickets.ports.store import Store
from tickets.refusals import StaffOnly

EVER = Span(0, NOON * 2)


@pytest.fixture
def reports(store: Store, clock: Hands) -> ReportDesk:
    return ReportDesk(store, clock)


async def resolved(reports: ReportDesk, span: Span = EVER) -> list[int]:
    return [it.number async for page in reports.resolved(AS_SAM, span) for it in page]


async def test_the_resolved_come_in_the_order_of_their_ends(
    reports: ReportDesk, desk: Desk, clock: Hands, ticket: Ticket
) -> None:
    other = await desk.open(AS_ANN, NewTicket(topic="x", description="y"))
    canceled = await desk.open(AS_ANN, NewTicket(topic="x", description="y"))
    await desk.close(AS_ANN, canceled.id, Status.CANCELED)
    for each in (other, ticket):
        clock.now += 1000
        await desk.close(AS_ANN, each.id, Status.RESOLVED)

    assert await resolved(reports) == [2, 1]
    assert await resolved(reports, Span(NOON + 2000, NOON + 3000)) == [1]


async def test_figures_are_a_minute_old_at_most(
    reports: ReportDesk, desk: Desk, clock: Hands, ticket: Ticket
) -> None:
    clock.now += 5000
    await desk.post(AS_SAM, ticket.id, Said("Hello"))
    first = (await reports.figures(AS_SAM, EVER, By.ALL))[""]
    await desk.open(AS_ANN, NewTicket(topic="x", description="y"))

    clock.now += 59_999
    kept = (await reports.figures(AS_SAM, EVER, By.ALL))[""]
    clock.now += 1
    fresh = (await reports.figures(AS_SAM, EVER, By.ALL))[""]

    assert (first.count, first.statuses) == (1, {"PENDING": 1})
    assert (first.first_response.median, first.resolution.median) == (5.0, None)
    assert kept is first
    assert (fresh.count, fresh.statuses) == (2, {"OPEN": 1, "PENDING": 1})


async def test_requesters_read_no_reports(reports: ReportDesk) -> None:
    with pytest.raises(StaffOnly):
        await reports.figures(AS_ANN, EVER, By.ALL)
    with pytest.raises(StaffOnly):
        async for _ in reports.resolved(AS_ANN, EVER):
            pass
