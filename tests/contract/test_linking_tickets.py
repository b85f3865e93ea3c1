"""Linked tickets name each other, over every store, whoever ends in the middle."""

import asyncio
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.clocks import Hands
from tests.people import AS_ANN, AS_BEN, AS_EVE, AS_SAM
from tickets.desks.link_desk import LinkDesk
from tickets.desks.staff_desk import StaffDesk
from tickets.desks.ticket_desk import Desk, NewTicket
from tickets.events import Event, LinkChanged
from tickets.linking import CompletingLinks, agree
from tickets.model import Caller, Ticket
from tickets.policy import MOST_LINKS, Rules
from tickets.ports.store import Store
from tickets.ports.timers import Timer, TimerKind
from tickets.refusals import CannotLinkToItself, StaffOnly, TicketNotFound, TooManyLinks
from tickets.sources import from_api
from tickets.timekeeping import AT_ONCE, Patience


@dataclass
class Linking:
    store: Store
    desk: Desk
    links: LinkDesk

    async def open(self, caller: Caller = AS_ANN) -> Ticket:
        return await self.desk.open(caller, NewTicket(topic="No light", description="Really."))

    async def numbers(self, *tickets: Ticket) -> list[list[int]]:
        """The numbers that each of the tickets names."""
        found = [await self.store.views.ticket(it.id) for it in tickets]
        return [[link.number for link in it.links] for it in found if it]

    async def told(self, ticket: Ticket) -> list[Event]:
        return [it for it in await self.store.log.events(ticket.id) if isinstance(it.data, LinkChanged)]

    async def decided_alone(self, older: Ticket, younger: Ticket, *, ends: bool = False) -> Event:
        """As if a process had ended between the two events."""

        def decide(_: Ticket, __: object) -> LinkChanged:
            return LinkChanged(younger.id, younger.number, ends)

        return (await self.desk.appending.append(AS_SAM, older.id, decide, from_api())).event


@pytest.fixture
def it(store: Store, clock: Hands) -> Linking:
    desk = Desk(store, clock, Rules())
    return Linking(store, desk, LinkDesk(desk, store))


async def test_each_names_the_other_once_until_that_is_taken_back(it: Linking) -> None:
    older, younger = await it.open(), await it.open(AS_BEN)
    await it.desk.close(AS_SAM, older.id)

    linked = await it.links.link(AS_SAM, younger.id, str(older.number))
    again = await it.links.link(AS_EVE, older.id, younger.id)
    both = await it.numbers(older, younger)
    unlinked = await it.links.unlink(AS_EVE, older.id, younger.id)

    assert [link.id for link in linked.links] == [older.id]
    assert [link.id for link in again.links] == [younger.id]
    assert both == [[younger.number], [older.number]]
    assert unlinked.links == ()
    assert await it.numbers(older, younger) == [[], []]
    for ticket in (older, younger):
        told = await it.told(ticket)
        assert [event.actor.key for event in told] == [AS_SAM.key, AS_EVE.key]
    fields = await StaffDesk(it.desk, it.store).history(AS_SAM, older.id)
    assert [(e.old, e.new) for e in fields if e.field == "links"] == [(None, "2"), ("2", None)]


async def test_links_are_staffs_alone(it: Linking) -> None:
    one, other = await it.open(), await it.open()

    with pytest.raises(StaffOnly):
        await it.links.link(AS_ANN, one.id, other.id)
    with pytest.raises(TicketNotFound):
        await it.links.link(AS_SAM, one.id, "99")
    with pytest.raises(CannotLinkToItself):
        await it.links.link(AS_SAM, one.id, str(one.number))
    assert await it.numbers(one, other) == [[], []]


async def test_neither_of_two_tickets_has_more_links_than_there_is_room_for(it: Linking) -> None:
    full, last = await it.open(), await it.open()
    for _ in range(MOST_LINKS):
        await it.links.link(AS_SAM, full.id, (await it.open(AS_EVE)).id)

    for one, other in ((full, last), (last, full)):
        with pytest.raises(TooManyLinks):
            await it.links.link(AS_SAM, one.id, other.id)
    assert await it.numbers(last) == [[]]


async def test_a_timer_completes_what_processes_have_begun(it: Linking) -> None:
    older, linked, unlinked = [await it.open() for _ in range(3)]
    await it.links.link(AS_SAM, unlinked.id, older.id)
    first = await it.decided_alone(older, linked)
    await it.decided_alone(older, unlinked, ends=True)
    (timer,) = Patience().timers(first)

    for _ in range(2):
        await CompletingLinks(it.store).show(timer)

    assert timer == Timer(older.id, TimerKind.LINK, first.seq, AT_ONCE)
    assert await it.numbers(older, linked, unlinked) == [[linked.number], [older.number], []]
    assert len(await it.told(linked)) == 1
    assert [*Patience().timers((await it.told(linked))[0])] == [], "nothing follows what follows"


async def test_asking_again_completes_it_too(it: Linking) -> None:
    older, younger = await it.open(), await it.open()
    await it.decided_alone(older, younger)

    await it.links.link(AS_EVE, younger.id, older.id)

    assert await it.numbers(older, younger) == [[younger.number], [older.number]]
    assert len(await it.told(older)) == 1


@settings(max_examples=15)
@given(acts=st.lists(st.sampled_from(["link", "unlink", "late"]), min_size=2, max_size=5))
async def test_whoever_does_what_at_once_both_agree(it: Linking, acts: list[str]) -> None:
    older, younger = await it.open(AS_EVE), await it.open(AS_EVE)

    async def act(name: str, turned: bool) -> None:
        pair = (younger.id, older.id) if turned else (older.id, younger.id)
        if name == "late":
            await agree(it.store, older.id, younger.id)
        else:
            await (it.links.link if name == "link" else it.links.unlink)(AS_SAM, *pair)

    await asyncio.gather(*(act(name, n % 2 == 1) for n, name in enumerate(acts)))

    ours, theirs = await it.numbers(older, younger)
    assert (ours == [younger.number]) is (theirs == [older.number])
