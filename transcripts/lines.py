"""The history of a ticket as lines for people, the same in every form of the transcript."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from tickets.events import (
    Change,
    Event,
    FeedbackGiven,
    FeedbackRemoved,
    TicketChanged,
    TicketClosed,
    TicketOpened,
    TicketReopened,
)
from tickets.model import AuthorType, Millis, UserKey
from tickets.transcript import Transcript

SIDES = {
    AuthorType.REQUESTER: "Requester",
    AuthorType.STAFF: "Staff",
    AuthorType.SYSTEM: "System",
}


@dataclass(frozen=True, slots=True)
class Line:
    """An entry of the history; ``before`` and ``after`` are texts of people, if there are any."""

    event: Event
    what: str
    before: str | None = None
    after: str | None = None


def history_lines(transcript: Transcript) -> Iterator[Line]:
    for event in transcript.history:
        match event.data:
            case TicketOpened():
                yield Line(event, "opened the ticket")
            case TicketChanged(changes):
                for change in changes:
                    yield _changed(transcript, event, change)
            case TicketClosed(to, reason):
                yield Line(event, f"closed the ticket as {to}", after=reason)
            case TicketReopened():
                yield Line(event, "reopened the ticket")
            case FeedbackGiven(rating, comment):
                yield Line(event, f"gave {rating} of 5 stars", after=comment)
            case FeedbackRemoved():
                yield Line(event, "removed the feedback")


def iso(at: Millis) -> str:
    """2026-11-21T01:49:11.042Z"""
    return utc(at).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def readable(at: Millis) -> str:
    """2026-11-21 01:49 UTC"""
    return f"{utc(at):%Y-%m-%d %H:%M} UTC"


def utc(at: Millis) -> datetime:
    return datetime.fromtimestamp(at / 1000, UTC)


def _changed(transcript: Transcript, event: Event, change: Change) -> Line:
    def named(text: str | None) -> str:
        if text and change.field in ("assignee", "requester"):
            return transcript.name_of_key(UserKey.parse(text))
        return text or "none"

    what = f"changed the {change.field.replace('_', ' ')}"
    return Line(event, what, before=named(change.old), after=named(change.new))
