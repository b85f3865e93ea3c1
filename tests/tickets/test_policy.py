"""Who may do what; the table in the contract, written out once more by hand, holds ``policy.MOVES`` to it."""

from dataclasses import replace
from itertools import product
from typing import Any, get_args

import pytest

from tests.clocks import NOON
from tests.people import ANN, AS_ANN, AS_BEN, AS_EVE, AS_SAM, SAM, SAM_ANSWERS
from tests.tickets.logs import Logbook
from tickets import policy
from tickets.events import EventData, MessageDeleted, NoteAdded, TicketClosed
from tickets.fold_messages import messages_of
from tickets.model import (
    Actor,
    AuthorType,
    Caller,
    Message,
    MessageId,
    Millis,
    Status,
    Ticket,
    TicketId,
    UserRole,
)
from tickets.policy import DAY, MOVES, May, Rules
from tickets.refusals import (
    MessageNotFound,
    MoveNotAllowed,
    NotTheAuthor,
    Refusal,
    ReopenWindowIsOver,
    StaffMustAnswerFirst,
    StaffOnly,
    TicketIsClosed,
    TicketIsOpen,
    TicketNotFound,
)

CONTRACT = [
    # from → to                requester                     staff
    ("open → RESOLVED", "yes", "only if staff has posted at least one message"),
    ("open → CANCELED", "yes", "no"),
    ("open → UNRESOLVED", "no", "yes"),
    ("closed → OPEN", "yes, within REOPEN_WINDOW", "yes"),
    ("open → OPEN", "by posting", "by posting, or by hand"),
    ("open → PENDING", "by posting", "by posting, or by hand"),
]
BY_HAND = {
    "yes": May.YES,
    "no": May.NO,
    "only if staff has posted at least one message": May.ONCE_STAFF_HAS_POSTED,
    "yes, within REOPEN_WINDOW": May.WITHIN_REOPEN_WINDOW,
    "by posting": May.NO,
    "by posting, or by hand": May.YES,
}

OPEN_STATES = (Status.OPEN, Status.PENDING)
CLOSED_STATES = (Status.RESOLVED, Status.UNRESOLVED, Status.CANCELED)
RULES = Rules()
CELLS = [(start, to, side) for (start, to), row in MOVES.items() for side in row]


def a_ticket(status: Status = Status.OPEN, *, staff_has_posted: bool = False) -> Ticket:
    book = Logbook()
    if staff_has_posted:
        book.post(SAM_ANSWERS)
    if status.is_closed:
        book.close(status)
    return replace(book.ticket, status=status)


def caller_of(side: AuthorType) -> Caller:
    return AS_ANN if side is AuthorType.REQUESTER else AS_SAM


def refusal_of_move(
    caller: Caller, ticket: Ticket, to: Status, now: Millis = NOON, rules: Rules = RULES
) -> type[Refusal] | None:
    try:
        policy.may_move(caller, ticket, to, now, rules)
    except Refusal as refusal:
        return type(refusal)
    return None


def test_a_service_may_what_staff_may_and_acts_as_itself() -> None:
    service = Caller(replace(SAM, is_service=True))
    own = replace(a_ticket(), requester=SAM.key)

    for ticket in (a_ticket(), own):
        assert policy.side(service, ticket) is AuthorType.STAFF
        assert policy.acting(service, ticket) == Actor(AuthorType.SERVICE, SAM.key)
    assert policy.opening(service, SAM) == policy.opening(service, ANN) == policy.acting(service, own)


def test_the_table_of_moves_is_the_contract_s() -> None:
    table = [
        (f"{start} → {to}", row[AuthorType.REQUESTER], row[AuthorType.STAFF])
        for (start, to), row in MOVES.items()
    ]

    assert table == [(move, BY_HAND[requester], BY_HAND[staff]) for move, requester, staff in CONTRACT]


@pytest.mark.parametrize(("start", "to", "side"), CELLS)
def test_every_cell_of_the_table_holds(start: str, to: Status, side: AuthorType) -> None:
    answers = {
        (staff_has_posted, late, state): refusal_of_move(
            caller_of(side),
            a_ticket(state, staff_has_posted=staff_has_posted),
            to,
            NOON + (8 if late else 6) * DAY,
        )
        for staff_has_posted, late in product((False, True), repeat=2)
        for state in (OPEN_STATES if start == "open" else CLOSED_STATES)
    }

    match MOVES[start, to][side]:
        case May.YES:
            assert set(answers.values()) == {None}
        case May.NO:
            assert set(answers.values()) == {MoveNotAllowed}
        case May.ONCE_STAFF_HAS_POSTED:
            assert {(posted, refusal) for (posted, _, _), refusal in answers.items()} == {
                (False, MoveNotAllowed),
                (True, None),
            }
        case May.WITHIN_REOPEN_WINDOW:
            assert {(late, refusal) for (_, late, _), refusal in answers.items()} == {
                (False, None),
                (True, ReopenWindowIsOver),
            }


@pytest.mark.parametrize("caller", [AS_ANN, AS_SAM])
@pytest.mark.parametrize(("start", "to"), list(product(CLOSED_STATES, CLOSED_STATES)))
def test_a_closed_ticket_cannot_be_closed_again(start: Status, to: Status, caller: Caller) -> None:
    assert refusal_of_move(caller, a_ticket(start), to) is TicketIsClosed


@pytest.mark.parametrize("caller", [AS_ANN, AS_SAM])
@pytest.mark.parametrize("start", CLOSED_STATES)
def test_a_closed_ticket_can_only_become_open(start: Status, caller: Caller) -> None:
    assert refusal_of_move(caller, a_ticket(start), Status.PENDING) is MoveNotAllowed


def test_the_reopen_window_ends_after_its_last_millisecond() -> None:
    ticket, rules = a_ticket(Status.RESOLVED), Rules(reopen_window=DAY)
    end = (ticket.closed_at or 0) + DAY

    refusals = [refusal_of_move(AS_ANN, ticket, Status.OPEN, now, rules) for now in (end, end + 1)]

    assert refusals == [None, ReopenWindowIsOver]


@pytest.mark.parametrize("start", list(Status))
@pytest.mark.parametrize("to", OPEN_STATES)
def test_what_is_open_is_no_way_to_close_a_ticket(start: Status, to: Status) -> None:
    with pytest.raises(MoveNotAllowed):
        policy.may_close(AS_SAM, a_ticket(start), to, NOON, RULES)


@pytest.mark.parametrize("status", OPEN_STATES)
def test_what_is_open_cannot_be_reopened(status: Status) -> None:
    with pytest.raises(TicketIsOpen):
        policy.may_reopen(AS_SAM, a_ticket(status), NOON, RULES)


def test_staff_with_a_ticket_of_their_own_stands_on_the_requester_s_side() -> None:
    ann_of_staff = Caller(replace(ANN, role=UserRole.AGENT))

    refusals = [refusal_of_move(ann_of_staff, a_ticket(), to) for to in (Status.CANCELED, Status.UNRESOLVED)]

    assert refusals == [None, MoveNotAllowed]


@pytest.mark.parametrize(
    ("staff_has_posted", "outcome"), [(False, Status.UNRESOLVED), (True, Status.RESOLVED)]
)
def test_staff_closes_as_resolved_only_what_was_answered(staff_has_posted: bool, outcome: Status) -> None:
    ticket = a_ticket(staff_has_posted=staff_has_posted)

    assert policy.closing_status(ticket) is outcome
    assert refusal_of_move(AS_SAM, ticket, outcome) is None


@pytest.mark.parametrize("caller", [AS_ANN, AS_SAM, AS_EVE])
def test_a_ticket_is_seen_by_its_requester_and_by_staff(caller: Caller) -> None:
    ticket = a_ticket()

    assert policy.may_see(caller, ticket, "7") is ticket


def test_another_s_ticket_is_refused_in_the_words_for_one_that_does_not_exist() -> None:
    with pytest.raises(TicketNotFound) as another_s:
        policy.may_see(AS_BEN, a_ticket(), "7")
    with pytest.raises(TicketNotFound) as missing:
        policy.may_see(AS_BEN, None, "7")

    assert str(another_s.value) == str(missing.value)


def test_notes_are_for_staff() -> None:
    policy.may_see_notes(AS_SAM, a_ticket())

    with pytest.raises(StaffOnly):
        policy.may_see_notes(AS_ANN, a_ticket())


def test_of_their_own_ticket_staff_see_no_notes() -> None:
    own = replace(a_ticket(), requester=AS_SAM.key)

    with pytest.raises(StaffOnly):
        policy.may_see_notes(AS_SAM, own)


@pytest.mark.parametrize("caller", [AS_ANN, AS_SAM])
def test_both_sides_post_on_an_open_ticket_and_nobody_on_a_closed_one(caller: Caller) -> None:
    for status in OPEN_STATES:
        policy.may_post(caller, a_ticket(status), RULES)

    for status in CLOSED_STATES:
        with pytest.raises(TicketIsClosed):
            policy.may_post(caller, a_ticket(status), RULES)


def test_where_staff_must_answer_first_the_requester_waits_for_it() -> None:
    rules = Rules(require_staff_reply_first=True)

    with pytest.raises(StaffMustAnswerFirst):
        policy.may_post(AS_ANN, a_ticket(), rules)

    policy.may_post(AS_SAM, a_ticket(), rules)
    policy.may_post(AS_ANN, a_ticket(staff_has_posted=True), rules)


def test_only_the_author_touches_a_message() -> None:
    book = Logbook()
    ticket, message = written(book, book.post())

    assert policy.may_touch(AS_ANN, ticket, message, message.id) is message
    with pytest.raises(NotTheAuthor):
        policy.may_touch(AS_SAM, ticket, message, message.id)


def test_a_deleted_message_cannot_be_touched_again() -> None:
    book = Logbook()
    message_id = book.post()
    book.add(SAM_ANSWERS, MessageDeleted(message_id))
    ticket, message = written(book, message_id)

    with pytest.raises(MessageNotFound):
        policy.may_touch(AS_ANN, ticket, message, message.id)


def test_a_message_is_looked_for_in_its_own_ticket_only() -> None:
    book = Logbook()
    ticket, message = written(book, book.post())

    with pytest.raises(MessageNotFound):
        policy.may_touch(AS_ANN, ticket, None, message.id)
    with pytest.raises(MessageNotFound):
        policy.may_touch(AS_ANN, replace(ticket, id=TicketId("t2")), message, message.id)


def test_for_a_requester_a_note_does_not_exist_not_even_by_its_id() -> None:
    book = Logbook()
    ticket, note = written(book, MessageId(book.add(SAM_ANSWERS, NoteAdded("Careful")).id))

    with pytest.raises(MessageNotFound):
        policy.may_touch(AS_ANN, ticket, note, note.id)
    with pytest.raises(NotTheAuthor):
        policy.may_touch(AS_EVE, ticket, note, note.id)
    assert policy.may_touch(AS_SAM, ticket, note, note.id) is note


def test_messages_of_a_closed_ticket_stay_as_they_are() -> None:
    book = Logbook()
    message_id = book.post()
    book.close()
    ticket, message = written(book, message_id)

    with pytest.raises(TicketIsClosed):
        policy.may_touch(AS_ANN, ticket, message, message.id)


@pytest.mark.parametrize(
    "kind", [it for it in get_args(EventData) if it not in (TicketClosed, MessageDeleted)]
)
@pytest.mark.parametrize("side", AuthorType)
def test_who_is_blocked_does_nothing_of_most_kinds(side: AuthorType, kind: Any) -> None:
    assert not policy.may_while_blocked(side, kind.__new__(kind))


def test_who_is_blocked_takes_back_messages_and_closes_own_tickets_without_words() -> None:
    silent, spoken = TicketClosed(Status.RESOLVED), TicketClosed(Status.RESOLVED, "Words")

    for side, doing, allowed in (
        (AuthorType.REQUESTER, silent, True),
        (AuthorType.REQUESTER, spoken, False),
        (AuthorType.STAFF, silent, False),
        (AuthorType.REQUESTER, MessageDeleted(MessageId("m")), True),
    ):
        assert policy.may_while_blocked(side, doing) is allowed


@pytest.mark.parametrize("field", ["topic", "description"])
def test_both_sides_may_reword_a_ticket(field: str) -> None:
    for caller in (AS_ANN, AS_SAM):
        policy.may_change(caller, a_ticket(), frozenset({field}))


@pytest.mark.parametrize("field", ["issue_level", "support_role", "assignee", "metadata"])
def test_only_staff_may_direct_a_ticket(field: str) -> None:
    policy.may_change(AS_SAM, a_ticket(), frozenset({field}))

    with pytest.raises(StaffOnly, match=field):
        policy.may_change(AS_ANN, a_ticket(), frozenset({"topic", field}))


@pytest.mark.parametrize("field", ["number", "requester", "created_at", "answers"])
def test_nobody_changes_what_a_ticket_was_opened_with(field: str) -> None:
    for caller in (AS_ANN, AS_SAM):
        with pytest.raises(StaffOnly):
            policy.may_change(caller, a_ticket(), frozenset({field}))


@pytest.mark.parametrize("caller", [AS_ANN, AS_SAM])
def test_a_closed_ticket_is_not_changed(caller: Caller) -> None:
    with pytest.raises(TicketIsClosed):
        policy.may_change(caller, a_ticket(Status.RESOLVED), frozenset({"topic"}))


def written(book: Logbook, message_id: MessageId) -> tuple[Ticket, Message]:
    return book.ticket, messages_of(book.events)[message_id]
