"""Whom a requester's words call: each of those who want it once, until staff does something about it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.people import ANN_ASKS, SAM, SAM_ANSWERS
from tests.tickets.logs import Logbook, opened
from tickets.calling import called_by, calls
from tickets.events import (
    Change,
    CloseAsked,
    CloseDeclined,
    EventData,
    MessageEdited,
    MessagePosted,
    NoteAdded,
    PartChanged,
    TicketChanged,
    TicketClosed,
    TicketReopened,
    TicketSnoozed,
)
from tickets.model import SYSTEM, Actor, MessageId, Part, Status, UserKey

PAT = UserKey(UserKey.DISCORD, "1002")
BOTH = (SAM.key, PAT)
WORD, ANSWER = (ANN_ASKS, MessagePosted("Hello")), (SAM_ANSWERS, MessagePosted("Yes?"))
DOINGS: list[tuple[Actor, EventData]] = [
    ANSWER,
    (SAM_ANSWERS, CloseAsked()),
    (SAM_ANSWERS, TicketSnoozed(1)),
    (SAM_ANSWERS, TicketClosed(Status.UNRESOLVED)),
    (SAM_ANSWERS, TicketChanged((Change("status", "OPEN", "PENDING"),))),
]
NO_DOINGS: list[tuple[Actor, EventData]] = [
    (SAM_ANSWERS, NoteAdded("Hm")),
    (SAM_ANSWERS, TicketReopened()),
    (SYSTEM, MessagePosted("We are closed today.")),
    (ANN_ASKS, MessageEdited(MessageId("t1-2"), "Hello!")),
    (SAM_ANSWERS, TicketChanged((Change("status", "PENDING", "OPEN"),))),
    (SAM_ANSWERS, TicketChanged((Change("topic", str(SAM.key), str(PAT)),))),
    (SAM_ANSWERS, TicketChanged((Change("topic", "a", "PENDING"),))),
    (SAM_ANSWERS, PartChanged(Part.COLLEAGUE, PAT)),
]
CALLS: list[tuple[Actor, EventData]] = [WORD, (ANN_ASKS, TicketReopened()), (ANN_ASKS, CloseDeclined())]
GIVEN_TO_PAT = TicketChanged((Change("assignee", str(SAM.key), str(PAT)),))
GIVEN_TO_SAM = TicketChanged((Change("assignee", str(PAT), str(SAM.key)),))
COMES_AND_GOES: list[tuple[EventData, EventData]] = [
    (GIVEN_TO_PAT, GIVEN_TO_SAM),
    (PartChanged(Part.SUBSCRIBER, PAT), PartChanged(Part.SUBSCRIBER, PAT, ends=True)),
]
JOINS: list[tuple[Actor, EventData]] = [
    (SAM_ANSWERS, TicketChanged((Change("assignee", None, str(PAT)),))),
    (SAM_ANSWERS, PartChanged(Part.SUBSCRIBER, PAT)),
]


@given(st.lists(st.sampled_from([*DOINGS, *NO_DOINGS, *CALLS]), max_size=20))
def test_each_is_called_by_the_first_word_since_staff_did_something(
    log: list[tuple[Actor, EventData]],
) -> None:
    book = Logbook()
    for actor, data in log:
        book.add(actor, data)

    is_to_be_called = True
    for event in book.events[1:]:
        doing = (event.actor, event.data)
        if calls(event):
            assert called_by(event, book.events, BOTH) == (list(BOTH) if is_to_be_called else [])
        is_to_be_called = doing in DOINGS or (is_to_be_called and doing not in CALLS)


@given(st.sampled_from(JOINS), st.sampled_from(CALLS), st.integers(0, 3))
def test_who_joins_later_is_called_by_the_next_word_alone(
    joins: tuple[Actor, EventData], call: tuple[Actor, EventData], words: int
) -> None:
    book = Logbook()
    for _ in range(words):
        book.post()
    book.add(*joins)
    one, other = book.add(*call), book.add(*WORD)

    assert called_by(one, book.events, BOTH) == ([PAT] if words else list(BOTH))
    assert called_by(other, book.events, BOTH) == []
    if words:
        assert called_by(book.events[1], book.events, BOTH) == [SAM.key]


@pytest.mark.parametrize("doing", DOINGS, ids=repr)
def test_the_word_after_something_that_staff_did_calls_all_again(doing: tuple[Actor, EventData]) -> None:
    book = Logbook()
    book.add(*WORD)
    book.add(*doing)

    assert called_by(book.add(*WORD), book.events, BOTH) == list(BOTH)


@pytest.mark.parametrize("doing", NO_DOINGS, ids=repr)
def test_the_word_after_anything_else_calls_nobody_again(doing: tuple[Actor, EventData]) -> None:
    book = Logbook()
    book.add(*WORD)
    book.add(*doing)

    assert called_by(book.add(*WORD), book.events, BOTH) == []


@pytest.mark.parametrize(("comes", "goes"), COMES_AND_GOES, ids=repr)
def test_who_was_called_and_comes_back_is_not_called_again(comes: EventData, goes: EventData) -> None:
    book = Logbook()
    book.add(*WORD)
    book.add(SAM_ANSWERS, goes)
    book.add(*WORD)
    book.add(SAM_ANSWERS, comes)

    assert called_by(book.add(*WORD), book.events, [PAT]) == []


@pytest.mark.parametrize(("comes", "goes"), COMES_AND_GOES, ids=repr)
def test_who_was_away_at_a_word_is_called_by_the_next_one(comes: EventData, goes: EventData) -> None:
    book = Logbook()
    book.add(SAM_ANSWERS, goes)
    while_away = book.add(*WORD)
    book.add(SAM_ANSWERS, comes)
    after = book.add(*WORD)

    assert called_by(while_away, book.events, [PAT]) == []
    assert called_by(after, book.events, [PAT]) == [PAT]


def test_the_opening_has_called_whom_it_gave_the_ticket_to() -> None:
    given = Logbook(opening=replace(opened(), assignee=PAT))
    nobodys = Logbook()

    assert called_by(given.add(*WORD), given.events, BOTH) == [SAM.key]
    assert called_by(nobodys.add(*WORD), nobodys.events, BOTH) == list(BOTH)
