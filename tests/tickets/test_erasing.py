"""What an erasure leaves of a log: nothing that people wrote, and everything that is counted."""

from dataclasses import replace
from typing import Final

import pytest
from hypothesis import given

from tests.people import ANN, ANN_ASKS, EVE, SAM, SAM_ANSWERS
from tests.tickets.histories import histories
from tests.tickets.logs import FILE, Logbook
from tickets.decisions import Decision, next_event
from tickets.erasing import blanked, files_in, requesters_in, transcripts_in, under_pseudonym
from tickets.event_kinds import kind_of
from tickets.events import (
    Change,
    ClosingPlanned,
    Event,
    FeedbackGiven,
    MessageEdited,
    MessagePosted,
    NoteAdded,
    TicketAbsorbed,
    TicketChanged,
    TicketErased,
)
from tickets.fields import ERASED_TOPIC
from tickets.fold import ticket_of
from tickets.fold_messages import messages_of
from tickets.model import FileId, IssueLevel, MessageId, Status, TicketId, UserKey
from tickets.refusals import TicketIsErased
from tickets.sources import from_nobody

NOBODY: Final = UserKey(UserKey.ERASED, "erased-1")
COUNTED = (
    *("number", "issue_level", "support_role", "created_at", "message_count", "first_response_at"),
    *("last_message_at", "assignee", "labels", "category", "sla", "requester_role"),
)


def erased(log: list[Event]) -> list[Event]:
    """The log once it has ended, and is blank."""
    book = Logbook()
    book.events = [*log]
    book.add(SAM_ANSWERS, TicketErased(NOBODY))
    return [blanked(event, NOBODY, [ANN.key]) for event in book.events]


@given(histories())
def test_all_that_is_counted_stays(log: list[Event]) -> None:
    before, messages = ticket_of(log), messages_of(log)

    blank = erased(log)

    after = ticket_of(blank)
    for field in COUNTED:
        assert getattr(after, field) == getattr(before, field), field
    assert after.status == (before.status if before.is_closed else Status.UNRESOLVED)
    assert after.closed_at == (before.closed_at if before.is_closed else blank[-1].at)
    assert [kind_of(it.data) for it in blank[:-1]] == [kind_of(it.data) for it in log]
    assert [(it.seq, it.id, it.at, it.actor.type) for it in blank[:-1]] == [
        (it.seq, it.id, it.at, it.actor.type) for it in log
    ]
    now = messages_of(blank)
    assert list(now) == list(messages)
    assert [(it.is_note, it.deleted, it.edited) for it in now.values()] == [
        (it.is_note, it.deleted, it.edited) for it in messages.values()
    ]


@given(histories())
def test_nothing_that_people_wrote_stays(log: list[Event]) -> None:
    blank = erased(log)

    text = repr(blank)
    for written in ("Hello", "No light", "The lamp is dark", "Dark", "Light", "A-1", "de-AT", "'ann'"):
        assert written not in text, written
    assert {it.content for it in messages_of(blank).values()} <= {""}
    assert ticket_of(blank).topic == ERASED_TOPIC
    assert ticket_of(blank).requester == NOBODY
    assert files_in(blank) == set()


@given(histories())
def test_a_log_is_blank_after_one_time_as_after_two(log: list[Event]) -> None:
    blank = erased(log)

    assert [blanked(it, NOBODY, ()) for it in blank] == blank


def test_reasons_comments_answers_and_the_old_owner_go() -> None:
    book = Logbook()
    book.change(
        TicketChanged((Change("metadata.pet", None, "zebra"), Change("issue_level", "NORMAL", "URGENT")))
    )
    handed = (
        Change("requester", str(EVE.key), str(ANN.key)),
        Change("requester_role", "TEMP_USER", "CUSTOMER"),
    )
    book.change(TicketChanged(handed))
    book.add(SAM_ANSWERS, ClosingPlanned(5, "zebra"))
    book.close(Status.RESOLVED, "zebra")
    book.add(ANN_ASKS, FeedbackGiven(4, "zebra"))
    assert requesters_in(book.events) == {EVE.key, ANN.key}

    blank = erased(book.events)

    assert "zebra" not in repr(blank)
    assert requesters_in(blank) == set()
    after = ticket_of(blank)
    assert after.issue_level is IssueLevel.URGENT
    assert after.feedback is not None
    assert (after.feedback.rating, after.feedback.comment) == (4, None)


def test_files_are_all_that_ever_were_there() -> None:
    book = Logbook()
    said = book.post(ANN_ASKS, "Hello", FILE)
    other = replace(FILE, id=FileId("f2"))
    book.add(ANN_ASKS, MessageEdited(MessageId(said), "Hello", (other,), (FILE.id,)))
    book.add(SAM_ANSWERS, NoteAdded("Hm", (replace(FILE, id=FileId("f3")),)))

    assert files_in(book.events) == {"f1", "f2", "f3"}


def test_transcripts_that_are_files_are_found() -> None:
    book = Logbook()
    absorbed = book.add(SAM_ANSWERS, TicketAbsorbed(TicketId("t9"), 9, 3))
    book.close(Status.RESOLVED, "Done")
    closing = book.events[-1]
    book.note()

    assert transcripts_in(book.events) == {
        f"merged-t1-{absorbed.seq}",
        f"transcript-{closing.id}",
        f"transcript-{closing.id}-{closing.seq + 1}",
    }


def test_nothing_follows_an_erasure() -> None:
    book = Logbook()
    book.add(SAM_ANSWERS, TicketErased(NOBODY))

    with pytest.raises(TicketIsErased):
        next_event(book.id, book.ticket, from_nobody(), Decision(ANN_ASKS, MessagePosted("Hello")), 9)


@given(histories())
def test_a_pseudonym_takes_the_place_of_staff_and_of_nothing_else(log: list[Event]) -> None:
    book = Logbook()
    book.events = [*log]
    book.note(f"ask <@{SAM.key.id}> or <@!{SAM.key.id}>, not <@10010>")
    people = {SAM.key}

    renamed = [under_pseudonym(it, people, NOBODY) for it in book.events]

    assert f"'{SAM.key.id}'" not in repr(renamed)
    assert str(SAM.key) not in repr(renamed)
    assert [under_pseudonym(it, people, NOBODY) for it in renamed] == renamed
    back = [under_pseudonym(it, {NOBODY}, SAM.key) for it in renamed[:-1]]
    assert back == log
    (*_, noted) = messages_of(renamed).values()
    assert noted.content == "ask @erased-1 or @erased-1, not <@10010>"
    others = [it for it in log if it.actor.type is not SAM_ANSWERS.type and "1001" not in repr(it.data)]
    assert [under_pseudonym(it, people, NOBODY) for it in others] == others
