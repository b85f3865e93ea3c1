"""Whom an event concerns, and who hears nothing of it."""

import pytest

from tests.contract.acts import opening
from tests.people import ANN, ANN_ASKS, EVE, SAM, SAM_ANSWERS
from tickets.events import (
    Change,
    CloseAsked,
    Event,
    EventData,
    LabelsChanged,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    NoteAdded,
    Origin,
    Place,
    SlaChanged,
    TicketChanged,
    TicketClosed,
    TicketReopened,
)
from tickets.fold import ticket_after
from tickets.model import SYSTEM, Actor, AuthorType, EventId, MessageId, Status, Ticket, TicketId, UserKey
from tickets.news import News, is_news, is_news_to_anybody, news_of
from tickets.notifications import NotificationKind
from tickets.targets import SlaState, TargetName

EVE_ANSWERS = Actor(AuthorType.STAFF, EVE.key)
SERVICE = Actor(AuthorType.SERVICE, EVE.key)
BOB = UserKey("guildesk.accounts", "bob")


def event(data: EventData, actor: Actor, event_id: str = "e2") -> Event:
    return Event(
        ticket_id=TicketId("t1"),
        seq=2,
        id=EventId(event_id),
        at=5,
        actor=actor,
        origin=Origin(Place.API),
        data=data,
    )


def ticket(assignee: UserKey | None = None) -> Ticket:
    opened = event(opening(1), ANN_ASKS)
    first = Event(**{it: getattr(opened, it) for it in opened.__slots__} | {"seq": 1})
    made = ticket_after(None, first)
    if assignee is None:
        return made
    taken = TicketChanged((Change("assignee", None, str(assignee)),))
    return ticket_after(made, event(taken, SAM_ANSWERS))


def told(data: EventData, actor: Actor, assignee: UserKey | None = None, event_id: str = "e2") -> list[News]:
    found = [*news_of(it := event(data, actor, event_id), ticket(assignee))]
    assert is_news(it) or not found
    assert is_news_to_anybody(it, ticket(assignee)) == bool(found)
    return found


ANSWER, CLOSED = NotificationKind.ANSWER, NotificationKind.CLOSED


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (MessagePosted("Hi"), ANSWER),
        (MessageEdited(MessageId("m"), "Ho"), NotificationKind.EDITED),
        (TicketClosed(Status.RESOLVED), CLOSED),
        (TicketReopened(), NotificationKind.REOPENED),
        (CloseAsked(), NotificationKind.ASK_CLOSE),
        (TicketChanged((Change("support_role", "GENERAL", "MANAGER"),)), NotificationKind.ESCALATED),
        (TicketChanged((Change("assignee", None, str(SAM.key)),)), NotificationKind.ASSIGNED),
    ],
    ids=lambda it: type(it).__name__ if not isinstance(it, str) else it,
)
def test_a_requester_is_told_what_staff_did_and_not_what_they_did_themselves(
    data: EventData, kind: NotificationKind
) -> None:
    assert told(data, EVE_ANSWERS)[0] == News(ANN.key, kind)
    assert ANN.key not in [it.user for it in told(data, ANN_ASKS)]


@pytest.mark.parametrize(
    "data",
    [
        NoteAdded("Careful"),
        LabelsChanged(added=("hot",)),
        MessageDeleted(MessageId("m")),
        SlaChanged(TargetName.RESOLUTION, SlaState.AT_RISK, 9),
        TicketClosed(Status.UNRESOLVED, merged_into=TicketId("t2"), merged_into_number=2),
        TicketChanged((Change("support_role", "MANAGER", "GENERAL"),)),
        TicketChanged((Change("assignee", str(SAM.key), None),)),
        TicketChanged((Change("topic", "a", "b"),)),
    ],
    ids=lambda it: type(it).__name__,
)
def test_a_requester_is_told_nothing_that_is_no_news_to_them(data: EventData) -> None:
    assert told(data, SAM_ANSWERS) == []


def test_what_the_desk_says_by_itself_is_no_answer_but_a_reminder_is_one() -> None:
    assert told(MessagePosted("We are closed"), SYSTEM) == []
    assert told(MessagePosted("Still there?"), SYSTEM, event_id="t:reminder:2") == [
        News(ANN.key, NotificationKind.REMINDER)
    ]
    assert told(MessagePosted("Your parcel is on its way"), SERVICE) == [News(ANN.key, ANSWER)]


def test_an_assignee_with_an_account_hears_of_their_requester() -> None:
    assert told(MessagePosted("Hello?"), ANN_ASKS, BOB) == [News(BOB, ANSWER, is_staff=True)]
    assert told(MessagePosted("Hello?"), ANN_ASKS, SAM.key) == [], "Discord pings them"


def test_staff_is_told_of_their_tickets_but_not_of_their_own_doing() -> None:
    taken = TicketChanged((Change("assignee", None, str(BOB)),))
    bob = Actor(AuthorType.STAFF, BOB)

    assert News(BOB, NotificationKind.ASSIGNED, is_staff=True) in told(taken, SAM_ANSWERS, BOB)
    assert [it.user for it in told(taken, bob, BOB)] == [ANN.key]
    at_risk = SlaChanged(TargetName.RESOLUTION, SlaState.AT_RISK, 9)
    assert told(at_risk, SYSTEM, BOB) == [News(BOB, NotificationKind.SLA, is_staff=True)]
    raised = TicketChanged((Change("support_role", "GENERAL", "ADMIN"),))
    assert News(BOB, NotificationKind.ESCALATED, is_staff=True) in told(raised, SAM_ANSWERS, BOB)


def test_whoever_asks_on_their_own_ticket_is_told_once() -> None:
    assert told(MessagePosted("Hi"), EVE_ANSWERS, ANN.key) == [News(ANN.key, ANSWER)]


def test_a_change_of_hands_has_to_be_looked_at_and_a_change_of_words_has_not() -> None:
    def changed(field: str) -> Event:
        return event(TicketChanged((Change(field, "a", "b"),)), SAM_ANSWERS)

    assert is_news(changed("requester"))
    assert is_news_to_anybody(changed("requester"), ticket())
    assert not is_news(changed("topic"))
