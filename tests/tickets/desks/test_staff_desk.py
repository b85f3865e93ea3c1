"""What staff reads, and what of it requesters may read of their own."""

import pytest

from tests.clocks import Hands
from tests.people import ANN, AS_ANN, AS_BEN, AS_EVE, AS_SAM, EVE, SAM
from tickets.desks.staff_desk import StaffDesk
from tickets.desks.ticket_desk import Desk, NewTicket, Said
from tickets.model import Caller, Status, Ticket
from tickets.ports.store import Store
from tickets.refusals import StaffOnly, TicketNotFound
from tickets.staff_names import StaffName, StaffNames

NEW = NewTicket(topic="x", description="y")


@pytest.fixture
def staff(desk: Desk, store: Store) -> StaffDesk:
    return StaffDesk(desk, store)


@pytest.mark.parametrize(("caller", "sees"), [(AS_ANN, False), (AS_SAM, True)])
async def test_a_transcript_has_notes_for_staff_alone(
    staff: StaffDesk, desk: Desk, ticket: Ticket, caller: Caller, sees: bool
) -> None:
    await desk.add_note(AS_SAM, ticket.id, Said("Careful"))
    await desk.close(AS_SAM, ticket.id)

    transcript = await staff.transcript(caller, "1")

    assert [it.content for it in transcript.messages] == (["Careful"] if sees else [])
    assert [it.seq for it in transcript.history] == [1, 3]
    assert transcript.people.keys() == {ANN.key, SAM.key}
    with pytest.raises(TicketNotFound):
        await staff.transcript(AS_BEN, "1")


async def test_requesters_read_staff_under_the_chosen_name(desk: Desk, store: Store, ticket: Ticket) -> None:
    await desk.post(AS_SAM, ticket.id, Said("Hello"))
    staff = StaffDesk(desk, store, StaffNames(StaffName.FIXED, "The lamp shop"))

    names = [(await staff.transcript(caller, ticket.id)).name_of_key(SAM.key) for caller in (AS_ANN, AS_EVE)]

    assert names == ["The lamp shop", "Sam"]


async def test_history_and_notes_are_staffs(staff: StaffDesk, desk: Desk, ticket: Ticket) -> None:
    note = await desk.add_note(AS_SAM, ticket.id, Said("Careful"))
    await desk.close(AS_SAM, ticket.id, Status.UNRESOLVED, "Nobody came")

    history = await staff.history(AS_EVE, ticket.id)

    assert [(it.field, it.new) for it in history] == [
        ("status", "OPEN"),
        ("category", "support"),
        ("status", "UNRESOLVED"),
        ("close_reason", "Nobody came"),
    ]
    assert (await staff.notes(AS_EVE, ticket.id)).items == [note]
    for attempt in (staff.history(AS_ANN, ticket.id), staff.notes(AS_ANN, ticket.id)):
        with pytest.raises(StaffOnly):
            await attempt


async def test_the_queue_is_whoever_waits_the_longest_first(
    staff: StaffDesk, desk: Desk, clock: Hands, ticket: Ticket
) -> None:
    clock.now += 1000
    other = await desk.open(AS_ANN, NEW)
    answered = await desk.open(AS_ANN, NEW)
    await desk.post(AS_SAM, answered.id, Said("Hello"))

    queue = await staff.queue(AS_EVE, after=None, limit=10)

    assert [it.id for it in queue.items] == [ticket.id, other.id]
    assert {EVE.key, SAM.key}.isdisjoint(it.requester for it in queue.items)
    with pytest.raises(StaffOnly):
        await staff.queue(AS_ANN, after=None, limit=10)
