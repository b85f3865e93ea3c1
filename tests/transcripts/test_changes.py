"""What happened to a ticket, in the words that its transcript says it with: a line for each kind of event."""

from typing import get_args

import pytest

from tests.clocks import NOON
from tests.people import ANN_ASKS, EVE, SAM, SAM_ANSWERS
from tests.tickets.logs import Logbook
from tickets.events import (
    Change,
    ChannelKept,
    EventData,
    FeedbackGiven,
    FeedbackRemoved,
    LinkChanged,
    MessageEvent,
    MessagePosted,
    PartChanged,
    SentenceEvent,
    SlaChanged,
    TicketAbsorbed,
    TicketChanged,
    TicketClosed,
    TicketErased,
    TicketOpened,
    TicketReopened,
)
from tickets.model import Actor, Part, Status, TicketId, UserKey
from tickets.targets import SlaState, TargetName
from tickets.transcript import transcript_of
from transcripts.changes import told
from transcripts.plain import marked
from transcripts.reader import Reader

PEOPLE = {it.key: it for it in (SAM, EVE)}
TO_NONE = UserKey("shop", "nobody")
RESPONSE, RESOLUTION = TargetName.FIRST_RESPONSE, TargetName.RESOLUTION


def changed(field: str, old: str | None, new: str | None) -> TicketChanged:
    return TicketChanged((Change(field, old, new),))


SAID: list[tuple[Actor, EventData, list[str]]] = [
    (SAM_ANSWERS, TicketReopened(), ["Sam opened this ticket again."]),
    (SAM_ANSWERS, TicketClosed(Status.RESOLVED), ["Sam closed this ticket as Resolved."]),
    (
        SAM_ANSWERS,
        TicketClosed(Status.CANCELED, None, TicketId("t6"), 6),
        ["Sam merged this ticket into ticket 6."],
    ),
    (
        SAM_ANSWERS,
        TicketAbsorbed(TicketId("t6"), 6, 3),
        ["Sam merged ticket 6 into this one; its conversation stands below."],
    ),
    (
        SAM_ANSWERS,
        SlaChanged(RESPONSE, SlaState.AT_RISK, NOON),
        ["⏳ The first answer is due 2027-01-15 08:00 UTC."],
    ),
    (
        SAM_ANSWERS,
        SlaChanged(RESPONSE, SlaState.BREACHED, NOON),
        ["⏰ The first answer is late: it was due 2027-01-15 08:00 UTC."],
    ),
    (
        SAM_ANSWERS,
        SlaChanged(RESOLUTION, SlaState.AT_RISK, NOON),
        ["⏳ The resolution is due 2027-01-15 08:00 UTC."],
    ),
    (
        SAM_ANSWERS,
        SlaChanged(RESOLUTION, SlaState.BREACHED, NOON),
        ["⏰ The resolution is late: it was due 2027-01-15 08:00 UTC."],
    ),
    (SAM_ANSWERS, PartChanged(Part.COLLEAGUE, EVE.key), ["Sam added Eve, who sees this channel now."]),
    (SAM_ANSWERS, PartChanged(Part.COLLEAGUE, EVE.key, ends=True), ["Sam took Eve out of this channel."]),
    (SAM_ANSWERS, PartChanged(Part.SUBSCRIBER, EVE.key), ["Eve is pinged when the requester writes here."]),
    (
        SAM_ANSWERS,
        PartChanged(Part.SUBSCRIBER, EVE.key, ends=True),
        ["Eve is no longer pinged when the requester writes here."],
    ),
    (SAM_ANSWERS, LinkChanged(TicketId("t6"), 6), ["Sam linked this ticket with #6."]),
    (SAM_ANSWERS, LinkChanged(TicketId("t6"), 6, ends=True), ["Sam took the link with #6 back."]),
    (SAM_ANSWERS, ChannelKept(NOON), ["Sam keeps this channel open until 2027-01-15 08:00 UTC."]),
    (ANN_ASKS, FeedbackGiven(4), ["ann gave ★★★★☆."]),
    (ANN_ASKS, FeedbackRemoved(), ["ann removed the feedback."]),
    (SAM_ANSWERS, TicketErased(TO_NONE), ["Sam erased all that was written."]),
    (SAM_ANSWERS, changed("issue_level", "NORMAL", "URGENT"), ["Sam set the level from Normal to Urgent."]),
    (
        SAM_ANSWERS,
        changed("support_role", "GENERAL", "TECHNICAL"),
        ["Sam passed this ticket from General to Technical."],
    ),
    (SAM_ANSWERS, changed("status", "OPEN", "USER_TURN"), ["Sam made it the requester's turn (USER_TURN)."]),
    (SAM_ANSWERS, changed("status", "USER_TURN", "OPEN"), ["Sam made it staff's turn (Open)."]),
    (SAM_ANSWERS, changed("assignee", None, str(SAM.key)), ["Sam claimed this ticket."]),
    (SAM_ANSWERS, changed("assignee", str(SAM.key), None), ["Sam released this ticket."]),
    (SAM_ANSWERS, changed("assignee", None, str(EVE.key)), ["Sam gave this ticket to Eve."]),
    (SAM_ANSWERS, changed("assignee", str(EVE.key), None), ["Sam took this ticket from Eve."]),
    (SAM_ANSWERS, changed("attachments", "f1", None), ["Sam removed a file."]),
    (SAM_ANSWERS, changed("topic", "No light", "Dark"), ["Sam changed the topic from “No light” to “Dark”."]),
    (SAM_ANSWERS, changed("topic", None, None), ["Sam changed the topic."]),
    (SAM_ANSWERS, changed("description", "Dark", None), ["Sam changed the description.", "Dark", ""]),
    (SAM_ANSWERS, changed("metadata.order", None, "A-2"), ["Sam changed the order from nothing to “A-2”."]),
    (
        SAM_ANSWERS,
        changed("requester", str(SAM.key), str(EVE.key)),
        ["Sam changed the requester from Sam to Eve."],
    ),
]


def said(actor: Actor, data: EventData) -> list[str]:
    book = Logbook()
    event = book.add(actor, data)
    lines = told(transcript_of(book.events, PEOPLE, notes=True), event, Reader())
    return [marked(part) for it in lines for part in (it.sentence, it.before, it.after) if part is not None]


@pytest.mark.parametrize(("actor", "data", "words"), SAID, ids=str)
def test_it_is_said_in_plain_words(actor: Actor, data: EventData, words: list[str]) -> None:
    assert said(actor, data) == words


def test_only_messages_have_no_line_and_sentences_have_their_own_test() -> None:
    kinds = {it for it in get_args(EventData) if not issubclass(it, SentenceEvent | MessageEvent)}

    assert {type(it) for _, it, _ in SAID} - {TicketReopened} == kinds - {TicketOpened}
    assert said(SAM_ANSWERS, MessagePosted("Hello")) == []
