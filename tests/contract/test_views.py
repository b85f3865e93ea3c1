"""Single tickets, and the messages and notes of a ticket."""

from tests.contract.acts import append, note, open_ticket, post
from tests.people import SAM_ANSWERS
from tickets.events import LabelsChanged, MessageDeleted
from tickets.model import MessageId, TicketId
from tickets.ports.readings import MOST_UNREAD, Reading, Unread
from tickets.ports.store import Store


async def test_a_ticket_that_is_not_there(store: Store) -> None:
    assert await store.views.ticket(TicketId("nowhere")) is None
    assert await store.views.ticket_at("404") is None
    assert await store.views.ticket_at(str(2**70)) is None
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


async def test_what_each_side_has_not_seen_is_counted(store: Store) -> None:
    silent, lively = await open_ticket(store), await open_ticket(store)
    asked = await post(store, lively, "Is anybody there?")
    await post(store, lively, "Yes", SAM_ANSWERS)
    await note(store, lively, "Careful with this one")
    taken_back = await post(store, lively, "Go away", SAM_ANSWERS)
    await post(store, lively, "Good")
    await append(store, lively.id, MessageDeleted(MessageId(taken_back.id)), SAM_ANSWERS)

    async def unread(requester_seq: int, staff_seq: int) -> Unread:
        seen = {it.id: Reading(requester_seq, staff_seq) for it in (silent, lively)}
        counted = await store.views.unread(seen)
        assert counted.get(silent.id, Unread()) == Unread()
        return counted[lively.id]

    assert await unread(0, 0) == Unread(requester=1, staff=2)
    assert await unread(0, asked.seq) == Unread(requester=1, staff=1)
    assert await unread(taken_back.seq, 2**40) == Unread(requester=0, staff=0)
    assert await store.views.unread({}) == {}


async def test_nobody_counts_beyond_a_hundred_unread_messages(store: Store) -> None:
    ticket = await open_ticket(store)
    for n in range(MOST_UNREAD + 2):
        await post(store, ticket, f"{n}")

    counted = await store.views.unread({ticket.id: Reading()})

    assert counted[ticket.id] == Unread(requester=0, staff=MOST_UNREAD)


async def test_the_last_message_of_each_ticket_is_found(store: Store) -> None:
    silent, noted, lively = [await open_ticket(store) for _ in range(3)]
    await note(store, noted)
    await post(store, lively, "First")
    last = await post(store, lively, "Last")
    await note(store, lively)

    found = await store.views.last_messages([silent.id, noted.id, lively.id, TicketId("nowhere")])

    assert {ticket_id: it.id for ticket_id, it in found.items()} == {lively.id: MessageId(last.id)}
    assert await store.views.last_messages([]) == {}


async def test_labels_in_use_are_found_by_how_they_begin(store: Store) -> None:
    first, second = await open_ticket(store), await open_ticket(store)
    names = ("bug", "billing", "bike", "wait")
    await append(store, first.id, LabelsChanged(added=names), SAM_ANSWERS)
    await append(store, second.id, LabelsChanged(added=("wait", "zoo")), SAM_ANSWERS)
    await append(store, first.id, LabelsChanged(removed=("bike", "wait")), SAM_ANSWERS)

    assert await store.views.labels("", 9) == ["billing", "bug", "wait", "zoo"]
    assert await store.views.labels("b", 2) == ["billing", "bug"]
    assert await store.views.labels("b", 1) == ["billing"]
    assert await store.views.labels("c", 2) == []
