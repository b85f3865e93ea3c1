"""Pages of tickets are what a plain list would give, whatever is asked for and in which order."""

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.clocks import NOON, Hands
from tests.contract.acts import append, note, open_ticket, opening, post
from tests.people import ANN, BEN, SAM, SAM_ANSWERS
from tickets.events import (
    Change,
    EventData,
    LabelsChanged,
    TicketChanged,
    TicketClosed,
    TicketReopened,
    TicketSnoozed,
)
from tickets.model import IssueLevel, Status, SupportRole, Ticket, TicketId, UserKey
from tickets.ports.lists import Cursor, Page, TicketFilter, TicketOrder
from tickets.ports.store import Store
from tickets.targets import SlaState, Target, Terms

REQUESTERS = (ANN.key, BEN.key, UserKey("other", "ann"))
AGENTS = (SAM.key, UserKey("shop", "max"))
MOST = 30
CATEGORIES = ("bug", "billing", None)
TERMS = (None, Terms(Target(1, None)), Terms(Target(10**9, 10**9)))
LABELS = ("billing", "bug", "bug-2")
METADATA: tuple[dict[str, str], ...] = ({}, {"plan": "a"}, {"plan": "b"}, {"plan": "b" * 65, "order": "7"})

TIMES = st.none() | st.integers(NOON - 5, NOON + 2 * MOST) | st.just(2**70)
FILTERS = st.builds(
    TicketFilter,
    requester=st.none() | st.sampled_from((*REQUESTERS, UserKey("shop", "nobody"))),
    statuses=st.none() | st.frozensets(st.sampled_from(Status)),
    issue_levels=st.none() | st.frozensets(st.sampled_from(IssueLevel)),
    support_roles=st.none() | st.frozensets(st.sampled_from(SupportRole)),
    assignees=st.none() | st.frozensets(st.sampled_from((*AGENTS, UserKey("shop", "nobody")))),
    unattended=st.none() | st.booleans(),
    created_from=st.none() | st.integers(NOON - 5, NOON + MOST) | st.just(2**70),
    created_until=st.none() | st.integers(NOON - 5, NOON + MOST) | st.just(2**70),
    updated_from=TIMES,
    updated_until=TIMES,
    closed_from=TIMES,
    closed_until=TIMES,
    labels=st.none() | st.frozensets(st.sampled_from((*LABELS, "nowhere")), max_size=2),
    metadata=st.none() | st.sampled_from(METADATA) | st.just({"plan": "b", "order": "7"}),
    issuers=st.none() | st.frozensets(st.sampled_from(("shop", "other", "nobody"))),
    categories=st.none() | st.frozensets(st.sampled_from((*CATEGORIES[:2], "nothing"))),
    sla=st.none() | st.frozensets(st.sampled_from(SlaState)),
    snoozed=st.none() | st.booleans(),
)
PLACES = st.builds(
    Cursor,
    st.tuples(
        st.integers(NOON - 2, NOON + 2 * MOST) | st.just(2**70),
        st.integers(0, MOST + 2) | st.just(2**70),
    ),
)


async def happen(store: Store, ticket: Ticket, chance: Random) -> Ticket:
    """Something, so that there are tickets of every kind."""
    acts: list[EventData] = [TicketChanged(())]
    if chance.random() < 0.4:
        acts.append(TicketChanged((Change("assignee", None, chance.choice((None, *map(str, AGENTS)))),)))
    if chance.random() < 0.3:
        acts.append(TicketChanged((Change("issue_level", None, chance.choice(tuple(IssueLevel))),)))
    if chance.random() < 0.4:
        await post(store, ticket, actor=SAM_ANSWERS)
    added = tuple(chance.sample(LABELS, chance.randrange(len(LABELS) + 1)))
    acts += [LabelsChanged(added), LabelsChanged(removed=(LABELS[0],) * chance.randrange(2))]
    if chance.random() < 0.3:
        acts.append(TicketSnoozed(NOON + 10**9))
    status = chance.choice(tuple(Status))
    if status.is_closed:
        acts.append(TicketClosed(status))
        if chance.random() < 0.3:
            acts.append(TicketReopened())
    for act in acts:
        ticket = (await append(store, ticket.id, act, SAM_ANSWERS)).ticket
    return ticket


@pytest.fixture
async def tickets(store: Store, clock: Hands) -> list[Ticket]:
    """Of every kind; some were opened and some changed at the same millisecond."""
    chance = Random(7)  # noqa: S311  a test's choice
    tickets = []
    for _ in range(MOST):
        clock.now += chance.choice((0, 1, 1))
        number = await store.log.next_number()
        data = replace(
            opening(number, chance.choice(REQUESTERS), chance.choice(tuple(IssueLevel))),
            support_role=chance.choice(tuple(SupportRole)),
            metadata=chance.choice(METADATA),
            category=chance.choice(CATEGORIES),
            terms=chance.choice(TERMS),
        )
        tickets.append((await append(store, TicketId(f"t{number}"), data)).ticket)
    for n in chance.sample(range(MOST), MOST - 8):
        clock.now += chance.choice((0, 1, 1))
        tickets[n] = await happen(store, tickets[n], chance)
    return tickets


def within(at: int | None, begin: int | None, end: int | None) -> bool:
    if begin is None and end is None:
        return True
    return at is not None and (begin is None or at >= begin) and (end is None or at < end)


def wanted(which: TicketFilter, ticket: Ticket) -> bool:
    return (
        which.requester in (None, ticket.requester)
        and (which.statuses is None or ticket.status in which.statuses)
        and (which.issue_levels is None or ticket.issue_level in which.issue_levels)
        and (which.support_roles is None or ticket.support_role in which.support_roles)
        and (which.assignees is None or ticket.assignee in which.assignees)
        and which.unattended in (None, ticket.is_unattended)
        and (which.created_from is None or ticket.created_at >= which.created_from)
        and (which.created_until is None or ticket.created_at < which.created_until)
        and within(ticket.updated_at, which.updated_from, which.updated_until)
        and within(ticket.closed_at, which.closed_from, which.closed_until)
        and (which.labels or frozenset()) <= frozenset(ticket.labels)
        and (which.metadata or {}).items() <= ticket.metadata.items()
        and (which.issuers is None or ticket.requester.issuer in which.issuers)
        and (which.categories is None or ticket.category in which.categories)
        and (which.sla is None or (ticket.sla is not None and ticket.sla.state in which.sla))
        and which.snoozed in (None, ticket.snoozed_until is not None)
    )


def place(ticket: Ticket, order: TicketOrder) -> tuple[int, int]:
    at = ticket.updated_at if order.field == "updated_at" else ticket.created_at
    return at, ticket.number


def in_order(tickets: list[Ticket], which: TicketFilter, order: TicketOrder) -> list[Ticket]:
    kept = [ticket for ticket in tickets if wanted(which, ticket)]
    return sorted(kept, key=lambda it: place(it, order), reverse=order.descends)


@given(
    which=FILTERS,
    order=st.sampled_from(TicketOrder),
    after=st.none() | PLACES,
    limit=st.none() | st.integers(1, MOST),
)
async def test_a_page_of_tickets(
    store: Store,
    tickets: list[Ticket],
    which: TicketFilter,
    order: TicketOrder,
    after: Cursor | None,
    limit: int | None,
) -> None:
    page = await store.views.tickets(which, order=order, after=after, limit=limit)

    whole = in_order(tickets, which, order)
    if after is not None:
        end, sign = after.numbers, -1 if order.descends else 1
        whole = [it for it in whole if (place(it, order) > end) - (place(it, order) < end) == sign]
    assert page == whole[:limit]


async def test_pages_put_together_are_the_whole(store: Store, tickets: list[Ticket]) -> None:
    for which in (TicketFilter(), TicketFilter(requester=ANN.key), TicketFilter(unattended=False)):
        for order in TicketOrder:
            together: list[Ticket] = []
            after = None

            while page := await store.views.tickets(which, order=order, after=after, limit=3):
                together += page
                after = Cursor(place(page[-1], order))

            assert together == in_order(tickets, which, order)


@given(which=FILTERS, order=st.sampled_from(TicketOrder), looks=st.integers(1, 5), limit=st.integers(1, 4))
async def test_short_pages_put_together_are_the_whole(
    store: Store,
    tickets: list[Ticket],
    which: TicketFilter,
    order: TicketOrder,
    looks: int,
    limit: int,
) -> None:
    """However few are looked at for each of them."""
    together: list[Ticket] = []
    page = Page[Ticket]([], Cursor((0, 0)))
    after = None

    while page.next is not None:
        page = await store.views.page(which, order=order, after=after, limit=limit, looks=looks)
        assert len(page.items) <= limit
        together += page.items
        after = page.next

    assert together == in_order(tickets, which, order)


async def test_a_note_does_not_move_a_ticket(store: Store, clock: Hands) -> None:
    first, second = await open_ticket(store), await open_ticket(store)
    clock.now += 1000
    await note(store, first)

    lately = await store.views.tickets(TicketFilter(), order=TicketOrder.LATELY_CHANGED)

    assert [it.id for it in lately] == [second.id, first.id]
