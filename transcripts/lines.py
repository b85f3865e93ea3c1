"""The history of a ticket as lines for people, the same in every form of the transcript."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from tickets.event_kinds import history_lines_of
from tickets.events import Event
from tickets.model import AuthorType, Millis, UserKey
from tickets.transcript import Transcript

SIDES = {
    AuthorType.REQUESTER: "Requester",
    AuthorType.STAFF: "Staff",
    AuthorType.SERVICE: "Service",
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
    def text(value: str | UserKey | None) -> str | None:
        return transcript.name_of_key(value) if isinstance(value, UserKey) else value

    for event in transcript.history:
        for line in history_lines_of(event.data):
            yield Line(event, line.what, text(line.before), text(line.after))


def iso(at: Millis) -> str:
    """2026-11-21T01:49:11.042Z"""
    return utc(at).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def readable(at: Millis) -> str:
    """2026-11-21 01:49 UTC"""
    return f"{utc(at):%Y-%m-%d %H:%M} UTC"


def utc(at: Millis) -> datetime:
    return datetime.fromtimestamp(at / 1000, UTC)
