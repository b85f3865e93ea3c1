"""Everything that can happen to a ticket, in the past tense. A ticket's log is a list of these."""

from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from tickets.model import (
    Actor,
    Answer,
    Attachment,
    EventId,
    FileId,
    GivenAtOpening,
    IssueLevel,
    MessageId,
    Millis,
    Part,
    Status,
    SupportRole,
    TicketId,
    UserKey,
    UserRole,
)
from tickets.targets import SlaState, TargetName, Terms


class TicketEvent:
    """Events about a ticket itself."""

    __slots__ = ()


class SentenceEvent(TicketEvent):
    """Events that are told as one sentence, by ``transcripts.sentences``. ``Sentence`` has them all."""

    __slots__ = ()


class PlanEvent(SentenceEvent):
    """Events about what is planned for a ticket. ``Plan`` has them all."""

    __slots__ = ()


class MessageEvent:
    """Events about one message or note."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketOpened(TicketEvent, GivenAtOpening):
    number: int
    requester: UserKey
    requester_role: UserRole
    issue_level: IssueLevel
    support_role: SupportRole
    assignee: UserKey | None = None
    nobody_on_duty: bool = False
    """It should have been assigned to somebody of its support role, but nobody was on duty."""
    asked_issue_level: IssueLevel | None = None
    """The level for which a guest asked, if it is higher than guests get."""
    asked_support_role: SupportRole | None = None
    category: str | None = None
    answers: tuple[Answer, ...] = ()
    """With the questions as they were asked: forms change, tickets do not."""
    terms: Terms | None = None
    """The targets that count for it."""


@dataclass(frozen=True, slots=True)
class MessagePosted(MessageEvent):
    """The message's id is the event's."""

    content: str
    attachments: tuple[Attachment, ...] = ()
    reply_to: MessageId | None = None
    """The message of the same ticket that this one answers."""


@dataclass(frozen=True, slots=True)
class MessageEdited(MessageEvent):
    """``dropped`` are files that were part of the message until now; their bytes are deleted."""

    message_id: MessageId
    content: str
    attachments: tuple[Attachment, ...] = ()
    dropped: tuple[FileId, ...] = ()


@dataclass(frozen=True, slots=True)
class MessageDeleted(MessageEvent):
    message_id: MessageId
    dropped: tuple[FileId, ...] = ()


@dataclass(frozen=True, slots=True)
class NoteAdded(MessageEvent):
    """Requesters never see it. The note's id is the event's."""

    content: str
    attachments: tuple[Attachment, ...] = ()
    reply_to: MessageId | None = None
    """The message or note of the same ticket that it answers."""


@dataclass(frozen=True, slots=True)
class NoteEdited(MessageEvent):
    message_id: MessageId
    content: str
    attachments: tuple[Attachment, ...] = ()
    dropped: tuple[FileId, ...] = ()


@dataclass(frozen=True, slots=True)
class NoteDeleted(MessageEvent):
    message_id: MessageId
    dropped: tuple[FileId, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """One field of a ticket; values are texts as the wire has them, None where there is none."""

    field: str
    old: str | None
    new: str | None


METADATA = "metadata."
"""The beginning of the names of fields that are pairs of metadata."""


def metadata_name(field: str) -> str | None:
    """The name of the pair, if the field is one of metadata."""
    return field.removeprefix(METADATA) if field.startswith(METADATA) else None


@dataclass(frozen=True, slots=True)
class TicketChanged(TicketEvent):
    changes: tuple[Change, ...]
    terms: Terms | None = None
    """The targets that count from now on, if they change."""

    @property
    def hands_over(self) -> bool:
        """Whether the ticket gets another requester."""
        return any(change.field == "requester" for change in self.changes)


@dataclass(frozen=True, slots=True)
class TicketClosed(TicketEvent):
    """``merged_into`` is the ticket into which it was merged, with its number."""

    to: Status
    reason: str | None = None
    merged_into: TicketId | None = None
    merged_into_number: int | None = None


@dataclass(frozen=True, slots=True)
class TicketAbsorbed(TicketEvent):
    """Another ticket of the same requester was merged into this one. Nothing is copied: the conversation is
    in the other's log, which was closed at ``closed_seq``."""

    other: TicketId
    number: int
    closed_seq: int
    waiting_since: Millis | None = None
    """Since when the requester had been waiting for staff in that ticket."""


@dataclass(frozen=True, slots=True)
class TicketReopened(SentenceEvent):
    pass


@dataclass(frozen=True, slots=True)
class TicketSnoozed(PlanEvent):
    """Staff puts it aside until ``until``, which may be ``UNTIL_A_WORD``, or until the requester writes."""

    until: Millis


@dataclass(frozen=True, slots=True)
class SnoozeEnded(PlanEvent):
    """The snooze ended before the requester wrote: its time has come, or somebody ended it."""


@dataclass(frozen=True, slots=True)
class CloseAsked(PlanEvent):
    """Staff asked the requester whether all is done."""


@dataclass(frozen=True, slots=True)
class CloseDeclined(PlanEvent):
    """The requester says that the ticket is not done. If they say that it is, the ticket is closed."""


@dataclass(frozen=True, slots=True)
class ClosingPlanned(PlanEvent):
    """It will be closed ``at`` this time, unless somebody writes first."""

    at: Millis
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class ClosingCalledOff(PlanEvent):
    """Staff cancels the planned closing."""


Plan = TicketSnoozed | SnoozeEnded | CloseAsked | CloseDeclined | ClosingPlanned | ClosingCalledOff


@dataclass(frozen=True, slots=True)
class LabelsChanged(SentenceEvent):
    """Requesters never see labels."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SlaChanged(TicketEvent):
    """A target was about to be missed at ``due_at`` (AT_RISK), or was missed then (BREACHED)."""

    target: TargetName
    state: SlaState
    due_at: Millis
    raises_level: bool = False
    """Whether the level is raised because of it."""


@dataclass(frozen=True, slots=True)
class PartChanged(TicketEvent):
    """A member of staff takes part in the ticket from now on, or no longer. Requesters never see it."""

    part: Part
    who: UserKey
    ends: bool = False


@dataclass(frozen=True, slots=True)
class LinkChanged(TicketEvent):
    """The ticket is linked with another one from now on, or no longer. Both logs say so; the log of the older
    ticket decides, and the younger one's follows. Requesters never see it."""

    other: TicketId
    number: int
    ends: bool = False


@dataclass(frozen=True, slots=True)
class ChannelKept(TicketEvent):
    """The channel of the closed ticket stays at least until this time. Requesters never see it."""

    until: Millis


@dataclass(frozen=True, slots=True)
class FeedbackGiven(TicketEvent):
    """1 to 5 stars, 5 being best."""

    rating: int
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class FeedbackRemoved(TicketEvent):
    pass


@dataclass(frozen=True, slots=True)
class TicketErased(TicketEvent):
    """Everything that people wrote in it is erased, and who its requester was. It is the last event of the
    log. ``to`` replaces the requester."""

    to: UserKey
    files: int = 0
    """How many files it had."""


Sentence = Plan | TicketReopened | LabelsChanged
Wordless = (
    TicketAbsorbed
    | TicketReopened
    | TicketSnoozed
    | SnoozeEnded
    | CloseAsked
    | CloseDeclined
    | ClosingCalledOff
    | ChannelKept
    | SlaChanged
    | PartChanged
    | LinkChanged
    | FeedbackRemoved
)
"""Kinds that contain nothing that people wrote."""

EventData = (
    TicketOpened
    | TicketChanged
    | TicketClosed
    | TicketAbsorbed
    | TicketReopened
    | Plan
    | LabelsChanged
    | SlaChanged
    | PartChanged
    | LinkChanged
    | ChannelKept
    | FeedbackGiven
    | FeedbackRemoved
    | TicketErased
    | MessagePosted
    | MessageEdited
    | MessageDeleted
    | NoteAdded
    | NoteEdited
    | NoteDeleted
)
"""``tickets.event_kinds`` has a table of all kinds."""


class Place(StrEnum):
    """Where somebody did something."""

    API = "API"
    DISCORD = "DISCORD"
    DESK = "DESK"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an event was made, so that a sink knows what need not be shown again. Events from Discord have
    Discord's ids of the channel and the message."""

    place: Place
    channel_id: int | None = None
    message_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One entry of a ticket's log, unique by (ticket_id, seq) and by (ticket_id, id).

    An actor on the requester's side is always the present requester. Once a guest is merged into a customer,
    what the guest did counts as done by the customer."""

    ticket_id: TicketId
    seq: int
    id: EventId
    at: Millis
    actor: Actor
    origin: Origin
    data: EventData

    @property
    def message_id(self) -> MessageId | None:
        """The message or note that this event made or changed, if it is about one."""
        match self.data:
            case MessagePosted() | NoteAdded():
                return MessageId(self.id)
            case (
                MessageEdited(message_id=it)
                | MessageDeleted(message_id=it)
                | NoteEdited(message_id=it)
                | NoteDeleted(message_id=it)
            ):
                return it
            case TicketEvent():
                return None
        assert_never(self.data)

    @property
    def is_by_hand(self) -> bool:
        """Whether somebody did it in Discord in a way that does not tell who, such as moving a channel."""
        return self.actor.key is None and self.origin.place is Place.DISCORD

    @property
    def dropped(self) -> tuple[FileId, ...]:
        """The files whose bytes are deleted by this event."""
        match self.data:
            case MessageEdited() | MessageDeleted() | NoteEdited() | NoteDeleted():
                return self.data.dropped
            case TicketChanged(changes):
                return tuple(FileId(it.old) for it in changes if it.field == "attachments" and it.old)
            case (
                TicketOpened()
                | MessagePosted()
                | NoteAdded()
                | TicketClosed()
                | TicketAbsorbed()
                | TicketReopened()
                | PlanEvent()
                | LabelsChanged()
                | SlaChanged()
                | PartChanged()
                | LinkChanged()
                | ChannelKept()
                | FeedbackGiven()
                | FeedbackRemoved()
                | TicketErased()
            ):
                return ()
        assert_never(self.data)

    @property
    def assignees(self) -> set[UserKey]:
        """The former and the new assignee, as far as the event tells."""
        match self.data:
            case TicketOpened(assignee=it):
                return set() if it is None else {it}
            case TicketChanged(changes):
                texts = {text for it in changes if it.field == "assignee" for text in (it.old, it.new)}
                return {UserKey.parse(text) for text in texts if text}
            case (
                TicketClosed()
                | TicketAbsorbed()
                | TicketReopened()
                | PlanEvent()
                | LabelsChanged()
                | SlaChanged()
                | PartChanged()
                | LinkChanged()
                | ChannelKept()
                | FeedbackGiven()
                | FeedbackRemoved()
                | TicketErased()
                | MessageEvent()
            ):
                return set()
        assert_never(self.data)
