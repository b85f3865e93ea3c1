"""Events make a transcript: the whole record of a ticket, for staff or for its requester. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from tickets.event_kinds import kind_of
from tickets.events import (
    Event,
    FeedbackGiven,
    MessageEdited,
    MessagePosted,
    NoteAdded,
    NoteEdited,
    PartChanged,
    TicketAbsorbed,
    TicketChanged,
    TicketErased,
    TicketEvent,
    TicketOpened,
)
from tickets.fields import STAFFS_FIELDS
from tickets.fold import ticket_of
from tickets.fold_messages import messages_of
from tickets.history import Entry, with_history
from tickets.model import (
    Actor,
    AuthorType,
    EventId,
    FileId,
    Message,
    MessageId,
    Millis,
    Person,
    SupportRole,
    Ticket,
    TicketId,
    UserKey,
)

DESK = "Guildesk"
"""Whoever did what the desk did by itself."""
WORDS = ("topic", "description")
"""Fields that people write, and may have edited."""


@dataclass(frozen=True, slots=True)
class Revision:
    """What a message said until it was edited, at ``until``."""

    content: str
    until: Millis


Revisions = Mapping[MessageId, Sequence[Revision]]


@dataclass(frozen=True, slots=True)
class Transcript:
    """A ticket with its messages and history in order. Deleted messages are tombstones without content;
    ``history`` is the events that are about the ticket itself."""

    ticket: Ticket
    messages: Sequence[Message]
    people: Mapping[UserKey, Person]
    history: Sequence[Event] = ()
    changes: Sequence[Entry] = ()
    by_id: Mapping[MessageId, Message] = field(default_factory=dict)
    """The messages again."""
    absorbed: Sequence["Transcript"] = ()
    """The transcripts of tickets that were merged into this one."""
    revisions: Revisions = field(default_factory=dict)
    """What edited messages said before, the oldest first; of those that were deleted, nothing."""
    left_out: frozenset[TicketId] = frozenset()
    """Tickets that were merged into this one, and that its readers did not see."""

    def answered(self, message: Message) -> Message | None:
        """The message that this one answers, if the transcript holds it."""
        if message.reply_to is None:
            return None
        return self.by_id.get(message.reply_to)

    def name_of(self, actor: Actor) -> str:
        """How the transcript calls somebody; somebody unknown goes by the id."""
        return DESK if actor.key is None else self.name_of_key(actor.key)

    def name_of_key(self, key: UserKey) -> str:
        """The user's name, or the id of somebody unknown."""
        person = self.people.get(key)
        return person.name if person else key.id

    def name_in_discord(self, discord_id: str) -> str | None:
        """The name of whoever has this id in Discord, if they are known."""
        person = self.people.get(UserKey(UserKey.DISCORD, discord_id))
        return person.name if person else None

    def id_of_key(self, key: UserKey) -> str:
        """The user's id, or what stands for it where names are not to be told."""
        person = self.people.get(key)
        return person.key.id if person else key.id

    @property
    def participants(self) -> Mapping[UserKey, int]:
        """Who wrote how many messages, the busiest first."""
        counts: dict[UserKey, int] = {}
        for message in self.messages:
            if message.author.key is not None:
                counts[message.author.key] = counts.get(message.author.key, 0) + 1
        return dict(sorted(counts.items(), key=lambda item: -item[1]))


Logs = Mapping[TicketId, Sequence[Event]]
"""The logs of tickets that others have taken in."""
_NOTHING: Logs = {}


def transcript_of(
    events: Iterable[Event],
    people: Mapping[UserKey, Person],
    *,
    notes: bool = False,
    revisions: bool = True,
    absorbed: Logs = _NOTHING,
    read_by: SupportRole | None = None,
) -> Transcript:
    """The record that a ticket's log makes; with ``notes``, for staff only, notes are in it. Without
    ``revisions`` it does not say what was edited away. ``absorbed`` are the logs of tickets that were merged
    into it, and into those. Where ``read_by`` is given, that support role and those above it read it: what
    some of them did not see is left out."""
    log = list(events)
    by_id = {it.id: it for it in messages_of(log).values() if notes or not it.is_note}
    ticket, history, changes = _of_the_ticket(log, notes=notes, revisions=revisions)
    others = {other: it for other, it in absorbed.items() if other != ticket.id}
    shown = {other: it for other, it in others.items() if is_read_by(read_by, ticket_of(it))}

    def inner(other: TicketId) -> Transcript:
        return transcript_of(
            shown[other], people, notes=notes, revisions=revisions, absorbed=shown, read_by=read_by
        )

    return Transcript(
        ticket,
        list(by_id.values()),
        people,
        history,
        changes,
        by_id,
        [
            inner(it.data.other)
            for it in log
            if isinstance(it.data, TicketAbsorbed) and it.data.other in shown
        ],
        revisions_of(log, by_id) if revisions else {},
        frozenset(others) - frozenset(shown),
    )


def _of_the_ticket(
    log: Sequence[Event], *, notes: bool, revisions: bool
) -> tuple[Ticket, list[Event], list[Entry]]:
    """The ticket, what happened to it, and which of its fields changed."""
    history = [it for it in log if isinstance(it.data, TicketEvent)]
    ticket, changes = with_history(log)
    if not notes:
        ticket = as_requesters_read(ticket)
        history = [it for it in history if not kind_of(it.data).is_secret]
        changes = [it for it in changes if it.field not in STAFFS_FIELDS]
    if not revisions:
        history = [_without_old_words(it, ticket) for it in history]
        changes = [replace(it, old=None, new=None) if _is_staffs(it) else it for it in changes]
    return ticket, history, changes


def as_requesters_read(ticket: Ticket) -> Ticket:
    """The ticket without what is staff's alone."""
    return replace(ticket, labels=(), sla=None, snoozed_until=None, colleagues=(), subscribers=(), links=())


def is_read_by(role: SupportRole | None, ticket: Ticket) -> bool:
    """Whether everybody of this support role and those above it saw the ticket; None is for whoever sees
    all."""
    return role is None or role in ticket.support_role.and_above


def revisions_of(log: Iterable[Event], of: Mapping[MessageId, Message]) -> Revisions:
    """What these messages said before they were edited."""
    said: dict[MessageId, str] = {}
    revisions: dict[MessageId, list[Revision]] = {}
    for event in log:
        message_id = event.message_id
        if message_id is None or message_id not in of or of[message_id].deleted:
            continue
        match event.data:
            case MessagePosted(content) | NoteAdded(content):
                said[message_id] = content
            case MessageEdited(content=content) | NoteEdited(content=content):
                if content != said.get(message_id, content):
                    before = Revision(said[message_id], event.at)
                    revisions.setdefault(message_id, []).append(before)
                said[message_id] = content
    return revisions


def _is_staffs(entry: Entry) -> bool:
    return entry.field in WORDS and entry.actor.type is AuthorType.STAFF


def _without_old_words(event: Event, today: Ticket) -> Event:
    data = event.data
    if isinstance(data, FeedbackGiven) and today.feedback is None:
        return replace(event, data=replace(data, comment=None))
    if isinstance(data, TicketChanged) and event.actor.type is AuthorType.STAFF:
        changes = tuple(replace(it, old=None, new=None) if it.field in WORDS else it for it in data.changes)
        return replace(event, data=replace(data, changes=changes))
    return event


def requester_of(log: Iterable[Event]) -> UserKey | None:
    """The ticket's requester today, found without folding the log."""
    requester: UserKey | None = None
    for event in log:
        match event.data:
            case TicketOpened(requester=first):
                requester = first
            case TicketErased(to):
                requester = to
            case TicketChanged(changes):
                given = [it.new for it in changes if it.field == "requester" and it.new]
                requester = UserKey.parse(given[-1]) if given else requester
    return requester


def people_in(events: Iterable[Event]) -> set[UserKey]:
    """Everybody whose name a transcript of these events needs."""
    log = list(events)
    keys = {event.actor.key for event in log if event.actor.type is not AuthorType.SYSTEM}
    keys.add(requester_of(log))
    keys.update(*(event.assignees for event in log))
    keys.update(it.data.who for it in log if isinstance(it.data, PartChanged))
    return {key for key in keys if key is not None}


def transcript_file(closing: EventId, seq: int, upto: int) -> FileId:
    """The file with the transcript that was made for a closing, if Discord did not take it: of all up to an
    event."""
    name = f"transcript-{closing.replace(':', '-')}"
    return FileId(name if upto == seq else f"{name}-{upto}")


def absorbed_file(ticket_id: TicketId, seq: int) -> FileId:
    """The same of a ticket that was merged into this one by that event."""
    return FileId(f"merged-{ticket_id}-{seq}")
