"""Blanks a ticket's log: computes what is left when everything that people wrote is erased. Pure.

Ids, times and kinds of events stay, and everything that is counted: levels, statuses, ratings, and who of
staff answered. Staff's labels stay as well, because they are words of the desk; but not those that name the
person."""

from collections.abc import Collection, Iterable, Mapping, Set
from dataclasses import fields, replace
from typing import Final, assert_never

from tickets.events import (
    Change,
    ClosingPlanned,
    Event,
    EventData,
    FeedbackGiven,
    LabelsChanged,
    MessageDeleted,
    MessageEdited,
    MessageEvent,
    MessagePosted,
    NoteAdded,
    NoteDeleted,
    NoteEdited,
    PartChanged,
    TicketAbsorbed,
    TicketChanged,
    TicketClosed,
    TicketErased,
    TicketEvent,
    TicketOpened,
    Wordless,
)
from tickets.fields import ERASED
from tickets.fold import ticket_after
from tickets.model import AuthorType, FileId, Person, Ticket, UserKey
from tickets.ports.channels import LOG_LINE, TRANSCRIPT_POSTS, Link
from tickets.transcript import absorbed_file, transcript_file
from tickets.words import words_of

OfMessages = MessagePosted | MessageEdited | MessageDeleted | NoteAdded | NoteEdited | NoteDeleted

COUNTED = frozenset({"issue_level", "support_role", "status", "requester_role", "assignee"})
"""Fields whose changes contain nothing that people wrote."""


ERASED_LABEL = "erased"
NOTHING: Final[Mapping[str, str]] = {}
SHORTEST_NAME = 3
"""Letters. Shorter words of a name, such as "of", stand in many labels."""


def names_of(people: Iterable[Person]) -> frozenset[str]:
    """The words by which a label may name these people: those of their names, ids and e-mail addresses, and
    those of each written as one word."""
    texts = (text for it in people for text in (it.name, it.key.id, (it.email or "").partition("@")[0]))
    words = (words_of(text) for text in texts)
    return frozenset(it for found in words for it in (*found, "".join(found)) if len(it) >= SHORTEST_NAME)


def labels_for(events: Iterable[Event], names: Set[str]) -> dict[str, str]:
    """What replaces each label of the ticket that has one of these names. Two stay two: whoever takes one off
    leaves the other."""
    changes = (it.data for it in events if isinstance(it.data, LabelsChanged))
    labels = dict.fromkeys(label for it in changes for label in (*it.added, *it.removed))
    naming = [it for it in labels if not names.isdisjoint({*it.split("-"), it.replace("-", "")})]
    return {it: f"{ERASED_LABEL}-{n}" if n > 1 else ERASED_LABEL for n, it in enumerate(naming, start=1)}


def blanked(
    event: Event, to: UserKey, people: Iterable[UserKey], labels: Mapping[str, str] = NOTHING
) -> Event:
    """The event without texts, files and requester. ``to`` replaces all these people. ``labels`` are those of
    ``labels_for``."""
    actor = event.actor
    if actor.type is AuthorType.REQUESTER or (actor.key is not None and actor.key in set(people)):
        actor = replace(actor, key=to)
    return replace(event, actor=actor, data=_blank(event.data, to, labels))


def files_in(events: Iterable[Event]) -> set[FileId]:
    """All files that were ever part of the ticket, including those of deleted messages."""
    found: set[FileId] = set()
    for event in events:
        found.update(event.dropped)
        match event.data:
            case TicketOpened() | MessagePosted() | MessageEdited() | NoteAdded() | NoteEdited():
                found.update(file.id for file in event.data.attachments)
    return found


def transcripts_in(events: Iterable[Event]) -> set[FileId]:
    """Files with transcripts that were too large for Discord."""
    found: set[FileId] = set()
    closing: Event | None = None
    ticket: Ticket | None = None
    for event in events:
        ticket = ticket_after(ticket, event)
        if ticket.closed_seq == event.seq:
            closing = event
        elif ticket.closed_seq is None:
            closing = None
        if isinstance(event.data, TicketAbsorbed):
            found.add(absorbed_file(event.ticket_id, event.seq))
        if closing is not None:
            found.add(transcript_file(closing.id, closing.seq, event.seq))
    return found


def posts_naming(links: Iterable[Link], events: Iterable[Event], who: UserKey) -> list[Link]:
    """Posts in Discord, outside of the ticket's own channel, that name somebody who is named in the log:
    transcripts with what belongs to them, and lines of the log channel."""
    of_others = {f"{it.id}{LOG_LINE}" for it in events if not _names(it, who)}
    return [
        it
        for it in links
        if it.message_id.endswith(TRANSCRIPT_POSTS)
        or (it.message_id.endswith(LOG_LINE) and it.message_id not in of_others)
    ]


def _names(event: Event, who: UserKey) -> bool:
    if event.actor.key == who:
        return True
    match event.data:
        case TicketOpened(assignee=assignee):
            return assignee == who
        case TicketChanged(changes):
            return any(str(who) in (it.old, it.new) for it in changes)
        case PartChanged(who=taking):
            return taking == who
        case _:
            return False


def requesters_in(events: Iterable[Event]) -> set[UserKey]:
    """Everybody who was ever the ticket's requester, including guests who were merged into somebody."""
    found: set[UserKey] = set()
    for event in events:
        match event.data:
            case TicketOpened(requester=key):
                found.add(key)
            case TicketChanged(changes):
                texts = (text for it in changes if it.field == "requester" for text in (it.old, it.new))
                found.update(UserKey.parse(text) for text in texts if text)
    return {it for it in found if it.issuer != UserKey.ERASED}


def under_pseudonym(event: Event, people: Collection[UserKey], to: UserKey) -> Event:
    """An event of somebody else's ticket, with ``to`` wherever it names these people by their key. What they
    wrote stays, because it belongs to the other person's ticket."""
    return replace(
        event,
        actor=replace(event.actor, key=to) if event.actor.key in people else event.actor,
        data=_renamed(event.data, people, to),
    )


def _renamed(data: EventData, people: Collection[UserKey], to: UserKey) -> EventData:
    match data:
        case TicketOpened(requester=requester, assignee=assignee):
            return replace(
                data,
                requester=to if requester in people else requester,
                assignee=to if assignee in people else assignee,
            )
        case TicketChanged(changes):
            return replace(data, changes=tuple(_change_renamed(it, people, to) for it in changes))
        case PartChanged(who=who):
            return replace(data, who=to) if who in people else data
        case MessagePosted() | MessageEdited() | NoteAdded() | NoteEdited():
            return replace(data, content=_mentions_renamed(data.content, people, to))
        case MessageEvent() | TicketEvent():
            return data
    assert_never(data)


def _change_renamed(change: Change, people: Collection[UserKey], to: UserKey) -> Change:
    if change.field not in ("assignee", "requester"):
        return change
    keys = {str(it) for it in people}
    old, new = (str(to) if text in keys else text for text in (change.old, change.new))
    return Change(change.field, old, new)


def _mentions_renamed(content: str, people: Collection[UserKey], to: UserKey) -> str:
    """The text with mentions of these people renamed. Discord writes a mention as an id."""
    for it in people:
        if it.issuer in (UserKey.DISCORD, UserKey.MEMBERS):
            content = content.replace(f"<@{it.id}>", f"@{to.id}").replace(f"<@!{it.id}>", f"@{to.id}")
    return content


def _blank(data: EventData, to: UserKey, labels: Mapping[str, str]) -> EventData:
    if isinstance(data, Wordless):
        return data
    match data:
        case TicketOpened():
            return _opened(data, to)
        case TicketChanged(changes):
            return replace(data, changes=tuple(it for it in changes if it.field in COUNTED))
        case TicketClosed() | ClosingPlanned():
            return replace(data, reason=None)
        case LabelsChanged(added, removed):
            return LabelsChanged(*(tuple(labels.get(it, it) for it in some) for some in (added, removed)))
        case FeedbackGiven():
            return replace(data, comment=None)
        case MessageEvent():
            return _without_words(data)
        case TicketErased():
            return replace(data, to=to)
    assert_never(data)


def _without_words(data: OfMessages) -> OfMessages:
    match data:
        case MessagePosted() | NoteAdded():
            return replace(data, content="", attachments=())
        case MessageEdited() | NoteEdited():
            return replace(data, content="", attachments=(), dropped=())
        case MessageDeleted() | NoteDeleted():
            return replace(data, dropped=())
    assert_never(data)


def _opened(data: TicketOpened, to: UserKey) -> TicketOpened:
    erased = {it.name: ERASED[it.name] for it in fields(data) if it.name in ERASED}
    return replace(data, requester=to, **erased)
