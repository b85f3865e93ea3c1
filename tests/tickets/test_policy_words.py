"""What people read where the policy refuses, word for word; and what guests, services and admins may do."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.clocks import NOON
from tests.people import ANN, AS_ANN, AS_BEN, AS_EVE, AS_SAM, BEN, EVE, GUEST, SAM
from tests.tickets.logs import Logbook
from tickets import policy
from tickets.fold_messages import messages_of
from tickets.model import (
    Actor,
    AuthorType,
    Caller,
    IssueLevel,
    MessageId,
    Person,
    Status,
    SupportRole,
    Ticket,
    UserRole,
)
from tickets.policy import DAY, Rules
from tickets.refusals import NotTheUploader, Refusal, RequesterOnly, TicketIsNotClosed

RULES = Rules()
LIMITED = Rules(max_open_tickets=3)
AS_GUEST = Caller(GUEST)
AS_SERVICE = Caller(Person(ANN.key, "Automation", UserRole.AGENT, is_service=True))
"""A service whose id happens to be Ann's."""
TOPIC = frozenset({"topic"})


def a_ticket(status: Status = Status.OPEN) -> Ticket:
    book = Logbook()
    if status.is_closed:
        book.close(status)
    return book.ticket


def touch_a_note(caller: Caller) -> object:
    book = Logbook()
    note = book.note()
    return policy.may_touch(caller, book.ticket, messages_of(book.events)[note], MessageId("m1"))


CLOSED = a_ticket(Status.RESOLVED)
OPEN = a_ticket()
LATE = NOON + 8 * DAY


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        (lambda: policy.may_post(AS_ANN, CLOSED, RULES), "Ticket 7 is closed."),
        (lambda: policy.may_change(AS_SAM, CLOSED, TOPIC), "Ticket 7 is closed."),
        (lambda: policy.may_close(AS_SAM, CLOSED, Status.RESOLVED, NOON, RULES), "Ticket 7 is closed."),
        (lambda: policy.may_reopen(AS_SAM, OPEN, NOON, RULES), "Ticket 7 is open already."),
        (lambda: policy.may_see(AS_BEN, OPEN, "7"), "There is no ticket 7."),
        (lambda: policy.may_rate(AS_ANN, OPEN), "Ticket 7 is not closed yet."),
        (lambda: policy.may_rate(AS_SAM, CLOSED), "Only its requester may give feedback on a ticket."),
        (
            lambda: policy.may_touch(AS_ANN, OPEN, None, MessageId("m1")),
            "There is no message m1 in this ticket.",
        ),
        (lambda: touch_a_note(AS_ANN), "There is no message m1 in this ticket."),
        (
            lambda: policy.may_close(AS_SAM, OPEN, Status.PENDING, NOON, RULES),
            "You may not set this ticket to PENDING: that would not close it.",
        ),
        (
            lambda: policy.may_move(AS_SAM, CLOSED, Status.PENDING, NOON, RULES),
            "You may not set this ticket to PENDING: a closed ticket can only be reopened.",
        ),
        (
            lambda: policy.may_move(AS_ANN, OPEN, Status.UNRESOLVED, NOON, RULES),
            "You may not set this ticket to UNRESOLVED: only staff may.",
        ),
        (
            lambda: policy.may_move(AS_SAM, OPEN, Status.CANCELED, NOON, RULES),
            "You may not set this ticket to CANCELED: only its requester may.",
        ),
        (
            lambda: policy.may_move(AS_SAM, OPEN, Status.RESOLVED, NOON, RULES),
            "You may not set this ticket to RESOLVED: staff has not posted a message yet.",
        ),
        (
            lambda: policy.may_reopen(AS_ANN, CLOSED, LATE, RULES),
            "Ticket 7 was closed too long ago to be reopened; please open a new one.",
        ),
        (
            lambda: policy.may_change(AS_ANN, OPEN, frozenset({"support_role", "issue_level"})),
            "Only staff may change issue_level, support_role.",
        ),
        (
            lambda: policy.may_open_one_more(3, LIMITED),
            "You may have 3 open tickets at once; close one that is done with first.",
        ),
        (lambda: policy.may_see_notes(AS_ANN, OPEN), "Only staff may see or write notes."),
        (lambda: policy.opens_for(AS_ANN, BEN), "Only staff may open tickets for others."),
        (lambda: policy.must_be_staff(AS_ANN, "claim tickets"), "Only staff may claim tickets."),
        (lambda: policy.must_be_admin(AS_SAM, "delete agents"), "Only an admin may delete agents."),
        (lambda: policy.may_block(AS_SAM, EVE), "Only an admin may block staff."),
        (lambda: policy.may_merge(GUEST, GUEST), "These users cannot be merged: they are one."),
        (lambda: policy.may_merge(ANN, BEN), "These users cannot be merged: ann is no guest."),
        (lambda: policy.may_merge(GUEST, EVE), "These users cannot be merged: eve is no customer."),
        (
            lambda: policy.may_delete_file(AS_SAM, ANN.key),
            "Only its uploader or an admin may delete a file.",
        ),
    ],
)
def test_a_refusal_says_what_is_refused_and_why(asked: Callable[[], object], answer: str) -> None:
    with pytest.raises(Refusal) as refused:
        asked()

    assert str(refused.value) == answer


def test_staff_closes_and_reopens_in_time_and_late() -> None:
    for now in (NOON, LATE):
        policy.may_close(AS_SAM, OPEN, Status.UNRESOLVED, now, RULES)
        policy.may_reopen(AS_SAM, CLOSED, now, RULES)


def test_a_ticket_is_opened_for_oneself_or_by_staff_for_another() -> None:
    known_better = replace(ANN, name="Ann of long ago")

    assert policy.opens_for(AS_ANN, None) is ANN
    assert policy.opens_for(AS_ANN, known_better) is ANN
    assert policy.opens_for(AS_SAM, BEN) is BEN


def test_a_service_stands_on_staff_s_side_whatever_its_id() -> None:
    assert policy.side(AS_SERVICE, OPEN) is AuthorType.STAFF
    assert policy.acting(AS_SERVICE, OPEN) == Actor(AuthorType.SERVICE, ANN.key)
    assert policy.opening(AS_SERVICE, ANN) == Actor(AuthorType.SERVICE, ANN.key)


def test_who_opens_a_ticket_is_its_requester_or_staff() -> None:
    assert policy.opening(AS_ANN, ANN) == Actor(AuthorType.REQUESTER, ANN.key)
    assert policy.opening(AS_SAM, ANN) == Actor(AuthorType.STAFF, SAM.key)
    assert policy.opening(AS_SAM, SAM) == Actor(AuthorType.REQUESTER, SAM.key)


def test_open_tickets_of_requesters_have_a_limit_where_there_is_one() -> None:
    assert policy.is_counted(AS_ANN, LIMITED)
    assert policy.is_counted(AS_GUEST, LIMITED)
    assert not policy.is_counted(AS_SAM, LIMITED)
    assert not policy.is_counted(AS_ANN, RULES)
    policy.may_open_one_more(2, LIMITED)
    policy.may_open_one_more(1_000, RULES)


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ((IssueLevel.CRITICAL, SupportRole.ADMIN), (IssueLevel.URGENT, SupportRole.TECHNICAL)),
        ((IssueLevel.URGENT, SupportRole.TECHNICAL), (IssueLevel.URGENT, SupportRole.TECHNICAL)),
        ((IssueLevel.NORMAL, SupportRole.GENERAL), (IssueLevel.NORMAL, SupportRole.GENERAL)),
        ((IssueLevel.CRITICAL, SupportRole.GENERAL), (IssueLevel.URGENT, SupportRole.GENERAL)),
        ((IssueLevel.NORMAL, SupportRole.MANAGER), (IssueLevel.NORMAL, SupportRole.TECHNICAL)),
    ],
)
def test_a_guest_gets_no_more_than_the_highest_for_guests(
    asked: tuple[IssueLevel, SupportRole], given: tuple[IssueLevel, SupportRole]
) -> None:
    rules = Rules(guest_max_level=IssueLevel.URGENT, guest_max_role=SupportRole.TECHNICAL)

    assert policy.level_and_role_for(AS_GUEST, *asked, rules) == given
    assert policy.level_and_role_for(AS_ANN, *asked, rules) == asked


def test_only_the_requester_rates_and_only_what_is_closed() -> None:
    policy.may_rate(AS_ANN, CLOSED)

    with pytest.raises(RequesterOnly):
        policy.may_rate(AS_SAM, CLOSED)
    with pytest.raises(TicketIsNotClosed):
        policy.may_rate(AS_ANN, OPEN)


def test_a_file_is_deleted_by_its_uploader_and_by_admins() -> None:
    policy.may_delete_file(AS_ANN, ANN.key)
    policy.may_delete_file(AS_EVE, ANN.key)

    for caller in (AS_BEN, AS_SAM):
        with pytest.raises(NotTheUploader):
            policy.may_delete_file(caller, ANN.key)


def test_any_staff_blocks_customers_and_admins_block_staff_too() -> None:
    policy.may_block(AS_SAM, ANN)
    policy.may_block(AS_EVE, SAM)


def test_a_guest_is_merged_into_a_customer() -> None:
    policy.may_merge(GUEST, ANN)
