"""Who reads which events, and when."""

import asyncio

import pytest

from tests.people import AS_ANN, AS_BEN, AS_EVE, AS_SAM
from tickets.desks.event_desk import MOST_LOOKED_AT, EventDesk, FeedPage, Wanted
from tickets.desks.ticket_desk import Desk, NewTicket, Said
from tickets.model import Caller, Ticket, TicketId
from tickets.ports.feed import Position
from tickets.ports.store import Store
from tickets.refusals import TicketNotFound

NEW = NewTicket(topic="x", description="y")


@pytest.fixture
def feed(desk: Desk, store: Store) -> EventDesk:
    return EventDesk(desk, store)


async def told(feed: EventDesk, caller: Caller, limit: int = 100) -> list[tuple[TicketId, int]]:
    page = await feed.page(caller, Wanted(), after=Position(0), limit=limit)
    return [(it.event.ticket_id, it.event.seq) for it in page.told]


async def test_of_notes_requesters_are_told_nothing_nor_is_staff_that_is_one(
    feed: EventDesk, desk: Desk, ticket: Ticket
) -> None:
    eves = await desk.open(AS_EVE, NEW)
    for each in (ticket, eves):
        note = await desk.add_note(AS_SAM, each.id, Said("Careful"))
        await desk.edit(AS_SAM, each.id, note.id, Said("Very careful"))
        await desk.delete(AS_SAM, each.id, note.id)
    await desk.close(AS_SAM, ticket.id)

    anns, eves_own = [(ticket.id, 1), (ticket.id, 5)], [(eves.id, 1)]
    every_other = [(ticket.id, seq) for seq in range(1, 6)]
    assert await told(feed, AS_ANN) == anns
    assert await told(feed, AS_ANN, limit=2) == anns
    assert sorted(await told(feed, AS_EVE)) == sorted(every_other + eves_own)
    assert len(await told(feed, AS_SAM)) == 9
    assert await told(feed, AS_BEN) == []


async def test_one_tickets_events_are_told_to_those_who_may_see_it(
    feed: EventDesk, desk: Desk, ticket: Ticket
) -> None:
    await desk.open(AS_ANN, NEW)
    await desk.post(AS_ANN, ticket.id, Said("Hello"))
    await desk.add_note(AS_SAM, ticket.id, Said("Careful"))

    async def seqs(caller: Caller) -> list[int]:
        page = await feed.page(caller, Wanted(str(ticket.number)), after=Position(0), limit=9)
        return [it.event.seq for it in page.told]

    assert await seqs(AS_ANN) == [1, 2]
    assert await seqs(AS_SAM) == [1, 2, 3]
    with pytest.raises(TicketNotFound):
        await seqs(AS_BEN)


async def test_a_page_of_some_kinds_goes_on_behind_what_it_has_looked_at(
    feed: EventDesk, desk: Desk, ticket: Ticket
) -> None:
    for _ in range(3):
        await desk.post(AS_ANN, ticket.id, Said("Hello"))
    await desk.close(AS_SAM, ticket.id)

    closed = Wanted(names={"ticket_closed"})
    page = await feed.page(AS_SAM, closed, after=Position(0), limit=2)
    rest = await feed.page(AS_SAM, closed, after=page.upto, limit=2)

    assert ([it.event.seq for it in page.told], page.upto.pos) == ([5], 5)
    assert (rest.told, rest.upto, rest.has_more) == ([], page.upto, False)


async def test_a_page_ends_where_it_has_looked_at_enough(feed: EventDesk, desk: Desk, ticket: Ticket) -> None:
    for n in range(MOST_LOOKED_AT // 100 + 1):
        await asyncio.gather(*(desk.post(AS_ANN, ticket.id, Said(f"{n} {it}")) for it in range(100)))

    page = await feed.page(AS_SAM, Wanted(names={"sla"}), after=Position(0), limit=100)

    assert (page.told, page.upto.pos, page.has_more) == ([], MOST_LOOKED_AT, True)


async def test_who_waits_is_told_what_comes(feed: EventDesk, desk: Desk, ticket: Ticket) -> None:
    now = await feed.newest()

    async def waited(caller: Caller, wanted: Wanted) -> list[int]:
        page = await feed.page(caller, wanted, after=now, limit=9, wait=30)
        return [it.event.seq for it in page.told]

    requester = asyncio.create_task(waited(AS_ANN, Wanted(names={"message"})))
    staff = asyncio.create_task(waited(AS_SAM, Wanted(str(ticket.number))))

    await desk.add_note(AS_SAM, ticket.id, Said("Nothing for the requester"))
    assert await asyncio.wait_for(staff, 30) == [2]
    assert not requester.done()
    await desk.post(AS_SAM, ticket.id, Said("Hello"))
    assert await asyncio.wait_for(requester, 30) == [3]


async def test_nobody_waits_for_longer_than_asked_or_for_a_process_that_stops(
    feed: EventDesk, ticket: Ticket
) -> None:
    nothing = FeedPage([], await feed.newest(), False)

    async def waited(seconds: float) -> FeedPage:
        page = feed.page(AS_ANN, Wanted(), after=nothing.upto, limit=9, wait=seconds)
        return await asyncio.wait_for(page, 30)

    assert await waited(0.01) == nothing
    waiting = asyncio.create_task(waited(30))
    await asyncio.sleep(0)
    feed.end_waiting()
    assert await waiting == nothing
    assert await waited(30) == nothing
