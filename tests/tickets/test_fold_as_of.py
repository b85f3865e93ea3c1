"""What is told of an event long after it: how things were then, in words that may still be read today."""

from dataclasses import replace

import pytest

from tests.clocks import NOON, SECOND
from tests.people import ANN_ASKS, BEN, SAM, SAM_ANSWERS
from tests.tickets.logs import FILE, Logbook, opened
from tickets.events import Change, FeedbackGiven, FeedbackRemoved, MessageEdited, NoteEdited, TicketChanged
from tickets.fold import in_words_of, ticket_of
from tickets.fold_messages import message_as_of, message_of, messages_of
from tickets.model import Attachment, Delivery, Feedback, FileId, Message, MessageId, Status

OTHER_FILE = Attachment(FileId("f2"), "other.png", "image/png", 1)


def told(book: Logbook, message_id: MessageId, **today: object) -> list[Message]:
    """The message as of each of its events, as it is told today."""
    message = replace(messages_of(book.events)[message_id], delivery=Delivery.DELIVERED, **today)  # type: ignore[arg-type]
    return [message_as_of(it, message) for it in book.events if it.message_id == message_id]


def test_each_edit_is_told_with_its_own_words_and_time() -> None:
    book = Logbook()
    said = book.post(ANN_ASKS, "one", FILE)
    book.edit(said, "two")
    book.edit(said, "three")

    posted, first, second = told(book, said)

    assert [it.content for it in (posted, first, second)] == ["one", "two", "three"]
    assert [it.edited for it in (posted, first, second)] == [False, True, True]
    assert [it.attachments for it in (posted, first, second)] == [(FILE,), (), ()]
    assert [it.updated_at for it in (posted, first, second)] == [NOON + n * SECOND for n in (2, 3, 4)]
    assert {it.created_at for it in (posted, first, second)} == {NOON + 2 * SECOND}
    assert {it.delivery for it in (posted, first, second)} == {Delivery.DELIVERED}


def test_edits_of_notes_are_told_as_those_of_messages() -> None:
    book = Logbook()
    note = book.note("one")
    book.add(SAM_ANSWERS, NoteEdited(note, "two", (FILE,)))

    added, edited = told(book, note)

    assert (added.content, edited.content) == ("one", "two")
    assert (added.attachments, edited.attachments) == ((), (FILE,))
    assert added.is_note
    assert edited.is_note


def test_an_edit_is_told_with_the_file_that_a_later_one_took_away() -> None:
    book = Logbook()
    said = book.post(ANN_ASKS, "one", FILE, OTHER_FILE)
    book.add(ANN_ASKS, MessageEdited(said, "two", (FILE,)))
    book.edit(said, "three")

    assert [it.attachments for it in told(book, said)] == [(FILE, OTHER_FILE), (FILE,), ()]


def test_what_the_old_requester_said_is_the_new_one_s_and_what_staff_said_is_not() -> None:
    book = Logbook()
    asked, answered = book.post(ANN_ASKS), book.post(SAM_ANSWERS)
    messages = messages_of(book.events)

    assert message_of(messages[asked], BEN.key).author == replace(ANN_ASKS, key=BEN.key)
    assert message_of(messages[answered], BEN.key) == messages[answered]


def test_what_is_deleted_today_has_no_words_and_no_files_at_any_time() -> None:
    book = Logbook()
    said = book.post(ANN_ASKS, "one", FILE)
    book.edit(said, "two")
    book.delete(said)

    as_told = told(book, said)

    assert [(it.content, it.attachments, it.deleted) for it in as_told] == [("", (), True)] * 3
    assert [it.updated_at for it in as_told] == [NOON + n * SECOND for n in (2, 3, 4)]


def test_an_event_of_the_ticket_tells_a_message_as_it_is() -> None:
    book = Logbook()
    posted = book.post()
    closing = book.close()
    message = messages_of(book.events)[posted]

    assert message_as_of(closing, message) is message


def test_a_ticket_of_then_is_told_in_the_words_of_today() -> None:
    book = Logbook()
    book.add(ANN_ASKS, FeedbackGiven(4, "Slow"))
    then = book.ticket
    book.change(
        TicketChanged(
            (Change("topic", "No light", "Light"), Change("description", "The lamp is dark.", "It shines."))
        )
    )
    book.close()

    seen = in_words_of(book.ticket, then)

    assert (seen.topic, seen.description) == ("Light", "It shines.")
    assert (seen.status, seen.seq) == (Status.OPEN, 2)
    assert seen.feedback == Feedback(4, "Slow", NOON + 2 * SECOND)


def test_feedback_that_was_removed_keeps_its_stars_and_loses_its_words() -> None:
    book = Logbook()
    book.add(ANN_ASKS, FeedbackGiven(4, "Slow"))
    then = book.ticket
    book.add(SAM_ANSWERS, FeedbackRemoved())

    assert in_words_of(book.ticket, then).feedback == Feedback(4, None, NOON + 2 * SECOND)
    assert in_words_of(then, ticket_of(book.events[:1])).feedback is None


def test_a_ticket_may_be_somebody_s_from_its_opening() -> None:
    assert Logbook(opening=replace(opened(), assignee=SAM.key)).ticket.assignee == SAM.key


def test_two_files_go_in_one_change() -> None:
    book = Logbook(opening=replace(opened(), attachments=(FILE, OTHER_FILE)))

    book.change(
        TicketChanged((Change("attachments", FILE.id, None), Change("attachments", OTHER_FILE.id, None)))
    )

    assert book.ticket.attachments == ()


@pytest.mark.parametrize("closed", [False, True])
def test_a_ticket_is_handed_over_with_all_else_that_changes(closed: bool) -> None:
    book = Logbook()
    if closed:
        book.close(actor=ANN_ASKS)

    book.change(
        TicketChanged(
            (Change("topic", "No light", "Light"), Change("requester", str(ANN_ASKS.key), str(BEN.key)))
        )
    )

    assert (book.ticket.topic, book.ticket.requester) == ("Light", BEN.key)
    assert (book.ticket.closed_by and book.ticket.closed_by.key) == (BEN.key if closed else None)
