"""The kinds of events: their names on the wire, who is told of them, and how the program's log describes
them.

A new kind gets its row and its line here. Whatever follows from the kind alone is a column. ``tickets.fold``
says what the event does to the ticket, ``bot.showing.sink`` how Discord shows it. The type checker names both
places."""

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
)
from tickets.model import Millis
from tickets.notifications import NotificationKind
from tickets.targets import SlaState, TargetName
from tickets.webhooks import WebhookType


class Told(StrEnum):
    """Who is told of an event while it happens. Everything but STAFF is no secret: the requester finds it in
    the feed, in the transcript, and in ``updated_at`` of the ticket."""

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
    webhook: WebhookType | None
    """The name under which endpoints hear of it."""
    has_text: bool = True
    """Whether it may change what a search finds. If this is set without need, it costs one more look."""
    for_requester: NotificationKind | None = None
    """The kind of notification that the requester gets if staff did it. ``tickets.news`` has exceptions."""
    for_assignee: NotificationKind | None = None
    """The kind of notification that the assignee gets if the requester did it, or nobody."""
    moves_clocks: bool = False
    """Whether it may start a target's clock, or change when the clock runs out."""
    in_log_channel: bool = False
    """Whether the log channel always has a line for it."""

    @property
    def is_secret(self) -> bool:
        """Whether nothing of it may ever reach a requester."""
        return self.told is Told.STAFF


EVENT_KINDS: Final[Mapping[type[EventData], EventKind]] = {
    TicketOpened: EventKind(
        "ticket_opened",
        Told.REQUESTER,
        "A ticket was opened; its requester hears of it with `echo`.",
        webhook=WebhookType.TICKET_OPENED,
        in_log_channel=True,
    ),
    MessagePosted: EventKind(
        "message",
        Told.REQUESTER,
        "A message was posted.",
        webhook=WebhookType.MESSAGE_POSTED,
        for_requester=NotificationKind.ANSWER,
        for_assignee=NotificationKind.ANSWER,
    ),
    MessageEdited: EventKind(
        "edit_message",
        Told.REQUESTER,
        "A message was changed; it comes whole, as it is now.",
        webhook=WebhookType.MESSAGE_EDITED,
        for_requester=NotificationKind.EDITED,
    ),
    MessageDeleted: EventKind(
        "delete_message",
        Told.REQUESTER,
        "A message was deleted: `deleted` is true, the content empty.",
        webhook=WebhookType.MESSAGE_DELETED,
    ),
    TicketChanged: EventKind(
        "ticket_updated",
        Told.REQUESTER,
        "Something about the ticket was changed.",
        webhook=WebhookType.TICKET_UPDATED,
    ),
    TicketClosed: EventKind(
        "ticket_closed",
        Told.REQUESTER,
        "The ticket was closed.",
        webhook=WebhookType.TICKET_CLOSED,
        has_text=False,
        for_requester=NotificationKind.CLOSED,
        in_log_channel=True,
    ),
    TicketAbsorbed: EventKind(
        "ticket_merged",
        Told.REQUESTER,
        "Another ticket was merged into this one; that one's `merged_into` names this one.",
        webhook=WebhookType.TICKET_MERGED,
        has_text=False,
    ),
    TicketReopened: EventKind(
        "ticket_reopened",
        Told.REQUESTER,
        "The ticket is open again.",
        webhook=WebhookType.TICKET_REOPENED,
        has_text=False,
        for_requester=NotificationKind.REOPENED,
        for_assignee=NotificationKind.REOPENED,
        moves_clocks=True,
        in_log_channel=True,
    ),
    NoteAdded: EventKind(
        "note",
        Told.STAFF,
        "Staff added a note. It is told to staff alone that watch the ticket.",
        webhook=WebhookType.NOTE_ADDED,
    ),
    NoteEdited: EventKind(
        "edit_note", Told.STAFF, "A note was changed; likewise.", webhook=WebhookType.NOTE_EDITED
    ),
    NoteDeleted: EventKind(
        "delete_note", Told.STAFF, "A note was deleted; likewise.", webhook=WebhookType.NOTE_DELETED
    ),
    CloseAsked: EventKind(
        "ask_close",
        Told.REQUESTER,
        "Staff asks the requester whether the ticket can be closed.",
        webhook=WebhookType.TICKET_UPDATED,
        has_text=False,
        for_requester=NotificationKind.ASK_CLOSE,
        moves_clocks=True,
    ),
    CloseDeclined: EventKind(
        "close_declined",
        Told.REQUESTER,
        "The requester says that the ticket is not done.",
        webhook=WebhookType.TICKET_UPDATED,
        has_text=False,
        moves_clocks=True,
    ),
    ClosingPlanned: EventKind(
        "closing_planned",
        Told.REQUESTER,
        "The ticket is closed at `closes_at`, unless somebody writes before.",
        webhook=WebhookType.TICKET_UPDATED,
        has_text=False,
    ),
    ClosingCalledOff: EventKind(
        "closing_called_off",
        Told.REQUESTER,
        "The ticket is not closed at that time after all: `closes_at` is null again.",
        webhook=WebhookType.TICKET_UPDATED,
        has_text=False,
    ),
    TicketSnoozed: EventKind(
        "ticket_snoozed",
        Told.STAFF,
        "Staff put the ticket aside for a time. Likewise.",
        webhook=WebhookType.TICKET_UPDATED,
        has_text=False,
    ),
    SnoozeEnded: EventKind(
        "snooze_ended",
        Told.STAFF,
        "That time is over. Likewise.",
        webhook=WebhookType.TICKET_UPDATED,
        has_text=False,
        moves_clocks=True,
    ),
    LabelsChanged: EventKind(
        "labels_changed",
        Told.STAFF,
        "Labels were added or removed. Likewise.",
        webhook=WebhookType.TICKET_UPDATED,
        has_text=False,
    ),
    SlaChanged: EventKind(
        "sla",
        Told.STAFF,
        "A target is about to be missed, or was missed. Likewise.",
        webhook=WebhookType.SLA_AT_RISK,
        has_text=False,
        for_assignee=NotificationKind.SLA,
        moves_clocks=True,
    ),
    PartChanged: EventKind(
        "part_changed",
        Told.STAFF,
        "Somebody of staff sees the channel too, or is pinged too, or no more. Likewise.",
        webhook=WebhookType.TICKET_UPDATED,
        has_text=False,
    ),
    LinkChanged: EventKind(
        "links_changed",
        Told.STAFF,
        "The ticket was linked with another one, or that was taken back. Likewise.",
        webhook=WebhookType.TICKET_UPDATED,
        has_text=False,
    ),
    ChannelKept: EventKind(
        "channel_kept",
        Told.STAFF,
        "The channel of the closed ticket stays for longer. Likewise.",
        webhook=None,  # nothing of it is part of a ticket on the wire
        has_text=False,
    ),
    FeedbackGiven: EventKind(
        "feedback_given",
        Told.NOBODY,
        "The requester gave feedback.",
        webhook=WebhookType.FEEDBACK_GIVEN,
        has_text=False,
    ),
    FeedbackRemoved: EventKind(
        "feedback_removed",
        Told.NOBODY,
        "The feedback was removed.",
        webhook=WebhookType.FEEDBACK_REMOVED,
        has_text=False,
    ),
    TicketErased: EventKind(
        "ticket_erased",
        Told.REQUESTER,
        "All that was written in the ticket is gone, and whose it was. It is the ticket's last event.",
        webhook=WebhookType.TICKET_UPDATED,
    ),
}


def kind_of(data: EventData) -> EventKind:
    return EVENT_KINDS[type(data)]


def webhook_of(event: Event) -> WebhookType | None:
    """The name under which endpoints hear of the event; None if they do not."""
    if isinstance(event.data, SlaChanged) and event.data.state is SlaState.BREACHED:
        return WebhookType.SLA_BREACHED
    return kind_of(event.data).webhook


def is_for_requesters(event: Event) -> bool:
    """Whether requesters are told of it while it happens."""
    return kind_of(event.data).told is Told.REQUESTER


def in_log(data: EventData) -> str | None:
    """The line of the program's log about an event. It contains no texts of people. Messages have no line,
    and changes of fields have lines of their own (``bot.program.journal``)."""
    match data:
        case TicketOpened():
            return "opened the ticket"
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
        case MessageEvent() | TicketChanged():
            return None
    assert_never(data)


SLA_IN_WORDS: Final[Mapping[tuple[TargetName, SlaState], str]] = {
    (TargetName.FIRST_RESPONSE, SlaState.AT_RISK): "warned that the first answer is due",
    (TargetName.FIRST_RESPONSE, SlaState.BREACHED): "noted that the first answer is late, it was due",
    (TargetName.RESOLUTION, SlaState.AT_RISK): "warned that the resolution is due",
    (TargetName.RESOLUTION, SlaState.BREACHED): "noted that the resolution is late, it was due",
}


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
