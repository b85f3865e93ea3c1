"""The history of a ticket as lines for people, the same in every form of the transcript."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from texts.language import Language
from texts.text import Text, in_language
from tickets.event_kinds import HistoryLine, NoValue, history_lines_of
from tickets.events import Event
from tickets.excerpts import excerpt
from tickets.model import AuthorType, Message, Millis, UserKey
from tickets.transcript import Transcript


def side(of: AuthorType, language: Language) -> str:
    """On which side somebody stands."""
    return in_language(Text("record-side", side=of), language)


@dataclass(frozen=True, slots=True)
class Line:
    """An entry of the history; ``before`` and ``after`` are texts of people, if there are any."""

    event: Event
    what: str
    before: str | None = None
    after: str | None = None


def history_lines(transcript: Transcript, language: Language) -> Iterator[Line]:
    def text(value: str | UserKey | None) -> str | None:
        if isinstance(value, NoValue):
            return in_language(Text("nothing-there"), language)
        return transcript.name_of_key(value) if isinstance(value, UserKey) else value

    for event in transcript.history:
        for line in history_lines_of(event.data):
            yield Line(event, _what(line, language), text(line.before), text(line.after))


def doer(transcript: Transcript, event: Event, language: Language) -> str:
    """Who did it, as the transcript calls them."""
    by_hand = in_language(Text("somebody-by-hand"), language)
    return by_hand if event.is_by_hand else transcript.name_of(event.actor)


def quoted(answered: Message, language: Language) -> str:
    """A message in short, where it is answered."""

    def and_more(first: str, count: int) -> str:
        return in_language(Text("file-and-more", first=first, count=count), language)

    return excerpt(answered, deleted=in_language(Text("deleted-message"), language), and_more=and_more)


def _what(line: HistoryLine, language: Language) -> str:
    """English is what the log says, too."""
    return line.what if language is Language.EN else in_language(_worded(line), language)


def _worded(line: HistoryLine) -> Text:
    in_words: dict[str, str | Text] = dict(line.facts)
    if (status := line.facts.get("status")) is not None:
        in_words["status"] = Text("status", status=status)
    if (changed := line.facts.get("field")) is not None:
        in_words["field"] = Text("field", field=changed)
    return Text(line.text, **in_words)


def iso(at: Millis) -> str:
    """2026-11-21T01:49:11.042Z"""
    return utc(at).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def readable(at: Millis) -> str:
    """2026-11-21 01:49 UTC"""
    return f"{utc(at):%Y-%m-%d %H:%M} UTC"


def utc(at: Millis) -> datetime:
    return datetime.fromtimestamp(at / 1000, UTC)
