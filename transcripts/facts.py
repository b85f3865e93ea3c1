"""The facts about a ticket that come before its conversation: the same in every form of the transcript."""

from collections.abc import Iterator
from dataclasses import dataclass

from texts.text import Text
from tickets.model import Millis, Ticket
from tickets.transcript import Transcript
from transcripts.reader import Reader


@dataclass(frozen=True, slots=True)
class Fact:
    """A name with a time, a text, or both. The text may be written by anybody, so it must be escaped."""

    name: str
    text: str = ""
    at: Millis | None = None
    has_lines: bool = False
    """Whether line ends in the text mean something."""

    def value(self, reader: Reader) -> str:
        """Time and text on one line."""
        return " ".join(it for it in ("" if self.at is None else reader.moment(self.at), self.text) if it)


def marks_of(ticket: Ticket, reader: Reader) -> list[str]:
    """The ticket in a few words: its status, level, assignee and labels."""
    marks = [
        reader.says(Text("status", status=ticket.status)),
        reader.says(Text("level", level=ticket.issue_level)),
        reader.says(Text("support-role", role=ticket.support_role)),
    ]
    return [*marks, *([ticket.category] if ticket.category else []), *ticket.labels]


def facts_of(transcript: Transcript, reader: Reader) -> Iterator[Fact]:
    """The facts that Guildesk knows about the ticket. Their names are fixed."""
    say = reader.says
    ticket = transcript.ticket
    requester = transcript.people.get(ticket.requester)
    yield Fact(say(Text("fact-requester")), transcript.name_of_key(ticket.requester))
    if requester and requester.email:
        yield Fact(say(Text("record-e-mail")), requester.email)
    yield Fact(
        say(Text("record-user-id")),
        say(Text("record-user", id=ticket.requester.id, issuer=ticket.requester.issuer)),
    )
    yield Fact(say(Text("record-role")), say(Text("listed-user-role", role=ticket.requester_role)))
    if ticket.locale:
        yield Fact(say(Text("record-language")), ticket.locale)
    if ticket.category is not None:
        yield Fact(say(Text("record-category")), ticket.category)
    yield Fact(say(Text("record-level")), say(Text("level", level=ticket.issue_level)))
    yield Fact(say(Text("fact-support-role")), say(Text("support-role", role=ticket.support_role)))
    yield Fact(say(Text("record-status")), say(Text("status", status=ticket.status)))
    if ticket.assignee:
        yield Fact(say(Text("card-assignee")), transcript.name_of_key(ticket.assignee))
    if ticket.labels:
        yield Fact(say(Text("card-labels")), ", ".join(ticket.labels))
    if ticket.links:
        yield Fact(say(Text("card-links")), ", ".join(f"#{it}" for it in ticket.links))
    yield Fact(say(Text("fact-opened")), at=ticket.created_at)
    if ticket.first_response_at is not None:
        yield Fact(say(Text("fact-first-response")), at=ticket.first_response_at)
    yield from _closed(transcript, reader)
    if (given := ticket.feedback) is not None:
        stars = "★" * given.rating + "☆" * (5 - given.rating)
        comment = f"{stars} {given.comment or ''}".strip()
        yield Fact(say(Text("record-feedback")), comment, has_lines=True)
    yield Fact(say(Text("record-ticket-id")), ticket.id)


def _closed(transcript: Transcript, reader: Reader) -> Iterator[Fact]:
    ticket, say = transcript.ticket, reader.says
    if ticket.closed_at is None or ticket.closed_by is None:
        return
    side = reader.side(ticket.closed_by.type)
    by = Text("record-closed-by", name=transcript.name_of(ticket.closed_by), side=side)
    yield Fact(say(Text("fact-closed")), say(by), ticket.closed_at)
    if ticket.merged_into_number is not None:
        other = Text("record-ticket", number=ticket.merged_into_number)
        yield Fact(say(Text("record-merged-into")), say(other))
    reason = ticket.close_reason or say(Text("record-no-reason"))
    yield Fact(say(Text("fact-reason")), reason, has_lines=True)


def answers_of(transcript: Transcript) -> Iterator[Fact]:
    """The requester's answers, by the questions of the form."""
    for it in transcript.ticket.answers:
        yield Fact(it.question, it.answer, has_lines=True)


def metadata_of(transcript: Transcript) -> Iterator[Fact]:
    """The metadata of the app. The app chose the names, which may look like those of our facts."""
    for name, value in transcript.ticket.metadata.items():
        yield Fact(name, value, has_lines=True)
