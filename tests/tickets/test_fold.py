"""Events make state, the same whether folded one by one, at once, or in two halves."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.clocks import NOON, SECOND
from tests.people import ANN, ANN_ASKS, BEN, EVE, SAM_ANSWERS
from tests.tickets.histories import histories
from tests.tickets.logs import FILE, Logbook, opened
from tickets.events import (
    Change,
    Event,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    NoteAdded,
    NoteDeleted,
    NoteEdited,
    Place,
    TicketChanged,
    TicketClosed,
    TicketReopened,
)
from tickets.fields import field_value
from tickets.fold import ticket_after, ticket_of
from tickets.fold_messages import message_after, messages_of
from tickets.model import (
    SYSTEM,
    Actor,
    AuthorType,
    Delivery,
    FileId,
    IssueLevel,
    Message,
    MessageId,
    Millis,
    Status,
    SupportRole,
    TicketId,
    UserRole,
)


def at(seq: int) -> Millis:
    """When a logbook's event with this number happened."""
    return NOON + seq * SECOND


def changed(field: str, old: str | None, new: str | None) -> TicketChanged:
    return TicketChanged((Change(field, old, new),))


def test_a_ticket_begins_as_it_was_opened() -> None:
    ticket = Logbook(opening=replace(opened(), attachments=(FILE,))).ticket

    assert (ticket.number, ticket.topic, ticket.description) == (7, "No light", "The lamp is dark.")
    assert (ticket.issue_level, ticket.support_role) == (IssueLevel.NORMAL, SupportRole.GENERAL)
    assert (ticket.status, ticket.waiting_since) == (Status.OPEN, at(1))
    assert (ticket.created_at, ticket.updated_at, ticket.last_event_at) == (at(1),) * 3
    assert ticket.metadata == {"order": "A-1"}
    assert ticket.locale == "de-AT"
    assert ticket.attachments == (FILE,)
    assert ticket.message_count == 0
    assert not ticket.staff_has_posted


def test_a_ticket_s_metadata_are_its_own() -> None:
    metadata = {"order": "A-1"}
    ticket = Logbook(opening=replace(opened(), metadata=metadata)).ticket

    metadata["order"] = "B-2"

    assert ticket.metadata == {"order": "A-1"}


def test_a_log_that_does_not_begin_with_the_opening_makes_no_ticket() -> None:
    book = Logbook()
    book.post()

    with pytest.raises(ValueError, match="begins with"):
        ticket_of(book.events[1:])
    with pytest.raises(ValueError, match="begins with"):
        ticket_of([])
    with pytest.raises(ValueError, match="begins with"):
        ticket_of([replace(book.events[0], seq=2)])


@pytest.mark.parametrize("seq", [1, 2, 4])
def test_an_event_that_does_not_follow_is_refused(seq: int) -> None:
    book = Logbook()
    book.post()
    next_event = replace(book.add(ANN_ASKS, MessagePosted("Late")), seq=seq)

    with pytest.raises(ValueError, match="does not follow"):
        ticket_after(ticket_of(book.events[:2]), next_event)


def test_it_is_the_requester_s_turn_once_staff_has_spoken() -> None:
    book = Logbook()

    book.post(SAM_ANSWERS)

    assert (book.ticket.status, book.ticket.waiting_since) == (Status.PENDING, None)


def test_it_is_staff_s_turn_once_the_requester_has_spoken() -> None:
    book = Logbook()
    book.post(SAM_ANSWERS)

    book.post(ANN_ASKS)

    assert (book.ticket.status, book.ticket.waiting_since) == (Status.OPEN, at(3))


def test_who_speaks_again_has_waited_since_the_first_time() -> None:
    book = Logbook()

    book.post(ANN_ASKS)
    book.post(ANN_ASKS)

    assert book.ticket.waiting_since == at(1)


def test_what_the_system_says_is_nobody_s_turn() -> None:
    book = Logbook()
    book.post(SAM_ANSWERS)

    book.post(SYSTEM)

    assert (book.ticket.status, book.ticket.waiting_since) == (Status.PENDING, None)
    assert (book.ticket.message_count, book.ticket.last_message_at) == (2, at(3))


def test_only_the_first_answer_of_staff_is_the_first_response() -> None:
    book = Logbook()
    book.post(ANN_ASKS)
    book.post(SAM_ANSWERS)
    book.post(SAM_ANSWERS)

    assert book.ticket.first_response_at == at(3)


def test_a_note_is_no_response_and_changes_nothing_that_requesters_see() -> None:
    book = Logbook()
    before = book.ticket

    book.note()

    assert book.ticket == replace(before, seq=2, last_event_at=at(2))


def test_the_turn_can_be_set_by_hand() -> None:
    book = Logbook()

    book.change(changed("status", "OPEN", "PENDING"))
    pending = book.ticket
    book.change(changed("status", "PENDING", "OPEN"))

    assert (pending.status, pending.waiting_since) == (Status.PENDING, None)
    assert (book.ticket.status, book.ticket.waiting_since) == (Status.OPEN, at(3))


def test_fields_change_together() -> None:
    book = Logbook()

    book.change(
        TicketChanged(
            (
                Change("topic", "No light", "Dark"),
                Change("description", "The lamp is dark.", "All is dark."),
                Change("issue_level", "NORMAL", "CRITICAL"),
                Change("support_role", "GENERAL", "ADMIN"),
                Change("assignee", None, str(EVE.key)),
            )
        )
    )

    assert (book.ticket.topic, book.ticket.description) == ("Dark", "All is dark.")
    assert (book.ticket.issue_level, book.ticket.support_role) == (IssueLevel.CRITICAL, SupportRole.ADMIN)
    assert book.ticket.assignee == EVE.key
    assert book.ticket.updated_at == at(2)


def test_a_ticket_is_released_by_no_assignee() -> None:
    book = Logbook()
    book.change(changed("assignee", None, str(EVE.key)))

    book.change(changed("assignee", str(EVE.key), None))

    assert book.ticket.assignee is None


@pytest.mark.parametrize("field", ["number", "id", "seq", "metadata", "closed_at", "nonsense"])
def test_a_field_that_cannot_change_is_refused(field: str) -> None:
    with pytest.raises(ValueError, match="no changeable field"):
        field_value(field, "x")


@pytest.mark.parametrize(
    ("field", "text"), [("status", "CLOSED"), ("issue_level", None), ("support_role", "x")]
)
def test_a_value_that_a_field_cannot_have_is_refused(field: str, text: str | None) -> None:
    with pytest.raises(ValueError, match="is not a valid"):
        field_value(field, text)


def test_a_closed_ticket_knows_when_by_whom_how_and_why() -> None:
    book = Logbook()

    book.close(Status.UNRESOLVED, "No answer")

    ticket = book.ticket
    assert (ticket.status, ticket.close_reason) == (Status.UNRESOLVED, "No answer")
    assert (ticket.closed_at, ticket.closed_by, ticket.closed_seq) == (at(2), SAM_ANSWERS, 2)
    assert ticket.waiting_since is None


def test_a_reopened_ticket_is_staff_s_turn_and_forgets_how_it_ended() -> None:
    book = Logbook()
    book.post(SAM_ANSWERS)
    book.close(Status.RESOLVED, "Done")

    book.reopen()

    ticket = book.ticket
    assert (ticket.status, ticket.waiting_since) == (Status.OPEN, at(4))
    assert (ticket.closed_at, ticket.closed_by, ticket.closed_seq, ticket.close_reason) == (None,) * 4
    assert ticket.first_response_at == at(2)


def test_a_message_is_what_was_posted() -> None:
    book = Logbook()
    message_id = book.post(ANN_ASKS, "Hello", FILE)

    message = messages_of(book.events)[message_id]

    assert message == Message(
        id=message_id,
        ticket_id=TicketId("t1"),
        seq=2,
        author=ANN_ASKS,
        content="Hello",
        attachments=(FILE,),
        created_at=at(2),
        updated_at=at(2),
    )


@pytest.mark.parametrize(
    ("place", "delivery"),
    [(Place.API, Delivery.QUEUED), (Place.DESK, Delivery.QUEUED), (Place.DISCORD, Delivery.DELIVERED)],
)
def test_what_was_said_in_discord_has_reached_discord(place: Place, delivery: Delivery) -> None:
    book = Logbook()
    event = book.add(SAM_ANSWERS, MessagePosted("Hi"), place)

    assert messages_of(book.events)[MessageId(event.id)].delivery is delivery


def test_an_edited_message_keeps_its_place_and_time_of_posting() -> None:
    book = Logbook()
    message_id = book.post(ANN_ASKS, "Helo", FILE)
    book.post(SAM_ANSWERS)

    book.edit(message_id, "Hello")

    first, _ = messages_of(book.events).values()
    assert (first.id, first.seq, first.created_at, first.updated_at) == (message_id, 2, at(2), at(4))
    assert (first.content, first.attachments, first.edited) == ("Hello", (), True)


def test_a_deleted_message_leaves_an_empty_tombstone_that_stays() -> None:
    book = Logbook()
    message_id = book.post(ANN_ASKS, "Secret", FILE)

    book.delete(message_id)
    tombstone = messages_of(book.events)[message_id]
    book.edit(message_id, "Back again")
    book.delete(message_id)

    assert (tombstone.deleted, tombstone.content, tombstone.attachments) == (True, "", ())
    assert tombstone.updated_at == at(3)
    assert messages_of(book.events)[message_id] == tombstone


def test_deleting_a_message_neither_counts_nor_takes_a_turn() -> None:
    book = Logbook()
    message_id = book.post(ANN_ASKS)
    before = book.ticket

    book.delete(message_id, SAM_ANSWERS)

    assert book.ticket == replace(before, seq=3, updated_at=at(3), last_event_at=at(3))


def test_notes_are_edited_and_deleted_like_messages() -> None:
    book = Logbook()
    note_id = book.note("Carful")

    book.add(SAM_ANSWERS, NoteEdited(note_id, "Careful"))
    edited = messages_of(book.events)[note_id]
    book.add(SAM_ANSWERS, NoteDeleted(note_id))
    deleted = messages_of(book.events)[note_id]

    assert (edited.is_note, edited.content, edited.edited) == (True, "Careful", True)
    assert (deleted.is_note, deleted.content, deleted.deleted) == (True, "", True)


@pytest.mark.parametrize("data", [MessageEdited(MessageId("m9"), "x"), MessageDeleted(MessageId("m9"))])
def test_what_happens_to_a_message_that_is_not_there_makes_none(data: MessageEdited | MessageDeleted) -> None:
    book = Logbook()
    book.add(ANN_ASKS, data)

    assert messages_of(book.events) == {}


@pytest.mark.parametrize("data", [TicketClosed(Status.RESOLVED), TicketReopened(), TicketChanged(())])
def test_an_event_about_the_ticket_leaves_messages_alone(
    data: TicketClosed | TicketReopened | TicketChanged,
) -> None:
    book = Logbook()
    message = messages_of([*book.events, book.add(ANN_ASKS, MessagePosted("Hi"))])[MessageId("t1-2")]
    event = book.add(SAM_ANSWERS, data)

    assert event.message_id is None
    assert message_after(message, event) is message


def test_an_event_names_the_files_that_it_lets_go() -> None:
    book = Logbook()
    message_id = book.post(ANN_ASKS, "", FILE)

    edited = book.add(ANN_ASKS, MessageEdited(message_id, "x", (), (FILE.id,)))
    deleted = book.add(ANN_ASKS, MessageDeleted(message_id, (FileId("f2"),)))

    assert [event.dropped for event in (*book.events[:2], edited, deleted)] == [(), (), ("f1",), ("f2",)]


@given(histories(), st.data())
def test_a_log_folds_the_same_in_two_halves(log: list[Event], data: st.DataObject) -> None:
    cut = data.draw(st.integers(1, len(log)))

    ticket = ticket_of(log[:cut])
    for event in log[cut:]:
        ticket = ticket_after(ticket, event)

    assert ticket == ticket_of(log)


@given(histories())
def test_a_message_folds_from_its_own_events_alone(log: list[Event]) -> None:
    for message_id, message in messages_of(log).items():
        alone: Message | None = None
        for event in log:
            if event.message_id == message_id:
                alone = message_after(alone, event)

        assert alone == message


@given(histories())
def test_a_ticket_is_what_its_log_says(log: list[Event]) -> None:
    ticket = ticket_of(log)

    posts = [event for event in log if isinstance(event.data, MessagePosted)]
    answers = [event.at for event in posts if event.actor.type is AuthorType.STAFF]
    public = [event.at for event in log if not isinstance(event.data, NoteAdded | NoteEdited | NoteDeleted)]
    ends = [event for event in log if isinstance(event.data, TicketClosed | TicketReopened)]
    closing = ends[-1] if ends and isinstance(ends[-1].data, TicketClosed) else None

    assert (ticket.seq, ticket.last_event_at) == (len(log), log[-1].at)
    assert ticket.updated_at == public[-1]
    assert ticket.message_count == len(posts)
    assert ticket.last_message_at == (posts[-1].at if posts else None)
    assert ticket.first_response_at == (answers[0] if answers else None)
    assert ticket.is_closed == (closing is not None)
    assert ticket.closed_seq == (closing.seq if closing else None)
    assert (ticket.waiting_since is not None) == (ticket.status is Status.OPEN)


@given(histories())
def test_tombstones_stay_and_are_empty(log: list[Event]) -> None:
    deleted = {event.message_id for event in log if isinstance(event.data, MessageDeleted | NoteDeleted)}

    messages = messages_of(log)

    assert {message.id for message in messages.values() if message.deleted} == deleted
    assert all(not (m.content or m.attachments) for m in messages.values() if m.deleted)


@given(histories())
def test_messages_come_in_the_order_of_posting(log: list[Event]) -> None:
    seqs = [message.seq for message in messages_of(log).values()]

    assert seqs == sorted(seqs)


def test_a_ticket_that_is_handed_over_was_always_the_new_requesters() -> None:
    book = Logbook()
    book.add(ANN_ASKS, TicketClosed(Status.RESOLVED))
    changes = (
        Change("requester", str(ANN.key), str(BEN.key)),
        Change("requester_role", "CUSTOMER", "TEMP_USER"),
    )
    event = book.add(SAM_ANSWERS, TicketChanged(changes))

    ticket = ticket_of(book.events)

    assert isinstance(event.data, TicketChanged)
    assert event.data.hands_over
    assert (ticket.requester, ticket.requester_role) == (BEN.key, UserRole.TEMP_USER)
    assert ticket.closed_by == Actor(AuthorType.REQUESTER, BEN.key)


def test_what_staff_closed_stays_closed_by_staff_when_it_is_handed_over() -> None:
    book = Logbook()
    book.add(SAM_ANSWERS, TicketClosed(Status.UNRESOLVED))
    book.add(SAM_ANSWERS, TicketChanged((Change("requester", str(ANN.key), str(BEN.key)),)))

    assert ticket_of(book.events).closed_by == SAM_ANSWERS
