"""The kinds of events: their names on the wire, who is told of them, and what the program's log says of them.

A new kind gets its row and its line here. ``tickets.fold`` says what the ticket is after it, and
``bot.showing.sink`` how Discord shows it. The type checker names each of these places."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final, assert_never

from tickets.events import (
    ChannelKept,
    CloseAsked,
    CloseDeclined,
    ClosingCalledOff,
    ClosingPlanned,
    Event,
    EventData,
    FeedbackGiven,
    FeedbackRemoved,
    LabelsChanged,
    LinkChanged,
    MessageDeleted,
    MessageEdited,
    MessageEvent,
    MessagePosted,
    NoteAdded,
    NoteDeleted,
    NoteEdited,
    PartChanged,
    Plan,
    PlanEvent,
    SlaChanged,
    SnoozeEnded,
    TicketAbsorbed,
    TicketChanged,
    TicketClosed,
    TicketErased,
    TicketOpened,
    TicketReopened,
    TicketSnoozed,
    metadata_name,
)
from tickets.model import Millis
from tickets.targets import SlaState, TargetName


class Told(StrEnum):
    """Who is told of an event while it happens. All but STAFF is no secret: the requester finds it in the
    feed, in the transcript, and as ``updated_at`` of the ticket."""

    REQUESTER = "the ticket's requester, and staff that watches it"
    STAFF = "staff that watches the ticket, and nobody who is its requester"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class EventKind:
    name: str
    """On the wire: of sockets, of the feed over REST, of webhooks."""
    told: Told
    summary: str
    """For the documents of the API."""
    has_text: bool = True
    """Whether a search may find something else afterwards. A needless yes costs one look."""

    @property
    def is_secret(self) -> bool:
        """Whether nothing of it may ever reach a requester."""
        return self.told is Told.STAFF


EVENT_KINDS: Final[Mapping[type[EventData], EventKind]] = {
    TicketOpened: EventKind(
        "ticket_opened", Told.REQUESTER, "A ticket was opened; its requester hears of it with `echo`."
    ),
    MessagePosted: EventKind("message", Told.REQUESTER, "A message was posted."),
    MessageEdited: EventKind(
        "edit_message", Told.REQUESTER, "A message was changed; it comes whole, as it is now."
    ),
    MessageDeleted: EventKind(
        "delete_message", Told.REQUESTER, "A message was deleted: `deleted` is true, the content empty."
    ),
    TicketChanged: EventKind("ticket_updated", Told.REQUESTER, "Something about the ticket was changed."),
    TicketClosed: EventKind("ticket_closed", Told.REQUESTER, "The ticket was closed.", has_text=False),
    TicketAbsorbed: EventKind(
        "ticket_merged",
        Told.REQUESTER,
        "Another ticket was merged into this one; that one's `merged_into` names this one.",
        has_text=False,
    ),
    TicketReopened: EventKind("ticket_reopened", Told.REQUESTER, "The ticket is open again.", has_text=False),
    NoteAdded: EventKind(
        "note", Told.STAFF, "Staff added a note. It is told to staff alone that watch the ticket."
    ),
    NoteEdited: EventKind("edit_note", Told.STAFF, "A note was changed; likewise."),
    NoteDeleted: EventKind("delete_note", Told.STAFF, "A note was deleted; likewise."),
    CloseAsked: EventKind(
        "ask_close",
        Told.REQUESTER,
        "Staff asks the requester whether the ticket can be closed.",
        has_text=False,
    ),
    CloseDeclined: EventKind(
        "close_declined", Told.REQUESTER, "The requester says that the ticket is not done.", has_text=False
    ),
    ClosingPlanned: EventKind(
        "closing_planned",
        Told.REQUESTER,
        "The ticket is closed at `closes_at`, unless somebody writes before.",
        has_text=False,
    ),
    ClosingCalledOff: EventKind(
        "closing_called_off",
        Told.REQUESTER,
        "The ticket is not closed at that time after all: `closes_at` is null again.",
        has_text=False,
    ),
    TicketSnoozed: EventKind(
        "ticket_snoozed", Told.STAFF, "Staff put the ticket aside for a time. Likewise.", has_text=False
    ),
    SnoozeEnded: EventKind("snooze_ended", Told.STAFF, "That time is over. Likewise.", has_text=False),
    LabelsChanged: EventKind(
        "labels_changed", Told.STAFF, "Labels were added or removed. Likewise.", has_text=False
    ),
    SlaChanged: EventKind(
        "sla", Told.STAFF, "A target is about to be missed, or was missed. Likewise.", has_text=False
    ),
    PartChanged: EventKind(
        "part_changed",
        Told.STAFF,
        "Somebody of staff sees the channel too, or is pinged too, or no more. Likewise.",
        has_text=False,
    ),
    LinkChanged: EventKind(
        "links_changed",
        Told.STAFF,
        "The ticket was linked with another one, or that was taken back. Likewise.",
        has_text=False,
    ),
    ChannelKept: EventKind(
        "channel_kept",
        Told.STAFF,
        "The channel of the closed ticket stays for longer. Likewise.",
        has_text=False,
    ),
    FeedbackGiven: EventKind("feedback_given", Told.NOBODY, "The requester gave feedback.", has_text=False),
    FeedbackRemoved: EventKind("feedback_removed", Told.NOBODY, "The feedback was removed.", has_text=False),
    TicketErased: EventKind(
        "ticket_erased",
        Told.REQUESTER,
        "All that was written in the ticket is gone, and whose it was. It is the ticket's last event.",
    ),
}


def kind_of(data: EventData) -> EventKind:
    return EVENT_KINDS[type(data)]


def is_for_requesters(event: Event) -> bool:
    """Whether requesters are told of it while it happens."""
    return kind_of(event.data).told is Told.REQUESTER


def in_log(data: EventData) -> str | None:
    """What the program's log says that somebody did. It has no words of people's, and no messages."""
    match data:
        case TicketOpened():
            return "opened the ticket"
        case TicketChanged(changes):
            return f"changed the {', '.join(_field(it.field) for it in changes)}"
        case TicketClosed() | TicketAbsorbed() | TicketReopened():
            return _begun_or_ended(data)
        case PlanEvent():
            return _planned(data)
        case LabelsChanged() | SlaChanged() | PartChanged() | LinkChanged() | ChannelKept():
            return _for_staff(data)
        case FeedbackGiven(rating):
            return f"gave {rating} of 5 stars"
        case FeedbackRemoved():
            return "removed the feedback"
        case TicketErased():
            return "erased all that was written"
        case MessageEvent():
            return None
    assert_never(data)


SLA_IN_WORDS: Final[Mapping[tuple[TargetName, SlaState], str]] = {
    (TargetName.FIRST_RESPONSE, SlaState.AT_RISK): "warned that the first answer is due",
    (TargetName.FIRST_RESPONSE, SlaState.BREACHED): "noted that the first answer is late, it was due",
    (TargetName.RESOLUTION, SlaState.AT_RISK): "warned that the resolution is due",
    (TargetName.RESOLUTION, SlaState.BREACHED): "noted that the resolution is late, it was due",
}


def _field(name: str) -> str:
    return "metadata" if metadata_name(name) is not None else name.replace("_", " ")


def _labels(added: Sequence[str], removed: Sequence[str]) -> str:
    parts = [
        f"{did} the label{'' if len(labels) == 1 else 's'} {', '.join(labels)}"
        for did, labels in (("added", added), ("removed", removed))
        if labels
    ]
    return " and ".join(parts)


def _begun_or_ended(data: TicketClosed | TicketAbsorbed | TicketReopened) -> str:
    match data:
        case TicketClosed(merged_into_number=int(number)):
            return f"merged the ticket into ticket {number}"
        case TicketClosed(to):
            return f"closed the ticket as {to}"
        case TicketAbsorbed(number=number):
            return f"merged ticket {number} into this one"
        case TicketReopened():
            return "reopened the ticket"
    assert_never(data)


def _for_staff(data: LabelsChanged | SlaChanged | PartChanged | LinkChanged | ChannelKept) -> str:
    match data:
        case LabelsChanged(added, removed):
            return _labels(added, removed)
        case SlaChanged(target, state, due_at):
            return f"{SLA_IN_WORDS[target, state]} {moment(due_at)}"
        case PartChanged(part, _, ends):
            return f"{'removed' if ends else 'added'} a {part}"
        case LinkChanged(_, number, ends):
            return f"{'took back the link' if ends else 'linked the ticket'} with ticket {number}"
        case ChannelKept(until):
            return f"kept the channel open until {moment(until)}"
    assert_never(data)


def _planned(plan: Plan) -> str:
    match plan:
        case TicketSnoozed(until):
            return f"put the ticket aside until {moment(until)}"
        case SnoozeEnded():
            return "took the ticket up again"
        case CloseAsked():
            return "asked whether the ticket can be closed"
        case CloseDeclined():
            return "said that it is not done"
        case ClosingPlanned(at):
            return f"planned to close the ticket at {moment(at)}"
        case ClosingCalledOff():
            return "called the closing off"
    assert_never(plan)


def moment(at: Millis) -> str:
    """The time in words, in UTC."""
    return f"{datetime.fromtimestamp(at / 1000, UTC):%Y-%m-%d %H:%M} UTC"
