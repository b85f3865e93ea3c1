"""Reports say what a plain computation over all tickets says."""

import random
import statistics
from collections import Counter, defaultdict
from datetime import UTC, datetime
from itertools import product

import pytest

from tests.clocks import NOON, Hands
from tests.contract.acts import append, open_ticket, post
from tests.people import SAM, SAM_ANSWERS
from tickets.events import Change, TicketChanged, TicketClosed
from tickets.model import IssueLevel, Status, Ticket
from tickets.ports.reports import By, Span, Took, grouped, last_month, place_by_closing, spread_of
from tickets.ports.store import Store

ALL = Span(0, 2**53)
DAY = 24 * 60 * 60 * 1000


@pytest.fixture
async def tickets(store: Store, clock: Hands) -> list[Ticket]:
    """Of three days: some answered, some resolved, some closed otherwise, some Sam's."""
    chance = random.Random(11)  # noqa: S311  a test's choice
    found = []
    for n in range(40):
        clock.now = NOON + n * DAY // 14
        ticket = await open_ticket(store, level=tuple(IssueLevel)[n % 3])
        if n % 4 == 0:
            change = TicketChanged((Change("assignee", None, str(SAM.key)),))
            await append(store, ticket.id, change, SAM_ANSWERS)
        if n % 3:
            clock.now += chance.randrange(1, 90_000)
            await post(store, ticket, actor=SAM_ANSWERS)
        if n % 5:
            clock.now += chance.randrange(1, 900_000)
            to = Status.RESOLVED if n % 5 > 1 else Status.UNRESOLVED
            await append(store, ticket.id, TicketClosed(to), SAM_ANSWERS)
        found.append(ticket)
    return [it for ticket in found if (it := await store.views.ticket(ticket.id)) is not None]


def group_of(ticket: Ticket, by: By) -> str:
    match by:
        case By.ALL:
            return ""
        case By.LEVEL:
            return ticket.issue_level
        case By.SUPPORT_ROLE:
            return ticket.support_role
        case By.AGENT:
            return str(ticket.assignee or "")
        case By.DAY:
            return datetime.fromtimestamp(ticket.created_at / 1000, UTC).strftime("%Y-%m-%d")


def took(ticket: Ticket, what: Took) -> int | None:
    end = ticket.first_response_at
    if what is Took.RESOLUTION:
        end = ticket.closed_at if ticket.status is Status.RESOLVED else None
    return None if end is None else (end - ticket.created_at) // 1000


async def test_counts(store: Store, tickets: list[Ticket]) -> None:
    for by in By:
        expected = Counter((group_of(it, by), str(it.status)) for it in tickets)

        counts = await store.reports.counts(ALL, by)

        assert {(it.group, it.status): it.count for it in counts} == expected


async def test_medians_and_p90_are_those_of_a_plain_computation(store: Store, tickets: list[Ticket]) -> None:
    for by, what in product(By, Took):
        await must_be_plain(store, tickets, by, what)


async def must_be_plain(store: Store, tickets: list[Ticket], by: By, what: Took) -> None:
    plain = defaultdict(list)
    for ticket in tickets:
        if (seconds := took(ticket, what)) is not None:
            plain[group_of(ticket, by)].append(seconds)

    groups = grouped(await store.reports.durations(ALL, by, what))

    assert set(groups) == set(plain)
    for group, durations in groups.items():
        spread, values = spread_of(durations), plain[group]
        assert spread.count == len(values)
        assert spread.median == statistics.median(values)
        if len(values) > 1:
            p90 = statistics.quantiles(values, n=10, method="inclusive")[-1]
            assert spread.p90 == pytest.approx(p90, abs=0.001)


async def test_only_what_was_opened_within_the_span_counts(store: Store, tickets: list[Ticket]) -> None:
    span = Span(tickets[10].created_at, tickets[20].created_at)

    counts = await store.reports.counts(span, By.ALL)
    durations = await store.reports.durations(span, By.ALL, Took.FIRST_RESPONSE)

    assert sum(it.count for it in counts) == 10
    assert sum(it.count for it in durations) == sum(it.staff_has_posted for it in tickets[10:20])


async def test_resolved_tickets_come_in_pages_the_longest_resolved_first(
    store: Store, tickets: list[Ticket]
) -> None:
    resolved = [it for it in tickets if it.status is Status.RESOLVED]
    expected = sorted(resolved, key=lambda it: (it.closed_at or 0, it.number))
    span = Span(expected[2].closed_at or 0, expected[-1].closed_at or 0)
    together: list[Ticket] = []
    after = None

    while page := await store.reports.resolved(span, after, 3):
        together += page
        after = place_by_closing(page[-1])

    assert together == expected[2:-1]


def test_last_month_is_the_whole_month_before() -> None:
    january = int(datetime(2027, 1, 31, 12, tzinfo=UTC).timestamp() * 1000)

    span = last_month(january)

    assert datetime.fromtimestamp(span.since / 1000, UTC).isoformat() == "2026-12-01T00:00:00+00:00"
    assert datetime.fromtimestamp(span.until / 1000, UTC).isoformat() == "2027-01-01T00:00:00+00:00"
