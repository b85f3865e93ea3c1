from hypothesis import given

from tests.people import ANN, ANN_ASKS, BEN, EVE, SAM, SAM_ANSWERS
from tests.tickets.histories import histories
from tests.tickets.logs import Logbook
from tickets.events import (
    Change,
    Event,
    MessagePosted,
    NoteAdded,
    TicketChanged,
    TicketClosed,
    TicketOpened,
    TicketReopened,
)
from tickets.fold import ticket_of
from tickets.model import SYSTEM, Actor, AuthorType, Status
from tickets.transcript import people_in, transcript_of

PEOPLE = {person.key: person for person in (ANN, SAM)}


@given(histories())
def test_a_transcript_holds_no_note_unless_asked(log: list[Event]) -> None:
    transcript = transcript_of(log, PEOPLE)

    assert not any(message.is_note for message in transcript.messages)
    assert not any(isinstance(event.data, NoteAdded) for event in transcript.history)


@given(histories())
def test_a_transcript_with_notes_holds_everything_said_in_order(log: list[Event]) -> None:
    transcript = transcript_of(log, PEOPLE, notes=True)

    said = [event.message_id for event in log if isinstance(event.data, MessagePosted | NoteAdded)]
    assert [message.id for message in transcript.messages] == said
    assert transcript.ticket == ticket_of(log)


def test_the_history_is_what_happened_to_the_ticket_itself() -> None:
    book = Logbook()
    book.post()
    book.note()
    book.change(TicketChanged((Change("topic", "a", "b"),)))
    book.close()
    book.reopen()

    history = transcript_of(book.events, PEOPLE).history

    kinds = [type(event.data) for event in history]
    assert kinds == [TicketOpened, TicketChanged, TicketClosed, TicketReopened]


def test_somebody_goes_by_name_somebody_unknown_by_id_and_nobody_by_the_desk_s() -> None:
    transcript = transcript_of(Logbook().events, PEOPLE)

    names = [transcript.name_of(actor) for actor in (ANN_ASKS, Actor(AuthorType.STAFF, EVE.key), SYSTEM)]

    assert names == ["Ann", "eve", "Guildesk"]


def test_participants_come_with_the_busiest_first() -> None:
    book = Logbook()
    book.post(ANN_ASKS)
    book.post(SAM_ANSWERS)
    book.post(SAM_ANSWERS)
    book.note()
    book.post(SYSTEM)

    participants = transcript_of(book.events, PEOPLE).participants

    assert list(participants.items()) == [(SAM.key, 2), (ANN.key, 1)]


def test_everybody_is_known_who_did_something_or_had_the_ticket() -> None:
    book = Logbook()
    book.post(SAM_ANSWERS)
    book.change(TicketChanged((Change("assignee", None, str(EVE.key)), Change("topic", "a", "b"))))
    book.change(TicketChanged((Change("assignee", str(EVE.key), str(BEN.key)),)))
    book.change(TicketChanged((Change("assignee", str(BEN.key), None),)))
    book.close(Status.RESOLVED, actor=SYSTEM)

    assert people_in(book.events) == {ANN.key, SAM.key, EVE.key, BEN.key}


def test_a_log_may_be_read_but_once() -> None:
    book = Logbook()
    book.post()

    transcript = transcript_of(iter(book.events), PEOPLE)

    assert len(transcript.messages) == 1
    assert people_in(iter(book.events)) == {ANN.key}
