"""Tickets are merged as a whole, over every store, whoever ends in the middle."""

import asyncio
from dataclasses import dataclass

import pytest

from tests.clocks import Hands
from tests.people import AS_ANN, AS_BEN, AS_EVE, AS_SAM
from tickets.desks.merge_desk import MergeDesk
from tickets.desks.staff_desk import StaffDesk
from tickets.desks.ticket_desk import Desk, NewTicket, Said
from tickets.events import Event, TicketAbsorbed, TicketClosed, TicketErased
from tickets.merging import CompletingMerges, absorb
from tickets.model import Caller, Status, Ticket, UserKey
from tickets.policy import Rules
from tickets.ports.store import Store
from tickets.ports.timers import Timer, TimerKind
from tickets.refusals import CannotMergeTickets, StaffOnly, TicketIsClosed, TicketIsMerged, TicketNotFound
from tickets.sources import from_api
from tickets.timekeeping import AT_ONCE, Patience


@dataclass
class Merging:
    store: Store
    desk: Desk
    merging: MergeDesk

    async def open(self, topic: str = "No light", caller: Caller = AS_ANN) -> Ticket:
        return await self.desk.open(caller, NewTicket(topic=topic, description=f"{topic}, really."))

    async def fresh(self, ticket: Ticket) -> Ticket:
        found = await self.store.views.ticket(ticket.id)
        assert found is not None
        return found

    async def absorbed_by(self, ticket: Ticket) -> list[Event]:
        return [it for it in await self.store.log.events(ticket.id) if isinstance(it.data, TicketAbsorbed)]

    async def closed_alone(self, other: Ticket, into: Ticket) -> Event:
        """As if a process had ended between the two events."""

        def decide(_: Ticket, __: object) -> TicketClosed:
            return TicketClosed(Status.UNRESOLVED, None, into.id, into.number)

        return (await self.desk.appending.append(AS_SAM, other.id, decide, from_api())).event


@pytest.fixture
def it(store: Store, clock: Hands) -> Merging:
    desk = Desk(store, clock, Rules())
    return Merging(store, desk, MergeDesk(desk, store))


async def test_one_is_closed_and_the_other_takes_it_in(it: Merging) -> None:
    into, other = await it.open(), await it.open("No sound")

    merged = await it.merging.merge(AS_SAM, into.id, str(other.number))
    again = await it.merging.merge(AS_SAM, into.id, other.id)

    closed = await it.fresh(other)
    assert (closed.status, closed.merged_into) == (Status.UNRESOLVED, into.id)
    assert (merged.status, merged.merged_into) == (Status.OPEN, None)
    assert again == merged
    assert len(await it.absorbed_by(into)) == 1


async def test_what_was_merged_takes_no_posts_and_is_not_reopened(it: Merging) -> None:
    into, other = await it.open(), await it.open("No sound")
    await it.merging.merge(AS_SAM, into.id, other.id)

    words = f"Ticket {other.number} was merged into ticket {into.number}."
    for caller in (AS_ANN, AS_SAM):
        with pytest.raises(TicketIsMerged, match=words):
            await it.desk.post(caller, other.id, Said("Hello?"))
        with pytest.raises(TicketIsMerged):
            await it.desk.reopen(caller, other.id)
        with pytest.raises(TicketIsMerged):
            await it.desk.close(caller, other.id)


async def test_whoever_waited_there_waits_here(it: Merging) -> None:
    into, other = await it.open(), await it.open("No sound")
    await it.desk.post(AS_SAM, into.id, Said("Done?"))

    merged = await it.merging.merge(AS_SAM, into.id, other.id)

    assert (merged.status, merged.waiting_since) == (Status.OPEN, other.waiting_since)
    page = await it.store.waiting.page(None, 10)
    assert [ticket.id for ticket in page.items] == [into.id]


async def test_where_nobody_waited_nothing_changes(it: Merging) -> None:
    into, other = await it.open(), await it.open("No sound")
    for ticket in (into, other):
        await it.desk.post(AS_SAM, ticket.id, Said("Done?"))

    merged = await it.merging.merge(AS_SAM, into.id, other.id)

    assert (merged.status, merged.waiting_since) == (Status.PENDING, None)


async def test_the_transcript_has_the_others_conversation_once_for_both_sides(it: Merging) -> None:
    first, second, third = [await it.open(topic) for topic in ("One", "Two", "Three")]
    await it.desk.post(AS_ANN, first.id, Said("Of the first"))
    await it.desk.add_note(AS_SAM, first.id, Said("Psst"))
    await it.merging.merge(AS_SAM, second.id, first.id)
    await it.merging.merge(AS_SAM, third.id, second.id)
    staff = StaffDesk(it.desk, it.store)

    for caller, said in ((AS_SAM, ["Of the first", "Psst"]), (AS_ANN, ["Of the first"])):
        (two,) = (await staff.transcript(caller, third.id)).absorbed
        (one,) = two.absorbed
        assert (two.ticket.number, one.ticket.number) == (second.number, first.number)
        assert [message.content for message in one.messages] == said
        assert one.absorbed == []


@pytest.mark.parametrize("caller", [AS_ANN, AS_BEN])
async def test_only_staff_merges(it: Merging, caller: Caller) -> None:
    into, other = await it.open(), await it.open("No sound")

    with pytest.raises((StaffOnly, TicketNotFound)):
        await it.merging.merge(caller, into.id, other.id)

    assert not (await it.fresh(other)).is_closed


async def test_tickets_of_different_requesters_and_one_with_itself_are_not_merged(it: Merging) -> None:
    into, others = await it.open(), await it.open("No sound", AS_BEN)

    with pytest.raises(CannotMergeTickets, match="different requesters"):
        await it.merging.merge(AS_SAM, into.id, others.id)
    with pytest.raises(CannotMergeTickets, match="they are one"):
        await it.merging.merge(AS_SAM, into.id, str(into.number))


async def test_closed_tickets_are_not_merged(it: Merging) -> None:
    into, other, third = [await it.open() for _ in range(3)]
    await it.desk.close(AS_SAM, other.id)
    await it.merging.merge(AS_SAM, into.id, third.id)

    with pytest.raises(TicketIsClosed):
        await it.merging.merge(AS_SAM, into.id, other.id)
    with pytest.raises(TicketIsClosed):
        await it.merging.merge(AS_SAM, other.id, into.id)
    with pytest.raises(TicketIsMerged):
        await it.merging.merge(AS_SAM, third.id, into.id)


async def test_a_timer_completes_what_a_process_has_begun(it: Merging) -> None:
    into, other = await it.open(), await it.open("No sound")
    closing = await it.closed_alone(other, into)
    timers = [*Patience().timers(closing)]

    for _ in range(2):
        await CompletingMerges(it.store).show(timers[0])

    assert timers == [Timer(other.id, TimerKind.MERGE, closing.seq, AT_ONCE)]
    (absorbed,) = await it.absorbed_by(into)
    assert absorbed.actor == closing.actor


async def test_asking_again_completes_it_too(it: Merging) -> None:
    into, other = await it.open(), await it.open("No sound")
    await it.closed_alone(other, into)

    await it.merging.merge(AS_EVE, into.id, other.id)

    assert len(await it.absorbed_by(into)) == 1


async def test_who_merges_the_same_at_once_merges_once(it: Merging) -> None:
    into, other = await it.open(), await it.open("No sound")

    await asyncio.gather(
        *(it.merging.merge(caller, into.id, other.id) for caller in (AS_SAM, AS_EVE)), return_exceptions=True
    )

    closings = [e for e in await it.store.log.events(other.id) if isinstance(e.data, TicketClosed)]
    assert (len(closings), len(await it.absorbed_by(into))) == (1, 1)


async def test_of_two_that_were_merged_into_each_other_the_older_one_goes_on(it: Merging) -> None:
    older, newer = await it.open(), await it.open("No sound")
    closings = [await it.closed_alone(older, newer), await it.closed_alone(newer, older)]

    for _ in range(2):
        for closing in closings:
            await absorb(it.store, closing)

    assert (await it.fresh(older)).status is Status.OPEN
    assert (await it.fresh(newer)).merged_into == older.id
    assert (len(await it.absorbed_by(older)), len(await it.absorbed_by(newer))) == (1, 0)


async def test_a_ticket_that_was_erased_meanwhile_takes_nothing_in(it: Merging) -> None:
    into, other = await it.open(), await it.open("No sound")
    closing = await it.closed_alone(other, into)
    await it.desk.close(AS_SAM, into.id)

    def erase(_: Ticket, __: object) -> TicketErased:
        return TicketErased(UserKey.parse("default erased-1"))

    await it.desk.appending.append(AS_SAM, into.id, erase, from_api())

    assert await absorb(it.store, closing) is None
    assert await it.absorbed_by(into) == []
