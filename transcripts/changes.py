"""Says what happened to a ticket, in the words of its channel."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import assert_never

from texts.text import Text, Words
from tickets.events import (
    Change,
    ChannelKept,
    ClosingPlanned,
    Event,
    FeedbackGiven,
    FeedbackRemoved,
    LinkChanged,
    MessageEvent,
    PartChanged,
    SentenceEvent,
    SlaChanged,
    TicketAbsorbed,
    TicketChanged,
    TicketClosed,
    TicketErased,
    TicketOpened,
    metadata_name,
)
from tickets.model import Part, Status, UserKey
from tickets.targets import SlaState, TargetName
from tickets.transcript import Transcript
from transcripts.plain import named, worded
from transcripts.reader import Reader
from transcripts.sentences import sentence_of


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence of ours; ``plain.marked`` shows which parts of it people chose. ``before`` and ``after`` are
    texts of people that do not fit into a sentence. ``after`` alone is a comment."""

    sentence: str
    before: str | None = None
    after: str | None = None


def told(transcript: Transcript, event: Event, reader: Reader) -> Iterator[Told]:
    """A sentence for each change of the event; none for messages."""
    return _Teller(transcript, event, reader).told()


def doer(transcript: Transcript, event: Event, reader: Reader) -> str:
    """The actor's name, as in the transcript."""
    return reader.says(Text("somebody-by-hand")) if event.is_by_hand else transcript.name_of(event.actor)


class _Teller:
    def __init__(self, transcript: Transcript, event: Event, reader: Reader) -> None:
        self._transcript = transcript
        self._event = event
        self._reader = reader
        self._who = named(doer(transcript, event, reader))

    def told(self) -> Iterator[Told]:
        match self._event.data:
            case TicketChanged(changes):
                yield from map(self._changed, changes)
            case TicketErased():
                yield self._sentence(Text("record-erased", who=self._who))
            case TicketOpened() | TicketClosed() | TicketAbsorbed() as data:
                yield self._begun_or_ended(data)
            case ClosingPlanned(reason=reason) as planned:
                words = sentence_of(self._who, planned, self._reader.moment)
                yield self._sentence(Text("sentence", what=words), after=reason)
            case SentenceEvent() as data:
                yield self._sentence(sentence_of(self._who, data, self._reader.moment))
            case SlaChanged() | PartChanged() | LinkChanged() | ChannelKept() as data:
                yield self._sentence(self._for_staff(data))
            case FeedbackGiven(rating, comment):
                rated = Text("record-rated", who=self._who, stars="★" * rating + "☆" * (5 - rating))
                yield self._sentence(rated, after=comment)
            case FeedbackRemoved():
                yield self._sentence(Text("record-unrated", who=self._who))
            case MessageEvent():
                return
            case data:
                assert_never(data)

    def _sentence(self, words: Words, before: str | None = None, after: str | None = None) -> Told:
        return Told(self._reader.says(words), before, after)

    def _begun_or_ended(self, data: TicketOpened | TicketClosed | TicketAbsorbed) -> Told:
        match data:
            case TicketOpened():
                return self._sentence(Text("ticket-was-opened", who=self._who))
            case TicketClosed(merged_into_number=int(into)):
                return self._sentence(Text("ticket-was-merged", who=self._who, into=into))
            case TicketClosed(to, reason):
                closed = Text("ticket-was-closed", who=self._who, status=Text("status", status=to))
                return self._sentence(Text("sentence", what=closed), after=reason)
            case TicketAbsorbed(other, number):
                if other in self._transcript.left_out:
                    return self._sentence(Text("ticket-was-absorbed-apart", who=self._who, number=number))
                return self._sentence(Text("record-absorbed", who=self._who, number=number))
        assert_never(data)

    def _for_staff(self, data: SlaChanged | PartChanged | LinkChanged | ChannelKept) -> Words:
        match data:
            case SlaChanged(target, state, due_at):
                at, is_late = self._reader.moment(due_at), state is SlaState.BREACHED
                if target is TargetName.FIRST_RESPONSE:
                    return Text("first-answer-is-late" if is_late else "first-answer-is-due", at=at)
                return Text("resolution-is-late" if is_late else "resolution-is-due", at=at)
            case PartChanged(part, key, ends):
                whom = self._name(key)
                if part is Part.SUBSCRIBER:
                    return Text("subscriber-left" if ends else "subscriber-joined", whom=whom)
                id_ = "colleague-was-removed" if ends else "colleague-was-added"
                return Text(id_, who=self._who, whom=whom)
            case LinkChanged(_, number, ends):
                id_ = "ticket-was-unlinked" if ends else "ticket-was-linked"
                return Text(id_, who=self._who, other=f"#{number}")
            case ChannelKept(until):
                return Text("channel-stays", who=self._who, at=self._reader.moment(until))
        assert_never(data)

    def _changed(self, change: Change) -> Told:
        who, old, new = self._who, change.old, change.new
        match change.field:
            case "issue_level":
                levels = (Text("level", level=it or "") for it in (old, new))
                return self._sentence(Text("level-was-set", who=who, old=next(levels), new=next(levels)))
            case "support_role":
                roles = (Text("support-role", role=it or "") for it in (old, new))
                return self._sentence(Text("ticket-was-passed", who=who, old=next(roles), new=next(roles)))
            case "status":
                is_staffs = new == Status.OPEN
                id_ = "staffs-turn-now" if is_staffs else "requesters-turn-now"
                return self._sentence(Text(id_, who=who, status=Text("status", status=new or "")))
            case "assignee":
                return self._sentence(self._assigned(change))
            case "attachments":
                return self._sentence(Text("record-file-removed", who=who))
        return self._field(change)

    def _field(self, change: Change) -> Told:
        who, name = self._who, metadata_name(change.field)
        field: Words = Text("field", field=change.field) if name is None else worded(name)
        if change.old is None and change.new is None:  # what it was is not to be told
            return self._sentence(Text("field-was-changed", who=who, field=field))
        if change.field == "description":  # it has several lines
            said = Text("field-was-changed", who=who, field=field)
            return self._sentence(said, change.old or "", change.new or "")
        old, new = (self._value(change.field, it) for it in (change.old, change.new))
        return self._sentence(Text("field-was-set", who=who, field=field, old=old, new=new))

    def _assigned(self, change: Change) -> Text:
        key = UserKey.parse(change.new or change.old or "")
        whom, own = self._name(key), key == self._event.actor.key
        if change.new is None:
            return (
                Text("ticket-was-released", who=self._who)
                if own
                else Text("ticket-was-taken", who=self._who, whom=whom)
            )
        return (
            Text("ticket-was-claimed", who=self._who)
            if own
            else Text("ticket-was-given", who=self._who, whom=whom)
        )

    def _value(self, field: str, text: str | None) -> Words:
        if text is None:
            return Text("nothing")
        if field == "requester":
            return self._name(UserKey.parse(text))
        return Text("quoted", text=worded(text))

    def _name(self, key: UserKey) -> str:
        return named(self._transcript.name_of_key(key))
