"""The kinds of events: their names on the wire, who is told of them, and what the transcript says of them.

A new kind gets its row and its line here. ``tickets.fold`` says what the ticket is after it, and
``bot.showing.sink`` how Discord shows it. The type checker names each of these places."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final, assert_never

from tickets.events import (
    Change,
    CloseAsked,
    CloseDeclined,
    ClosingPlanned,
    Event,
    EventData,
    FeedbackGiven,
    FeedbackRemoved,
    LabelsChanged,
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
    TicketOpened,
    TicketReopened,
    TicketSnoozed,
    metadata_name,
)
from tickets.model import Millis, UserKey
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
    FeedbackGiven: EventKind("feedback_given", Told.NOBODY, "The requester gave feedback.", has_text=False),
    FeedbackRemoved: EventKind("feedback_removed", Told.NOBODY, "The feedback was removed.", has_text=False),
}


def kind_of(data: EventData) -> EventKind:
    return EVENT_KINDS[type(data)]


def is_for_requesters(event: Event) -> bool:
    """Whether requesters are told of it while it happens."""
    return kind_of(event.data).told is Told.REQUESTER


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """What the transcript's history says of an event, after the name of who did it. ``before`` and ``after``
    are texts that people wrote, or people."""

    what: str
    before: str | UserKey | None = None
    after: str | UserKey | None = None
    text: str = field(default="", compare=False)
    """The text that says ``what`` in other languages, with these facts."""
    facts: Mapping[str, str] = field(default_factory=dict, compare=False)


class NoValue(str):
    """What stands for a value that there was not; nobody has written it."""

    __slots__ = ()


NONE: Final = NoValue("none")


def _line(
    text: str,
    what: str,
    before: str | UserKey | None = None,
    after: str | UserKey | None = None,
    **facts: object,
) -> HistoryLine:
    return HistoryLine(what, before, after, text, {name: str(fact) for name, fact in facts.items()})


def history_lines_of(data: EventData) -> tuple[HistoryLine, ...]:
    """Messages and notes have no line: the transcript shows them themselves."""
    match data:
        case TicketOpened():
            return (_line("history-opened", "opened the ticket"),)
        case TicketChanged(changes):
            return tuple(map(_changed, changes))
        case TicketClosed() | TicketAbsorbed() | TicketReopened():
            return (_begun_or_ended(data),)
        case PlanEvent():
            return (_planned(data),)
        case LabelsChanged() | SlaChanged() | PartChanged():
            return (_for_staff(data),)
        case FeedbackGiven(rating, comment):
            return (_line("history-rated", f"gave {rating} of 5 stars", after=comment, rating=rating),)
        case FeedbackRemoved():
            return (_line("history-unrated", "removed the feedback"),)
        case MessageEvent():
            return ()
    assert_never(data)


SLA_IN_WORDS: Final[Mapping[tuple[TargetName, SlaState], str]] = {
    (TargetName.FIRST_RESPONSE, SlaState.AT_RISK): "warned that the first answer is due",
    (TargetName.FIRST_RESPONSE, SlaState.BREACHED): "noted that the first answer is late, it was due",
    (TargetName.RESOLUTION, SlaState.AT_RISK): "warned that the resolution is due",
    (TargetName.RESOLUTION, SlaState.BREACHED): "noted that the resolution is late, it was due",
}


def labels_in_words(added: Sequence[str], removed: Sequence[str]) -> str:
    """What was done; labels have no characters that need care."""
    parts = [
        f"{did} the label{'' if len(labels) == 1 else 's'} {', '.join(labels)}"
        for did, labels in (("added", added), ("removed", removed))
        if labels
    ]
    return " and ".join(parts)


def _begun_or_ended(data: TicketClosed | TicketAbsorbed | TicketReopened) -> HistoryLine:
    match data:
        case TicketClosed(merged_into_number=int(number)):
            return _line("history-merged", f"merged the ticket into ticket {number}", number=number)
        case TicketClosed(to, reason):
            return _line("history-closed", f"closed the ticket as {to}", after=reason, status=to)
        case TicketAbsorbed(number=number):
            return _line("history-absorbed", f"merged ticket {number} into this one", number=number)
        case TicketReopened():
            return _line("history-reopened", "reopened the ticket")
    assert_never(data)


def _for_staff(data: LabelsChanged | SlaChanged | PartChanged) -> HistoryLine:
    match data:
        case LabelsChanged(added, removed):
            facts = {"added": ", ".join(added) or "-", "removed": ", ".join(removed) or "-"}
            return _line("history-labels", labels_in_words(added, removed), **facts)
        case SlaChanged(target, state, due_at):
            words = SLA_IN_WORDS[target, state]
            return _line("history-target", words, after=moment(due_at), which=f"{target.name}_{state.name}")
        case PartChanged(part, who, ends):
            words = f"{'removed' if ends else 'added'} a {part}"
            return _line("history-part", words, after=who, part=part, ends=ends)
    assert_never(data)


def _planned(plan: Plan) -> HistoryLine:
    match plan:
        case TicketSnoozed(until):
            return _line("history-snoozed", "put the ticket aside", after=moment(until))
        case SnoozeEnded():
            return _line("history-unsnoozed", "took the ticket up again")
        case CloseAsked():
            return _line("history-close-asked", "asked whether the ticket can be closed")
        case CloseDeclined():
            return _line("history-close-declined", "said that it is not done")
        case ClosingPlanned(at, reason):
            return _line(
                "history-closing",
                f"planned to close the ticket at {moment(at)}",
                after=reason,
                at=moment(at),
            )
    assert_never(plan)


def _changed(change: Change) -> HistoryLine:
    def value(text: str | None) -> str | UserKey:
        if text and change.field in ("assignee", "requester"):
            return UserKey.parse(text)
        return text or NONE

    if (name := metadata_name(change.field)) is not None:
        old, new = (f"{name}: {text or 'none'}" for text in (change.old, change.new))
        return _line("history-changed", "changed the metadata", old, new, field="metadata")
    what = f"changed the {change.field.replace('_', ' ')}"
    if change.old is None and change.new is None:
        return _line("history-changed", what, field=change.field)  # what it was is not to be told
    return _line("history-changed", what, value(change.old), value(change.new), field=change.field)


def moment(at: Millis) -> str:
    """The time in words, in UTC."""
    return f"{datetime.fromtimestamp(at / 1000, UTC):%Y-%m-%d %H:%M} UTC"
