"""The table of events, held to the events that there are and to what the contract promises."""

from typing import get_args

import pytest

from tests.clocks import NOON
from tests.people import ANN_ASKS, EVE, SAM_ANSWERS
from tests.tickets.logs import Logbook
from tickets.event_kinds import EVENT_KINDS, Told, in_log, kind_of
from tickets.events import (
    Change,
    ChannelKept,
    CloseAsked,
    CloseDeclined,
    ClosingCalledOff,
    ClosingPlanned,
    EventData,
    FeedbackGiven,
    FeedbackRemoved,
    LabelsChanged,
    LinkChanged,
    MessageEvent,
    NoteAdded,
    NoteDeleted,
    NoteEdited,
    PartChanged,
    SlaChanged,
    SnoozeEnded,
    TicketChanged,
    TicketSnoozed,
)
from tickets.model import SYSTEM, Status, TicketId
from tickets.targets import SlaState, TargetName

TOLD = {
    "ticket_opened": Told.REQUESTER,
    "message": Told.REQUESTER,
    "edit_message": Told.REQUESTER,
    "delete_message": Told.REQUESTER,
    "ticket_updated": Told.REQUESTER,
    "ticket_closed": Told.REQUESTER,
    "ticket_reopened": Told.REQUESTER,
    "ticket_merged": Told.REQUESTER,
    "note": Told.STAFF,
    "edit_note": Told.STAFF,
    "delete_note": Told.STAFF,
    "ask_close": Told.REQUESTER,
    "close_declined": Told.REQUESTER,
    "closing_planned": Told.REQUESTER,
    "closing_called_off": Told.REQUESTER,
    "ticket_snoozed": Told.STAFF,
    "snooze_ended": Told.STAFF,
    "labels_changed": Told.STAFF,
    "sla": Told.STAFF,
    "part_changed": Told.STAFF,
    "links_changed": Told.STAFF,
    "channel_kept": Told.STAFF,
    "feedback_given": Told.NOBODY,
    "feedback_removed": Told.NOBODY,
    "ticket_erased": Told.REQUESTER,
}


def test_every_kind_of_event_is_in_the_table() -> None:
    assert set(EVENT_KINDS) == set(get_args(EventData))


def test_names_and_who_is_told_are_those_of_the_contract() -> None:
    assert {kind.name: kind.told for kind in EVENT_KINDS.values()} == TOLD
    assert len(TOLD) == len(EVENT_KINDS)


def test_notes_snoozes_labels_links_targets_and_kept_channels_are_all_that_is_secret() -> None:
    secret = {data for data, kind in EVENT_KINDS.items() if kind.is_secret}

    notes = {NoteAdded, NoteEdited, NoteDeleted}
    assert secret == notes | {
        TicketSnoozed,
        SnoozeEnded,
        LabelsChanged,
        PartChanged,
        LinkChanged,
        SlaChanged,
        ChannelKept,
    }


def test_the_log_has_a_line_for_whatever_is_about_the_ticket_itself() -> None:
    book = Logbook()
    message = book.post(SAM_ANSWERS)
    book.edit(message, "Hm", SAM_ANSWERS)
    book.note()
    book.change(TicketChanged((Change("topic", "No light", "x"), Change("assignee", None, str(EVE.key)))))
    book.close(Status.RESOLVED, "Done")
    book.reopen()
    book.add(SAM_ANSWERS, TicketSnoozed(NOON + 90_000))
    book.add(SYSTEM, SnoozeEnded())
    book.add(SAM_ANSWERS, CloseAsked())
    book.add(ANN_ASKS, CloseDeclined())
    book.add(SAM_ANSWERS, ClosingPlanned(NOON, "All is well"))
    book.add(SAM_ANSWERS, LabelsChanged(added=("a", "b"), removed=("c",)))
    for target in TargetName:
        for state in (SlaState.AT_RISK, SlaState.BREACHED):
            book.add(SYSTEM, SlaChanged(target, state, NOON))
    book.add(SAM_ANSWERS, LinkChanged(TicketId("t9"), 9))
    book.add(SAM_ANSWERS, LinkChanged(TicketId("t9"), 9, ends=True))
    book.add(SAM_ANSWERS, ClosingCalledOff())
    book.add(SAM_ANSWERS, ChannelKept(NOON))
    book.add(ANN_ASKS, FeedbackGiven(2, "Slow"))
    book.add(SAM_ANSWERS, FeedbackRemoved())

    lines = [in_log(event.data) for event in book.events]

    assert [it for it in lines if it is not None] == [
        "opened the ticket",
        "closed the ticket as RESOLVED",
        "reopened the ticket",
        "put the ticket aside until 2027-01-15 08:01 UTC",
        "took the ticket up again",
        "asked whether the ticket can be closed",
        "said that it is not done",
        "planned to close the ticket at 2027-01-15 08:00 UTC",
        "added the labels a, b and removed the label c",
        "warned that the first answer is due 2027-01-15 08:00 UTC",
        "noted that the first answer is late, it was due 2027-01-15 08:00 UTC",
        "warned that the resolution is due 2027-01-15 08:00 UTC",
        "noted that the resolution is late, it was due 2027-01-15 08:00 UTC",
        "linked the ticket with ticket 9",
        "took back the link with ticket 9",
        "called the closing off",
        "kept the channel open until 2027-01-15 08:00 UTC",
        "gave 2 of 5 stars",
        "removed the feedback",
    ]


@pytest.mark.parametrize("about_a_message", [True, False])
def test_messages_have_ids_and_nothing_else_has(about_a_message: bool) -> None:
    book = Logbook()
    book.delete(book.post())
    book.note()
    book.close()
    events = [it for it in book.events if isinstance(it.data, MessageEvent) is about_a_message]

    assert [it.message_id is not None for it in events] == [about_a_message] * len(events)
    assert all(kind_of(it.data).has_text for it in events if about_a_message)
