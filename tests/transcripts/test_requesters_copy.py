"""Whatever happened to a ticket: its requester's copy holds nothing of staff's."""

from collections.abc import Iterator
from dataclasses import replace

from hypothesis import given

from tests.people import ANN, EVE, SAM
from tests.tickets.histories import histories
from tests.tickets.logs import Logbook
from tickets.events import (
    ChannelKept,
    Event,
    LabelsChanged,
    LinkChanged,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    NoteAdded,
    NoteEdited,
    PartChanged,
    SlaChanged,
    TicketChanged,
    TicketSnoozed,
)
from tickets.model import AuthorType, Part, TicketId
from tickets.targets import SlaState, TargetName
from tickets.transcript import Transcript, transcript_of
from transcripts import render_html, render_json, render_markdown, render_text

PEOPLE = {it.key: it for it in (ANN, SAM, replace(EVE, name="Secretcolleague"))}


def marked(log: list[Event]) -> tuple[list[Event], set[str]]:
    """The log with a word of its own in each text, and the words that the requester must not read: of notes,
    of what is deleted, of what was edited away, and of what only staff sees."""
    events: list[Event] = []
    secret: set[str] = {"Secretcolleague"}
    said: dict[str, str] = {}
    for event in log:
        word, data = f"word{event.seq}word", event.data
        match data:
            case MessagePosted():
                said[event.id] = word
                data = replace(data, content=word)
            case MessageEdited(message_id=message_id):
                secret.add(said[message_id])
                said[message_id] = word
                data = replace(data, content=word)
            case MessageDeleted(message_id=message_id):
                secret.add(said[message_id])
            case NoteAdded() | NoteEdited():
                secret.add(word)
                data = replace(data, content=word)
        events.append(replace(event, data=data))
    return events, secret


def with_all_that_is_staffs(log: list[Event]) -> list[Event]:
    """The same log, with a label, somebody who takes part, a target, a snooze, a link,
    and a channel that is kept."""
    book = Logbook(events=[*log])
    book.events = [*log]
    staff = next((it.actor for it in log if it.actor.type is AuthorType.STAFF), None)
    if staff is not None:
        book.add(staff, LabelsChanged(("secretlabel",)))
        book.add(staff, PartChanged(Part.COLLEAGUE, EVE.key))
        book.add(staff, SlaChanged(TargetName.RESOLUTION, SlaState.BREACHED, 0))
        book.add(staff, TicketSnoozed(0))
        book.add(staff, LinkChanged(TicketId("t9"), 9))
        book.add(staff, ChannelKept(0))
    return book.events


def forms(transcript: Transcript) -> Iterator[str]:
    for render in (render_html, render_text, render_markdown, render_json):
        yield "".join(render(transcript, lambda it: f"https://desk.example/{it.id}"))


@given(histories())
def test_it_holds_no_note_nothing_deleted_and_no_field_of_staffs(log: list[Event]) -> None:
    assigned = {str(EVE.key)} & {
        text
        for it in log
        if isinstance(it.data, TicketChanged)
        for change in it.data.changes
        for text in (change.old or "", change.new or "")
    }
    events, secret = marked(with_all_that_is_staffs(log))

    transcript = transcript_of(events, PEOPLE, notes=False, revisions=False)

    secret -= {"Secretcolleague"} if assigned else set()
    for form in forms(transcript):
        told = ("secretlabel", "put this ticket aside", "is late", "linked this ticket", "channel open")
        found = [it for it in (*secret, *told, "Linked tickets") if it in form]
        assert found == []


@given(histories())
def test_staffs_holds_every_note_and_every_revision_but_nothing_deleted(log: list[Event]) -> None:
    events, _ = marked(log)
    deleted = {it.data.message_id for it in events if isinstance(it.data, MessageDeleted)}
    said = [it for it in events if isinstance(it.data, MessagePosted | MessageEdited) and it.message_id]

    for form in forms(transcript_of(events, PEOPLE, notes=True)):
        for event in said:
            assert isinstance(event.data, MessagePosted | MessageEdited)
            assert (event.data.content in form) is (event.message_id not in deleted)
