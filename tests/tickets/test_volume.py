"""What comes, goes and is left is what a plain look at each ticket says, whatever happened to it."""

from collections.abc import Iterable
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tests.people import ANN, SAM_ANSWERS
from tests.tickets.logs import Logbook
from tests.tickets.sums import sums_of
from tickets.events import EventData, TicketAbsorbed, TicketClosed, TicketErased, TicketReopened
from tickets.figures import DAY, HOUR, By, Sums, began, coarse, day_of, month_of, total
from tickets.fold import ticket_of
from tickets.model import Status, Ticket, TicketId
from tickets.ports.reports import Span
from tickets.volume import volume_of

BEGIN = began("2026-11-20")
CLOSED, REOPENED, ERASED = TicketClosed(Status.RESOLVED), TicketReopened(), TicketErased(ANN.key)
MERGED = TicketClosed(Status.UNRESOLVED, merged_into=TicketId("t2"), merged_into_number=2)
ABSORBED = TicketAbsorbed(TicketId("t3"), 3, 2)
LIVES: list[tuple[EventData, ...]] = [
    *((), (CLOSED,), (CLOSED, REOPENED), (CLOSED, REOPENED, CLOSED), (MERGED,), (ABSORBED,)),
    *((ERASED,), (CLOSED, ERASED), (CLOSED, REOPENED, ABSORBED, CLOSED)),
]
WHEN = st.lists(st.integers(0, 90 * DAY - 1), min_size=5, max_size=5).map(sorted)
TICKETS = st.lists(st.tuples(st.sampled_from(LIVES), WHEN), max_size=12)


def lived(life: Iterable[EventData], times: list[int]) -> Ticket:
    book = Logbook()
    for data in life:
        book.add(SAM_ANSWERS, data)
    return ticket_of(replace(it, at=BEGIN + at) for it, at in zip(book.events, times, strict=False))


def was_open(ticket: Ticket, at: int) -> bool:
    """As known today."""
    return ticket.created_at < at and (ticket.closed_at is None or ticket.closed_at >= at)


@given(TICKETS, st.integers(0, 60), st.integers(1, 30))
def test_it_is_what_a_plain_computation_says(
    lives: list[tuple[tuple[EventData, ...], list[int]]], first: int, days: int
) -> None:
    tickets = [lived(life, times) for life, times in lives]
    span = Span(BEGIN + first * DAY, BEGIN + (first + days) * DAY)
    by_day: dict[str, Sums] = {}
    for ticket in tickets:
        by_day.setdefault(day_of(ticket.created_at), Sums()).update(sums_of([ticket])[By.ALL])
    before: dict[str, list[Sums]] = {}
    for day, sums in by_day.items():
        if began(day) < span.since:
            before.setdefault(month_of(day), []).append(sums)
    within = {day: it for day, it in by_day.items() if span.since <= began(day) < span.until}

    volume = volume_of(span, [coarse(total(it)) for it in before.values()], within)

    opened = [it for it in tickets if span.since <= it.created_at < span.until]
    assert volume.hours == tuple(
        sum(it.created_at // HOUR % 24 == hour for it in opened) for hour in range(24)
    )
    assert [it.day for it in volume.days] == [day_of(span.since + n * DAY) for n in range(days)]
    for it in volume.days:
        end = began(it.day) + DAY
        assert it.opened == sum(day_of(ticket.created_at) == it.day for ticket in tickets)
        assert it.closed == sum(
            ticket.closed_at is not None and day_of(ticket.closed_at) == it.day for ticket in tickets
        )
        assert it.left == sum(was_open(ticket, end) for ticket in tickets)
