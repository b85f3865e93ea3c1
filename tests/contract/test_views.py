"""Pages of tickets and messages are what a plain list would give."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.contract.acts import ANN, BEN, SAM_ANSWERS, append, note, open_ticket, post
from tickets.events import Change, TicketChanged, TicketClosed
from tickets.model import MessageId, Status, Ticket, TicketId, UserKey
from tickets.ports import Store, TicketFilter

REQUESTERS = (ANN.key, BEN.key, UserKey("other", "ann"))


async def put(store: Store, ticket: Ticket, status: Status) -> Ticket:
    if status is Status.OPEN:
        return ticket
    if status is Status.PENDING:
        event = TicketChanged((Change("status", "OPEN", "PENDING"),))
        return (await append(store, ticket.id, event, SAM_ANSWERS)).ticket
    return (await append(store, ticket.id, TicketClosed(status), SAM_ANSWERS)).ticket


@pytest.fixture
async def tickets(store: Store) -> list[Ticket]:
    """Newest first: every requester has tickets of every status."""
    tickets = []
    for n in range(30):
        ticket = await open_ticket(store, REQUESTERS[n % 3])
        tickets.append(await put(store, ticket, tuple(Status)[n // 3 % 5]))
    return tickets[::-1]


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    requester=st.none() | st.sampled_from((*REQUESTERS, UserKey("shop", "nobody"))),
    statuses=st.none() | st.frozensets(st.sampled_from(Status)),
    before=st.none() | st.integers(0, 40) | st.just(2**70),
    limit=st.none() | st.integers(1, 40),
)
async def test_a_page_of_tickets(
    store: Store,
    tickets: list[Ticket],
    requester: UserKey | None,
    statuses: frozenset[Status] | None,
    before: int | None,
    limit: int | None,
) -> None:
    which = TicketFilter(requester, statuses)

    page = await store.views.tickets(which, before_number=before, limit=limit)

    expected = [
        ticket
        for ticket in tickets
        if (requester is None or ticket.requester == requester)
        and (statuses is None or ticket.status in statuses)
        and (before is None or ticket.number < before)
    ]
    assert page == expected[:limit]


async def test_pages_put_together_are_the_whole(store: Store, tickets: list[Ticket]) -> None:
    which = TicketFilter(statuses=frozenset({Status.OPEN, Status.RESOLVED}))
    together: list[Ticket] = []

    while page := await store.views.tickets(
        which, before_number=together[-1].number if together else None, limit=5
    ):
        together += page

    assert together == await store.views.tickets(which)


async def test_a_ticket_that_is_not_there(store: Store) -> None:
    assert await store.views.ticket(TicketId("nowhere")) is None
    assert await store.views.ticket_by_number(404) is None
    assert await store.views.ticket_by_number(2**70) is None
    assert await store.views.message(MessageId("m"), TicketId("nowhere")) is None
    assert await store.views.messages(TicketId("nowhere")) == []


async def test_messages_and_notes_are_two_lists_oldest_first(store: Store) -> None:
    ticket, other = await open_ticket(store), await open_ticket(store)
    said, noted = [], []
    for n in range(4):
        said.append(await post(store, ticket, f"said {n}"))
        noted.append(await note(store, ticket, f"noted {n}"))
        await post(store, other)

    for events, notes in ((said, False), (noted, True)):
        ids = [MessageId(event.id) for event in events]
        assert [it.id for it in await store.views.messages(ticket.id, notes=notes)] == ids
        page = await store.views.messages(ticket.id, after_seq=events[0].seq, limit=2, notes=notes)
        assert [it.id for it in page] == ids[1:3]
        last = await store.views.messages(ticket.id, after_seq=events[3].seq, notes=notes)
        assert last == []


async def test_a_message_is_found_in_its_own_ticket_only(store: Store) -> None:
    ticket, other = await open_ticket(store), await open_ticket(store)
    posted = await post(store, ticket)

    assert await store.views.message(MessageId(posted.id), other.id) is None
