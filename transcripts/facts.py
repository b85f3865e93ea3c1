"""What people want to know about a ticket before they read it: the same in every form of the transcript."""

from collections.abc import Iterator
from dataclasses import dataclass

from tickets.model import Millis
from tickets.transcript import Transcript
from transcripts.lines import SIDES, readable


@dataclass(frozen=True, slots=True)
class Fact:
    """A name with a time, a text, or both. The text may be anybody's words: whoever shows it escapes it."""

    name: str
    text: str = ""
    at: Millis | None = None
    has_lines: bool = False
    """Whether line ends in the text mean something."""

    @property
    def value(self) -> str:
        """Time and text on one line."""
        return " ".join(it for it in ("" if self.at is None else readable(self.at), self.text) if it)


def facts_of(transcript: Transcript) -> Iterator[Fact]:
    """What Guildesk knows about the ticket. The names are ours."""
    ticket = transcript.ticket
    requester = transcript.people.get(ticket.requester)
    yield Fact("Requester", transcript.name_of_key(ticket.requester))
    if requester and requester.email:
        yield Fact("E-mail", requester.email)
    yield Fact("User id", f"{ticket.requester.id} (issuer {ticket.requester.issuer})")
    yield Fact("Role", ticket.requester_role)
    if ticket.locale:
        yield Fact("Language", ticket.locale)
    if ticket.category is not None:
        yield Fact("Category", ticket.category)
    yield Fact("Issue level", ticket.issue_level)
    yield Fact("Support role", ticket.support_role)
    yield Fact("Status", ticket.status)
    if ticket.assignee:
        yield Fact("Assignee", transcript.name_of_key(ticket.assignee))
    if ticket.labels:
        yield Fact("Labels", ", ".join(ticket.labels))
    yield Fact("Opened", at=ticket.created_at)
    if ticket.first_response_at is not None:
        yield Fact("First response", at=ticket.first_response_at)
    if ticket.closed_at is not None and ticket.closed_by is not None:
        side = SIDES[ticket.closed_by.type]
        yield Fact("Closed", f"by {transcript.name_of(ticket.closed_by)} ({side})", ticket.closed_at)
        if ticket.merged_into_number is not None:
            yield Fact("Merged into", f"ticket {ticket.merged_into_number}")
        yield Fact("Reason", ticket.close_reason or "none given", has_lines=True)
    yield Fact("Ticket id", ticket.id)


def answers_of(transcript: Transcript) -> Iterator[Fact]:
    """What the requester answered, by the questions of the form."""
    for it in transcript.ticket.answers:
        yield Fact(it.question, it.answer, has_lines=True)


def metadata_of(transcript: Transcript) -> Iterator[Fact]:
    """What the app said about the ticket. It chose the names, which may look like ours."""
    for name, value in transcript.ticket.metadata.items():
        yield Fact(name, value, has_lines=True)
