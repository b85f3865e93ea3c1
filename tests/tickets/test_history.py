"""The history tells every change of a ticket: when, by whom, of what, from what to what."""

from dataclasses import replace

from tests.clocks import NOON, SECOND
from tests.people import ANN_ASKS, EVE, SAM, SAM_ANSWERS
from tests.tickets.logs import Logbook, opened
from tickets.events import Change, FeedbackGiven, FeedbackRemoved, TicketChanged
from tickets.history import Entry, history_of
from tickets.model import SYSTEM, IssueLevel, Status, SupportRole


def told(book: Logbook) -> list[tuple[str, str | None, str | None]]:
    return [(it.field, it.old, it.new) for it in history_of(book.events)]


def test_it_begins_with_the_opening() -> None:
    assert list(history_of(Logbook().events)) == [Entry(NOON + SECOND, ANN_ASKS, "status", None, "OPEN")]


def test_it_begins_with_who_was_given_the_ticket() -> None:
    book = Logbook(opening=replace(opened(), assignee=SAM.key))

    assert told(book) == [("status", None, "OPEN"), ("assignee", None, str(SAM.key))]


def test_it_tells_what_a_guest_asked_for_and_what_the_ticket_got() -> None:
    asked = replace(opened(), asked_issue_level=IssueLevel.CRITICAL, asked_support_role=SupportRole.MANAGER)

    entries = list(history_of(Logbook(opening=asked).events))

    at = NOON + SECOND
    assert entries[:2] == [
        Entry(at, SYSTEM, "issue_level", "CRITICAL", "NORMAL"),
        Entry(at, SYSTEM, "support_role", "MANAGER", "GENERAL"),
    ]
    assert [it.field for it in entries[2:]] == ["status"]


def test_it_tells_every_later_change_with_who_made_it_and_when() -> None:
    book = Logbook()
    book.post(SAM_ANSWERS)
    book.note()
    book.change(TicketChanged((Change("topic", "No light", "Dark"), Change("assignee", None, str(EVE.key)))))
    book.post(ANN_ASKS)
    book.close(Status.RESOLVED, "Done")
    book.add(ANN_ASKS, FeedbackGiven(4, "Slow"))
    book.add(SAM_ANSWERS, FeedbackRemoved())
    book.reopen()

    entries = list(history_of(book.events))

    assert [(it.at - NOON) // SECOND for it in entries] == [1, 2, 4, 4, 5, 6, 6, 7, 8, 9, 9]
    assert [it.actor for it in entries[:3]] == [ANN_ASKS, SAM_ANSWERS, SAM_ANSWERS]
    assert told(book)[1:] == [
        ("status", "OPEN", "PENDING"),
        ("topic", "No light", "Dark"),
        ("assignee", None, str(EVE.key)),
        ("status", "PENDING", "OPEN"),
        ("status", "OPEN", "RESOLVED"),
        ("close_reason", None, "Done"),
        ("feedback", None, "4"),
        ("feedback", "4", None),
        ("status", "RESOLVED", "OPEN"),
        ("close_reason", "Done", None),
    ]
