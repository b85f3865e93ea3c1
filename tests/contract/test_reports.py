"""Reports say what a plain computation over all tickets says."""

import asyncio
import random
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import fields
from datetime import UTC, datetime

import pytest

from tests.clocks import NOON, Hands
from tests.contract.acts import append, open_ticket, post
from tests.people import ANN, AS_SAM, SAM, SAM_ANSWERS
from tests.tickets.sums import sums_of
from tests.waiting import until as waited
from tickets.counting import EVER, Counting
from tickets.desks.report_desk import NOTHING, Figures, ReportDesk
from tickets.events import (
    Change,
    TicketAbsorbed,
    TicketChanged,
    TicketClosed,
    TicketErased,
    TicketReopened,
)
from tickets.figures import By, Counted, CountedClock, CountedSla, Figure, Sums, began, groups
from tickets.model import IssueLevel, Status, Ticket
from tickets.ports.reports import Span, Stale, place_by_closing, place_by_opening
from tickets.ports.store import Store
from tickets.spreads import Spread
from tickets.targets import Countdown, Sla

ALL = Span(NOON - 24 * 3_600_000, NOON + 30 * 24 * 3_600_000)
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


def group_of(ticket: Ticket, by: By | None) -> str:
    match by:
        case None:
            return datetime.fromtimestamp(ticket.created_at / 1000, UTC).strftime("%Y-%m-%d")
        case By.ALL:
            return ""
        case By.LEVEL:
            return ticket.issue_level
        case By.SUPPORT_ROLE:
            return ticket.support_role
        case By.FORM:
            return ticket.category or ""
        case By.AGENT:
            return str(ticket.assignee or "")


def plain(tickets: Iterable[Ticket], by: By | None) -> dict[str, Figures]:
    """What somebody counts who looks at each ticket."""
    groups: dict[str, list[Ticket]] = defaultdict(list)
    for ticket in tickets:
        groups[group_of(ticket, by)].append(ticket)
    return {
        group: Figures(
            Counter(str(it.status) for it in those),
            spread([took for it in those if (took := until(it, it.first_response_at)) is not None]),
            spread(
                [
                    took
                    for it in those
                    if it.status is Status.RESOLVED and (took := until(it, it.closed_at)) is not None
                ]
            ),
            NOTHING.targets,
        )
        for group, those in groups.items()
    }


def until(ticket: Ticket, end: int | None) -> int | None:
    return None if end is None else (end - ticket.created_at) // 1000


def spread(seconds: list[int]) -> Spread:
    if not seconds:
        return NOTHING.resolution
    p90 = statistics.quantiles(seconds, n=10, method="inclusive")[-1] if len(seconds) > 1 else seconds[0]
    return Spread(len(seconds), statistics.median(seconds), round(p90, 3))


async def count_all(store: Store) -> None:
    while stale := await store.reports.stale(*EVER, 9):
        if all(not it.mark for it in stale):
            await asyncio.sleep(0)  # the feeder has not come to them
        for it in stale:
            await Counting(store.reports).count(it)


async def now(store: Store, tickets: Iterable[Ticket]) -> list[Ticket]:
    found = [await store.views.ticket(it.id) for it in tickets]
    return [it for it in found if it is not None]


async def test_what_counts_of_tickets_is_read_in_pages_and_is_what_counts_of_them(
    store: Store, tickets: list[Ticket], clock: Hands
) -> None:
    found, after = [], None
    while page := await store.reports.counted(ALL, after, 7):
        found += page
        after = place_by_opening(page[-1])

    assert [it.number for it in found] == [it.number for it in tickets]
    assert sums_of(found) == sums_of(tickets)
    assert {it.name for it in fields(Counted)} <= {it.name for it in fields(Ticket)}
    assert {it.name for it in fields(CountedSla)} <= {it.name for it in fields(Sla)}
    assert {it.name for it in fields(CountedClock)} <= {it.name for it in fields(Countdown)}


async def test_tickets_at_work_are_counted_by_all_that_figures_tell_apart(
    store: Store, tickets: list[Ticket]
) -> None:
    every = tickets + await now(store, [await open_ticket(store) for _ in range(3)])
    span = Span(tickets[5].created_at, every[-1].created_at + 1)
    within = [it for it in every if not it.is_closed and span.since <= it.created_at < span.until]

    found = await store.reports.at_work(span)

    alike = Counter((began(group_of(it, None)), it.status, *groups(it).values()) for it in within)
    assert {(it.created_at, it.status, *groups(it).values()): count for it, count in found} == alike
    assert len(found) == len(alike) < len(within)


@pytest.mark.parametrize("is_counted", [False, True])
async def test_figures_are_those_of_a_plain_computation(
    store: Store, tickets: list[Ticket], clock: Hands, is_counted: bool
) -> None:
    if is_counted:
        await count_all(store)
        assert await store.reports.stale(*EVER, 9) == []
    desk = ReportDesk(store, clock)

    for by in (*By, None):
        assert await desk.own_figures(ALL, by) == plain(tickets, by)


async def test_figures_follow_what_happens_after_they_were_counted(
    store: Store, tickets: list[Ticket], clock: Hands
) -> None:
    await count_all(store)
    closed = next(it for it in tickets if it.is_closed)
    waiting = next(it for it in tickets if not it.staff_has_posted and not it.is_closed)
    of_nobody = next(it for it in tickets if it.assignee is None and not it.is_closed)
    clock.now += 1000
    await append(store, closed.id, TicketReopened())
    await post(store, waiting, actor=SAM_ANSWERS)
    await append(store, of_nobody.id, TicketChanged((Change("assignee", None, str(SAM.key)),)), SAM_ANSWERS)
    tickets = await now(store, [*tickets, await open_ticket(store, level=IssueLevel.CRITICAL)])

    for _ in range(2):  # as they are, and counted again
        desk = ReportDesk(store, clock)
        for by in (*By, None):
            assert await desk.own_figures(ALL, by) == plain(tickets, by)
        await count_all(store)


async def test_what_is_left_follows_reopening_merging_and_erasing(
    store: Store, tickets: list[Ticket], clock: Hands
) -> None:
    await count_all(store)
    span = Span(NOON // DAY * DAY, NOON // DAY * DAY + 40 * DAY)
    closed = next(it for it in tickets if it.is_closed)
    merged, absorbing, erased = [it for it in tickets if not it.is_closed][:3]
    clock.now += 5 * DAY
    await append(store, closed.id, TicketReopened())
    merging = TicketClosed(Status.UNRESOLVED, merged_into=absorbing.id, merged_into_number=absorbing.number)
    await append(store, merged.id, merging, SAM_ANSWERS)
    await append(store, absorbing.id, TicketAbsorbed(merged.id, merged.number, 2))
    clock.now += 20 * DAY
    await append(store, erased.id, TicketErased(ANN.key))
    tickets = await now(store, tickets)

    for _ in range(2):  # as they are, and counted again
        volume = await ReportDesk(store, clock).volume(AS_SAM, span)
        for it in volume.days:
            end = began(it.day) + DAY
            here = [it for it in tickets if it.created_at < end]
            assert it.left == sum(it.closed_at is None or it.closed_at >= end for it in here)
        assert sum(volume.hours) == sum(it.opened for it in volume.days) == len(tickets)
        later = await ReportDesk(store, clock).volume(AS_SAM, Span(span.since + 10 * DAY, span.until))
        assert later.days == volume.days[10:]
        await count_all(store)


async def test_only_what_was_opened_within_the_span_counts(
    store: Store, tickets: list[Ticket], clock: Hands
) -> None:
    await count_all(store)
    desk = ReportDesk(store, clock)
    for first, last in ((10, 20), (0, 39), (3, 4), (5, 5)):
        span = Span(tickets[first].created_at, tickets[last].created_at)

        within = plain(tickets[first:last], By.LEVEL)

        assert await desk.own_figures(span, By.LEVEL) == within
    midnight = NOON // DAY * DAY
    whole = await desk.own_figures(Span(midnight, midnight + DAY), None)
    assert whole == plain([it for it in tickets if it.created_at < midnight + DAY], None)


async def test_long_spans_are_added_up_by_months(store: Store, clock: Hands) -> None:
    begin = NOON // DAY * DAY
    opened = []
    for n in range(20):
        clock.now = begin + n * 9 * DAY
        opened.append(ticket := await open_ticket(store))
        clock.now += 1000 * (n + 1) ** 4
        await post(store, ticket, actor=SAM_ANSWERS)
    await count_all(store)
    await append(store, opened[7].id, TicketClosed(Status.RESOLVED), SAM_ANSWERS)
    tickets, span = await now(store, opened), Span(begin + DAY, begin + 19 * 9 * DAY + 1)

    (told,) = (await ReportDesk(store, clock).own_figures(span, By.ALL)).values()

    assert told.statuses == Counter(str(it.status) for it in tickets[1:])
    assert told.resolution.count == 1
    took = [(it.first_response_at or 0) // 1000 - it.created_at // 1000 for it in tickets[1:]]
    assert told.first_response.count == len(took)
    assert told.first_response.median == pytest.approx(statistics.median(took), rel=0.02)
    p90 = statistics.quantiles(took, n=10, method="inclusive")[-1]
    assert told.first_response.p90 == pytest.approx(p90, rel=0.02)


async def test_what_changes_while_a_day_is_counted_lets_it_be_counted_again(
    store: Store, tickets: list[Ticket], clock: Hands
) -> None:
    await count_all(store)
    last = next(it for it in reversed(tickets) if not it.is_closed)
    await append(store, last.id, TicketClosed(Status.UNRESOLVED), SAM_ANSWERS)
    (stale,) = await marked(store)
    await append(store, last.id, TicketReopened())
    (again,) = await marked(store, but=stale.mark)

    await store.reports.settle(stale)

    assert await store.reports.stale(*EVER, 9) == [again]
    await store.reports.settle(again)
    assert await store.reports.stale(*EVER, 9) == []


async def marked(store: Store, but: str = "") -> list[Stale]:
    """What is stale, once the store has marked it."""
    found: list[Stale] = []

    async def is_marked() -> bool:
        found[:] = await store.reports.stale(*EVER, 9)
        return bool(found) and all(it.mark not in ("", but) for it in found)

    await waited(is_marked)
    return found


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


async def test_sums_of_months_are_found_among_those_of_their_days(store: Store) -> None:
    for period in ("2026-12", "2026-12-31", "2027-01-01", "2027-01-31", "2027-02", "2027-02-01", "2027-03"):
        await store.reports.keep(period, {By.ALL: Sums({("", Figure.CLOSED, period): 1})})

    for first, last, found in (
        ("2026-12", "2027-02", ["2026-12", "2027-02"]),
        ("2027-01", "2027-02", ["2027-02"]),
        ("0000-00", "9999-99", ["2026-12", "2027-02", "2027-03"]),
        ("2027-01", "2027-01", []),
        ("2027-04", "2027-09", []),
        ("2027-01-01", "2027-02-28", ["2027-01-01", "2027-01-31", "2027-02-01"]),
    ):
        assert sorted(await store.reports.sums(By.ALL, first, last)) == found
        assert await store.reports.sums(By.LEVEL, first, last) == {}
