"""What a person can do at the desk, over the embedded store."""

import asyncio
from dataclasses import replace

import pytest

from tests.clocks import NOON, Hands
from tests.people import ANN, AS_ANN, AS_BEN, AS_EVE, AS_SAM, BEN, EVE, SAM, SAM_ANSWERS
from tests.tickets.logs import FILE
from tickets.decisions import Decision
from tickets.desks.ticket_desk import Desk, NewTicket, Said
from tickets.events import Change, MessagePosted, TicketChanged, TicketOpened
from tickets.model import (
    AuthorType,
    Caller,
    Delivery,
    IssueLevel,
    Message,
    MessageId,
    Status,
    SupportRole,
    Ticket,
    UserRole,
)
from tickets.policy import DAY, Rules
from tickets.ports.lists import TicketFilter
from tickets.ports.store import Store
from tickets.refusals import (
    MessageNotFound,
    MoveNotAllowed,
    NothingToSay,
    NotTheAuthor,
    ReopenWindowIsOver,
    StaffMustAnswerFirst,
    StaffOnly,
    TicketIsClosed,
    TicketIsOpen,
    TicketNotFound,
)
from tickets.sources import from_api, from_message

NEW = NewTicket(topic="No light", description="The lamp is dark.", metadata={"order": "A-1"})
HELLO = Said("Hello")
FROM_DISCORD = from_message(10, 11)
EVERYTHING = TicketFilter()


@pytest.fixture
async def closed(desk: Desk, ticket: Ticket) -> Ticket:
    """A ticket of Ann's that she closed at noon."""
    return await desk.close(AS_ANN, ticket.id, Status.RESOLVED)


async def test_an_opened_ticket_is_the_caller_s(desk: Desk, store: Store) -> None:
    new = replace(NEW, issue_level=IssueLevel.URGENT, support_role=SupportRole.TECHNICAL)

    ticket = await desk.open(AS_ANN, new)

    assert (ticket.number, ticket.status, ticket.created_at) == (1, Status.OPEN, NOON)
    assert (ticket.requester, ticket.requester_role) == (ANN.key, UserRole.CUSTOMER)
    assert (ticket.topic, ticket.description) == ("No light", "The lamp is dark.")
    assert (ticket.issue_level, ticket.support_role) == (IssueLevel.URGENT, SupportRole.TECHNICAL)
    assert ticket.metadata == {"order": "A-1"}
    assert await desk.ticket(AS_ANN, ticket.id) == ticket
    assert await store.people.people([ANN.key]) == {ANN.key: ANN}


async def test_tickets_opened_at_once_have_numbers_of_their_own(desk: Desk) -> None:
    tickets = await asyncio.gather(*(desk.open(AS_ANN, NEW) for _ in range(20)))

    assert sorted(ticket.number for ticket in tickets) == list(range(1, 21))
    assert len({ticket.id for ticket in tickets}) == 20


async def test_staff_with_a_question_is_a_requester_like_any_other(desk: Desk, store: Store) -> None:
    ticket = await desk.open(AS_EVE, NEW)
    message = await desk.post(AS_EVE, ticket.id, HELLO)

    events = await store.log.events(ticket.id)
    assert isinstance(events[0].data, TicketOpened)
    assert [event.actor.type for event in events] == [AuthorType.REQUESTER] * 2
    assert message.author.type is AuthorType.REQUESTER


async def test_a_ticket_is_found_by_its_id_and_by_its_number(desk: Desk, ticket: Ticket) -> None:
    found = [await desk.ticket(AS_ANN, address) for address in (ticket.id, "1", "01")]

    assert found == [ticket] * 3


@pytest.mark.parametrize(
    "address", ["2", "0", "-1", "1.0", " 1", "", "x", "١", "9" * 15, "9" * 16, "9" * 5000, "\0", "'; --"]
)
async def test_an_address_of_nothing_finds_nothing(desk: Desk, ticket: Ticket, address: str) -> None:
    with pytest.raises(TicketNotFound):
        await desk.ticket(AS_SAM, address)


async def test_another_s_ticket_is_not_there_whatever_one_does(desk: Desk, ticket: Ticket) -> None:
    message = await desk.post(AS_ANN, ticket.id, HELLO)
    attempts = [
        desk.ticket(AS_BEN, ticket.id),
        desk.ticket(AS_BEN, "1"),
        desk.messages(AS_BEN, ticket.id),
        desk.post(AS_BEN, ticket.id, HELLO),
        desk.edit(AS_BEN, ticket.id, message.id, HELLO),
        desk.delete(AS_BEN, ticket.id, message.id),
        desk.add_note(AS_BEN, ticket.id, HELLO),
        desk.change(AS_BEN, ticket.id, {"topic": "Mine"}),
        desk.close(AS_BEN, ticket.id, Status.CANCELED),
        desk.reopen(AS_BEN, ticket.id),
    ]

    refusals = await asyncio.gather(*attempts, return_exceptions=True)

    assert [type(refusal) for refusal in refusals] == [TicketNotFound] * len(attempts)
    assert (await desk.ticket(AS_ANN, ticket.id)).seq == 2


async def test_requesters_list_their_own_tickets_and_staff_lists_all(desk: Desk) -> None:
    for caller in (AS_ANN, AS_BEN, AS_ANN):
        await desk.open(caller, NEW)

    seen = {
        caller: [ticket.number for ticket in (await desk.tickets(caller, EVERYTHING)).items]
        for caller in (AS_ANN, AS_BEN, AS_SAM)
    }
    anns = await desk.tickets(AS_BEN, TicketFilter(requester=ANN.key))

    assert seen == {AS_ANN: [3, 1], AS_BEN: [2], AS_SAM: [3, 2, 1]}
    assert anns.items == []


async def test_both_sides_talk_and_take_turns(desk: Desk, ticket: Ticket, clock: Hands) -> None:
    clock.now += 1000
    answer = await desk.post(AS_SAM, ticket.id, Said("Try the switch"))
    pending = await desk.ticket(AS_ANN, ticket.id)
    reply = await desk.post(AS_ANN, "1", Said("It works", (FILE,)))
    waiting = await desk.ticket(AS_ANN, ticket.id)

    assert (await desk.messages(AS_ANN, ticket.id)).items == [answer, reply]
    assert (answer.author.type, reply.author.type) == (AuthorType.STAFF, AuthorType.REQUESTER)
    assert (answer.content, reply.attachments) == ("Try the switch", (FILE,))
    assert (pending.status, pending.first_response_at) == (Status.PENDING, NOON + 1000)
    assert waiting.status is Status.OPEN


@pytest.mark.parametrize("content", ["", " ", "\n\t", "\u2800", "\u115f\u1160\u200b"])
async def test_saying_nothing_is_refused_unless_there_is_a_file(
    desk: Desk, ticket: Ticket, content: str
) -> None:
    message = await desk.post(AS_ANN, ticket.id, Said(content, (FILE,)))

    for attempt in (
        desk.post(AS_ANN, ticket.id, Said(content)),
        desk.edit(AS_ANN, ticket.id, message.id, Said(content)),
        desk.add_note(AS_SAM, ticket.id, Said(content)),
    ):
        with pytest.raises(NothingToSay):
            await attempt


async def test_what_was_said_in_discord_is_said_once_however_often_it_is_told(
    desk: Desk, store: Store, ticket: Ticket
) -> None:
    messages = await asyncio.gather(
        *(desk.post(AS_SAM, ticket.id, HELLO, source=FROM_DISCORD) for _ in range(5))
    )

    assert {message.id for message in messages} == {"d:11"}
    assert (await desk.messages(AS_ANN, ticket.id)).items == [messages[0]]
    assert messages[0].delivery is Delivery.DELIVERED
    assert (await store.log.events(ticket.id))[1].origin == FROM_DISCORD.origin


async def test_an_event_told_again_after_a_close_is_still_answered(desk: Desk, ticket: Ticket) -> None:
    said = await desk.post(AS_SAM, ticket.id, HELLO, source=FROM_DISCORD)
    await desk.close(AS_SAM, ticket.id)

    again = await desk.post(AS_SAM, ticket.id, HELLO, source=FROM_DISCORD)

    assert again == said


async def test_a_requester_waits_for_staff_where_the_rules_say_so(
    store: Store, clock: Hands, ticket: Ticket
) -> None:
    desk = Desk(store, clock, Rules(require_staff_reply_first=True))

    with pytest.raises(StaffMustAnswerFirst):
        await desk.post(AS_ANN, ticket.id, HELLO)

    await desk.post(AS_SAM, ticket.id, HELLO)
    assert (await desk.post(AS_ANN, ticket.id, HELLO)).content == "Hello"


async def test_an_author_rewords_a_message(desk: Desk, ticket: Ticket, clock: Hands) -> None:
    message = await desk.post(AS_ANN, ticket.id, Said("Helo"))
    clock.now += 1000

    edited = await desk.edit(AS_ANN, ticket.id, message.id, HELLO)

    assert edited == replace(message, content="Hello", edited=True, updated_at=NOON + 1000)
    assert (await desk.messages(AS_ANN, ticket.id)).items == [edited]


async def test_an_author_takes_back_a_message_and_a_tombstone_stays(desk: Desk, ticket: Ticket) -> None:
    message = await desk.post(AS_ANN, ticket.id, Said("Secret", (FILE,)))

    deleted = await desk.delete(AS_ANN, ticket.id, message.id)

    assert deleted == replace(message, content="", attachments=(), deleted=True)
    assert (await desk.messages(AS_SAM, ticket.id)).items == [deleted]


async def test_the_bytes_of_a_file_go_with_the_message_that_held_it(
    desk: Desk, store: Store, ticket: Ticket
) -> None:
    await store.files.put(FILE, b"light")
    message = await desk.post(AS_ANN, ticket.id, Said("Look", (FILE,)))

    await desk.edit(AS_ANN, ticket.id, message.id, Said("Look!", (FILE,)))
    kept = await store.files.get(FILE.id)
    await desk.edit(AS_ANN, ticket.id, message.id, Said("Never mind"))
    gone = await store.files.get(FILE.id)

    assert kept == (FILE, b"light")
    assert gone is None


async def test_nobody_else_touches_a_message(desk: Desk, ticket: Ticket) -> None:
    message = await desk.post(AS_ANN, ticket.id, HELLO)

    for attempt in (
        desk.edit(AS_SAM, ticket.id, message.id, HELLO),
        desk.delete(AS_SAM, ticket.id, message.id),
    ):
        with pytest.raises(NotTheAuthor):
            await attempt


@pytest.mark.parametrize("which", ["unknown", "of another ticket", "deleted"])
async def test_a_message_that_is_not_there_cannot_be_touched(desk: Desk, ticket: Ticket, which: str) -> None:
    other = await desk.open(AS_ANN, NEW)
    deleted = await desk.post(AS_ANN, ticket.id, HELLO)
    await desk.delete(AS_ANN, ticket.id, deleted.id)
    message_id = {
        "unknown": MessageId("m9"),
        "of another ticket": (await desk.post(AS_ANN, other.id, HELLO)).id,
        "deleted": deleted.id,
    }[which]

    for attempt in (
        desk.edit(AS_ANN, ticket.id, message_id, HELLO),
        desk.delete(AS_ANN, ticket.id, message_id),
    ):
        with pytest.raises(MessageNotFound):
            await attempt


async def test_notes_are_never_among_the_messages(desk: Desk, store: Store, ticket: Ticket) -> None:
    note = await desk.add_note(AS_SAM, ticket.id, Said("Careful"))

    assert note.is_note
    for caller in (AS_ANN, AS_SAM):
        assert (await desk.messages(caller, ticket.id)).items == []
    assert await store.views.messages(ticket.id, notes=True) == [note]


async def test_requesters_neither_write_notes_nor_touch_them(desk: Desk, ticket: Ticket) -> None:
    note = await desk.add_note(AS_SAM, ticket.id, Said("Careful"))

    with pytest.raises(StaffOnly):
        await desk.add_note(AS_ANN, ticket.id, HELLO)
    with pytest.raises(MessageNotFound):
        await desk.edit(AS_ANN, ticket.id, note.id, HELLO)
    with pytest.raises(MessageNotFound):
        await desk.delete(AS_ANN, ticket.id, note.id)


async def test_an_agent_rewords_and_takes_back_a_note(desk: Desk, ticket: Ticket) -> None:
    note = await desk.add_note(AS_SAM, ticket.id, Said("Carful"))

    edited = await desk.edit(AS_SAM, ticket.id, note.id, Said("Careful"))
    deleted = await desk.delete(AS_SAM, ticket.id, note.id)

    assert (edited.is_note, edited.content) == (True, "Careful")
    assert (deleted.is_note, deleted.deleted) == (True, True)


async def test_staff_sets_fields_in_one_event(desk: Desk, store: Store, ticket: Ticket) -> None:
    changed = await desk.change(
        AS_SAM,
        ticket.id,
        {"issue_level": "CRITICAL", "topic": "No light", "assignee": str(EVE.key), "status": "PENDING"},
    )

    assert (changed.issue_level, changed.assignee) == (IssueLevel.CRITICAL, EVE.key)
    assert changed.status is Status.PENDING
    last = (await store.log.events(ticket.id))[-1]
    assert last.data == TicketChanged(
        (
            Change("issue_level", "NORMAL", "CRITICAL"),
            Change("assignee", None, str(EVE.key)),
            Change("status", "OPEN", "PENDING"),
        )
    )


async def test_what_is_so_already_is_no_event(desk: Desk, ticket: Ticket) -> None:
    same = await desk.change(AS_SAM, ticket.id, {"issue_level": "NORMAL", "assignee": None})

    assert same == ticket


async def test_requesters_reword_their_ticket_and_no_more(desk: Desk, ticket: Ticket) -> None:
    changed = await desk.change(AS_ANN, ticket.id, {"topic": "Dark", "description": "All is dark."})

    assert (changed.topic, changed.description) == ("Dark", "All is dark.")
    with pytest.raises(StaffOnly):
        await desk.change(AS_ANN, ticket.id, {"issue_level": "CRITICAL"})
    with pytest.raises(MoveNotAllowed):
        await desk.change(AS_ANN, ticket.id, {"status": "PENDING"})


@pytest.mark.parametrize("status", ["RESOLVED", "UNRESOLVED", "CANCELED"])
@pytest.mark.parametrize("caller", [AS_ANN, AS_SAM])
async def test_a_ticket_is_not_closed_by_changing_a_field(
    desk: Desk, ticket: Ticket, caller: Caller, status: str
) -> None:
    await desk.post(AS_SAM, ticket.id, HELLO)

    with pytest.raises(MoveNotAllowed):
        await desk.change(caller, ticket.id, {"status": status})


@pytest.mark.parametrize(
    ("caller", "to"),
    [
        (AS_ANN, Status.RESOLVED),
        (AS_ANN, Status.CANCELED),
        (AS_SAM, Status.UNRESOLVED),
    ],
)
async def test_a_ticket_is_closed_with_a_reason(
    desk: Desk, ticket: Ticket, clock: Hands, caller: Caller, to: Status
) -> None:
    clock.now += 1000

    closed = await desk.close(caller, ticket.id, to, "Done")

    assert (closed.status, closed.close_reason, closed.closed_at) == (to, "Done", NOON + 1000)
    assert closed.closed_by is not None
    assert closed.closed_by.key == caller.key


@pytest.mark.parametrize(
    ("caller", "to"),
    [
        (AS_ANN, Status.UNRESOLVED),
        (AS_SAM, Status.CANCELED),
        (AS_SAM, Status.RESOLVED),
        (AS_SAM, Status.OPEN),
        (AS_SAM, Status.PENDING),
        (AS_ANN, Status.OPEN),
    ],
)
async def test_a_ticket_is_not_closed_in_a_way_that_is_not_the_caller_s(
    desk: Desk, ticket: Ticket, caller: Caller, to: Status
) -> None:
    with pytest.raises(MoveNotAllowed):
        await desk.close(caller, ticket.id, to)


async def test_staff_who_does_not_say_how_closes_as_unresolved_until_staff_has_answered(desk: Desk) -> None:
    unanswered, answered = await desk.open(AS_ANN, NEW), await desk.open(AS_ANN, NEW)
    await desk.post(AS_SAM, answered.id, HELLO)

    closed = [await desk.close(AS_SAM, it.id) for it in (unanswered, answered)]

    assert [it.status for it in closed] == [Status.UNRESOLVED, Status.RESOLVED]


async def test_a_closed_ticket_takes_notes_and_nothing_else(desk: Desk, ticket: Ticket) -> None:
    message = await desk.post(AS_ANN, ticket.id, HELLO)
    await desk.close(AS_ANN, ticket.id, Status.RESOLVED)

    for attempt in (
        desk.post(AS_ANN, ticket.id, HELLO),
        desk.post(AS_SAM, ticket.id, HELLO),
        desk.edit(AS_ANN, ticket.id, message.id, HELLO),
        desk.delete(AS_ANN, ticket.id, message.id),
        desk.change(AS_SAM, ticket.id, {"topic": "x"}),
        desk.change(AS_ANN, ticket.id, {"topic": ticket.topic}),
        desk.close(AS_SAM, ticket.id, Status.UNRESOLVED),
    ):
        with pytest.raises(TicketIsClosed):
            await attempt
    assert (await desk.add_note(AS_SAM, ticket.id, Said("Aftermath"))).content == "Aftermath"


async def test_of_two_who_close_at_once_the_first_wins_and_the_other_is_told(
    desk: Desk, ticket: Ticket
) -> None:
    answers = await asyncio.gather(
        desk.close(AS_ANN, ticket.id, Status.CANCELED),
        desk.close(AS_SAM, ticket.id, Status.UNRESOLVED),
        return_exceptions=True,
    )

    assert [type(answer) for answer in answers].count(TicketIsClosed) == 1
    assert (await desk.ticket(AS_ANN, ticket.id)).seq == 2


async def test_of_two_of_staff_who_close_at_once_one_wins_each_time(desk: Desk) -> None:
    for _ in range(100):
        ticket = await desk.open(AS_ANN, NEW)

        answers = await asyncio.gather(
            desk.close(AS_SAM, ticket.id), desk.close(AS_EVE, ticket.id), return_exceptions=True
        )

        (won,) = [it for it in answers if isinstance(it, Ticket)]
        (lost,) = [it for it in answers if isinstance(it, TicketIsClosed)]
        assert won.closed_by is not None
        assert won.closed_by.key in (AS_SAM.key, AS_EVE.key)
        assert (await desk.ticket(AS_ANN, ticket.id)).closed_by == won.closed_by
        assert str(lost) == f"Ticket {ticket.number} is closed."


@pytest.mark.parametrize("caller", [AS_ANN, AS_SAM])
async def test_a_closed_ticket_is_reopened(desk: Desk, closed: Ticket, caller: Caller) -> None:
    reopened = await desk.reopen(caller, closed.id)

    assert (reopened.status, reopened.closed_at) == (Status.OPEN, None)
    assert (await desk.post(AS_ANN, closed.id, HELLO)).content == "Hello"


async def test_what_is_open_is_not_reopened(desk: Desk, ticket: Ticket) -> None:
    with pytest.raises(TicketIsOpen):
        await desk.reopen(AS_ANN, ticket.id)


async def test_after_the_window_only_staff_reopens(desk: Desk, closed: Ticket, clock: Hands) -> None:
    clock.now = NOON + 7 * DAY + 1

    with pytest.raises(ReopenWindowIsOver):
        await desk.reopen(AS_ANN, closed.id)

    assert (await desk.reopen(AS_SAM, closed.id)).status is Status.OPEN


async def test_a_reopened_ticket_has_a_new_window_when_it_is_closed_again(
    desk: Desk, closed: Ticket, clock: Hands
) -> None:
    clock.now = NOON + 6 * DAY
    await desk.reopen(AS_ANN, closed.id)
    await desk.close(AS_ANN, closed.id, Status.RESOLVED)
    clock.now = NOON + 12 * DAY

    assert (await desk.reopen(AS_ANN, closed.id)).status is Status.OPEN


async def test_whoever_does_something_is_known_by_name_from_then_on(
    desk: Desk, store: Store, ticket: Ticket
) -> None:
    renamed = Caller(replace(SAM, name="Samuel"))
    await desk.post(AS_SAM, ticket.id, HELLO)

    await desk.post(renamed, ticket.id, HELLO)

    assert (await store.people.people([SAM.key]))[SAM.key].name == "Samuel"


async def test_who_is_refused_leaves_no_trace_in_the_log(desk: Desk, store: Store, closed: Ticket) -> None:
    with pytest.raises(TicketIsClosed):
        await desk.post(AS_ANN, closed.id, HELLO)

    assert not any(isinstance(it.data, MessagePosted) for it in await store.log.events(closed.id))


async def test_messages_come_in_pages_in_the_order_of_posting(desk: Desk, ticket: Ticket) -> None:
    said: list[Message] = []
    for n in range(5):
        said.append(await desk.post(AS_ANN, ticket.id, Said(str(n))))
        await desk.add_note(AS_SAM, ticket.id, Said("Careful"))

    first = await desk.messages(AS_ANN, ticket.id, limit=3)
    assert first.next is not None
    rest = await desk.messages(AS_ANN, ticket.id, after_seq=first.next.numbers[0], limit=2)

    assert first.items + rest.items == said
    assert (len(first.items), rest.next) == (3, None)


async def test_who_acts_is_who_the_requester_is_at_that_moment(desk: Desk, store: Store) -> None:
    ticket = await desk.open(AS_ANN, NEW)
    first = await desk.post(AS_EVE, ticket.id, HELLO)
    handed_over = TicketChanged((Change("requester", str(ANN.key), str(EVE.key)),))
    by_sam = Decision(SAM_ANSWERS, handed_over)
    await store.log.append(ticket.id, from_api(), lambda _: by_sam)

    second = await desk.post(AS_EVE, ticket.id, HELLO)

    assert (first.author.type, second.author.type) == (AuthorType.STAFF, AuthorType.REQUESTER)
    with pytest.raises(TicketNotFound):
        await desk.post(AS_ANN, ticket.id, HELLO)


async def test_what_a_log_has_already_is_told_to_nobody_else(desk: Desk, ticket: Ticket) -> None:
    await desk.post(AS_ANN, ticket.id, Said("Secret"), source=FROM_DISCORD)

    with pytest.raises(TicketNotFound):
        await desk.post(AS_BEN, ticket.id, HELLO, source=FROM_DISCORD)


async def test_who_may_not_see_a_ticket_is_not_remembered_for_trying(
    desk: Desk, store: Store, ticket: Ticket
) -> None:
    with pytest.raises(TicketNotFound):
        await desk.post(AS_BEN, ticket.id, HELLO)

    assert await store.people.people([BEN.key]) == {}


async def test_changes_that_come_to_the_same_at_once_are_one_event(
    desk: Desk, store: Store, ticket: Ticket
) -> None:
    changes = [desk.change(AS_SAM, ticket.id, {"issue_level": "URGENT"}) for _ in range(5)]

    tickets = await asyncio.gather(*changes)

    assert {it.issue_level for it in tickets} == {IssueLevel.URGENT}
    assert len(await store.log.events(ticket.id)) == 2


async def test_a_known_address_is_still_nobody_elses(store: Store, clock: Hands) -> None:
    desk = Desk(store, clock, Rules())
    ticket = await desk.open(AS_ANN, NEW)
    await desk.post(AS_ANN, ticket.id, HELLO)

    with pytest.raises(TicketNotFound):
        await desk.post(AS_BEN, ticket.id, HELLO)
