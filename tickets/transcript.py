"""Events make a transcript: the whole record of a ticket, for staff or for its requester. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tickets.events import Event
from tickets.fold import messages_of, ticket_of
from tickets.model import Actor, AuthorType, Message, Person, Ticket, UserKey


@dataclass(frozen=True, slots=True)
class Transcript:
    """A ticket with its messages in order. Deleted ones are tombstones without content."""

    ticket: Ticket
    messages: Sequence[Message]
    people: Mapping[UserKey, Person]

    def name_of(self, actor: Actor) -> str:
        """How the transcript calls somebody; somebody unknown goes by the id."""
        if actor.key is None:
            return "Guildesk"
        person = self.people.get(actor.key)
        return person.name if person else actor.key.id

    @property
    def participants(self) -> Mapping[UserKey, int]:
        """Who wrote, and how many messages, the busiest first."""
        counts: dict[UserKey, int] = {}
        for message in self.messages:
            if message.author.key is not None:
                counts[message.author.key] = counts.get(message.author.key, 0) + 1
        return dict(sorted(counts.items(), key=lambda item: -item[1]))


def transcript_of(
    events: Iterable[Event], people: Mapping[UserKey, Person], *, notes: bool = False
) -> Transcript:
    """The record that a ticket's log makes; with ``notes``, for staff only, notes are in it."""
    log = list(events)
    shown = [message for message in messages_of(log).values() if notes or not message.is_note]
    return Transcript(ticket_of(log), shown, people)


def people_in(events: Iterable[Event]) -> set[UserKey]:
    """Everybody whose name a transcript of these events needs."""
    log = list(events)
    keys = {event.actor.key for event in log if event.actor.type is not AuthorType.SYSTEM}
    keys |= {ticket_of(log).requester, ticket_of(log).assignee}
    return {key for key in keys if key is not None}
