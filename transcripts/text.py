"""A transcript as plain text. Texts of people are indented, so that none of them passes for ours."""

from collections.abc import Callable, Iterator

from texts.text import Text
from tickets.events import Event
from tickets.excerpts import excerpt
from tickets.model import Attachment, Message
from tickets.transcript import Revision, Transcript
from transcripts.changes import told
from transcripts.facts import answers_of, facts_of, marks_of, metadata_of
from transcripts.flow import Day, Happened, Opened, Said, flow_of
from transcripts.plain import label, marked, prose
from transcripts.reader import Reader
from transcripts.tags import with_tags_shown

INDENT = "    "
FileUrl = Callable[[Attachment], str]


def render_text(transcript: Transcript, file_url: FileUrl, *, reader: Reader | None = None) -> Iterator[str]:
    """The text, piece by piece; every piece ends with a line end."""
    return Writer(reader or Reader(), file_url).whole(transcript)


def every_absorbed(transcript: Transcript) -> Iterator[Transcript]:
    """The tickets that were merged into this one, and into those."""
    for absorbed in transcript.absorbed:
        yield absorbed
        yield from every_absorbed(absorbed)


def heading(transcript: Transcript, message: Message, reader: Reader) -> str:
    """The heading of a message: who wrote it, and when."""
    name = label(transcript.name_of(message.author))
    parts = [
        f"[{message.seq}] {reader.time(message.created_at)}  {name} ({reader.side(message.author.type)})"
    ]
    if message.is_note:
        parts.append(reader.says(Text("record-note")))
    if message.deleted:
        parts.append(reader.says(Text("record-deleted", at=reader.moment(message.updated_at))))
    elif message.edited:
        parts.append(reader.says(Text("record-edited", at=reader.moment(message.updated_at))))
    return ", ".join(parts)


def in_answer(transcript: Transcript, message: Message, reader: Reader) -> str:
    """A short form of the message that it answers; empty for most messages."""
    answered = transcript.answered(message)
    if answered is None:
        return ""
    name = label(transcript.name_of(answered.author))
    words = label(quoted(answered, reader))
    return reader.says(Text("record-in-answer", seq=answered.seq, name=name, words=words))


def quoted(answered: Message, reader: Reader) -> str:
    """A short form of a message, for an answer to it."""

    def and_more(first: str, count: int) -> str:
        return reader.says(Text("file-and-more", first=first, count=count))

    return excerpt(answered, deleted=reader.says(Text("deleted-message")), and_more=and_more)


class Writer:
    """Writes the content of a transcript in its order. Each format has its own marks around that."""

    title, marks, zone, day = "{}\n", "{}\n", "{}\n", "\n--- {} ---\n"
    merged, facts, fact = "\n\n{}\n", "\n\n{}\n\n", "{}: {}\n"
    metadata, pair = "\n{}\n", INDENT + "{}: {}\n"

    def __init__(self, reader: Reader, file_url: FileUrl) -> None:
        self._reader = reader
        self._file_url = file_url

    def whole(self, transcript: Transcript) -> Iterator[str]:
        say, ticket, line = self._reader.says, transcript.ticket, self._line
        yield self.title.format(say(Text("record-title", number=ticket.number, topic=line(ticket.topic))))
        yield self.marks.format(" · ".join(map(line, marks_of(ticket, self._reader))))
        yield self.zone.format(line(say(Text("record-zone", zone=self._reader.zone_name))))
        yield from self._conversation(transcript)
        for absorbed in every_absorbed(transcript):
            number, topic = absorbed.ticket.number, line(absorbed.ticket.topic)
            yield self.merged.format(say(Text("record-merged", number=number, topic=topic)))
            yield from self._conversation(absorbed)
        yield self.facts.format(say(Text("record-facts")))
        for fact in facts_of(transcript, self._reader):
            yield self.fact.format(fact.name, line(fact.value(self._reader)))
        for number, fact in enumerate(metadata_of(transcript)):
            yield "" if number else self.metadata.format(say(Text("record-metadata")))
            yield self.pair.format(line(fact.name), line(fact.value(self._reader)))

    def _line(self, text: str) -> str:
        """What people wrote, as a part of one line."""
        return label(text)

    def _conversation(self, transcript: Transcript) -> Iterator[str]:
        for item in flow_of(transcript, self._reader):
            match item:
                case Day(day):
                    yield self.day.format(self._line(self._reader.day_in_words(day)))
                case Opened(event):
                    yield from self._opened(transcript, event)
                case Happened(event):
                    yield from self._happened(transcript, event)
                case Said(message):
                    yield from self._said(transcript, message)

    def _opened(self, transcript: Transcript, event: Event) -> Iterator[str]:
        yield from self._happened(transcript, event)
        yield from _set_in(self._words(transcript, transcript.ticket.description))
        for given in answers_of(transcript):
            yield f"\n{INDENT}{label(given.name)}\n"
            yield from _set_in(given.text, INDENT * 2)
        yield from self._files(transcript.ticket.attachments)

    def _happened(self, transcript: Transcript, event: Event) -> Iterator[str]:
        for line in told(transcript, event, self._reader):
            yield f"\n[{event.seq}] {self._reader.time(event.at)}  * {marked(line.sentence)}\n"
            yield from (_set_in(line.before, f"{INDENT}- ") if line.before is not None else ())
            plus = f"{INDENT}+ " if line.before is not None else INDENT
            yield from (_set_in(line.after, plus) if line.after is not None else ())

    def _said(self, transcript: Transcript, message: Message) -> Iterator[str]:
        yield f"\n{heading(transcript, message, self._reader)}\n"
        if answer := in_answer(transcript, message, self._reader):
            yield f"{answer}\n"
        yield from _set_in(self._words(transcript, message.content))
        yield from self._files(message.attachments)
        for revision in transcript.revisions.get(message.id, ()):
            yield from self._revised(transcript, revision)

    def _words(self, transcript: Transcript, content: str) -> str:
        """A text of people, in which mentions, times and emoji are as Discord shows them."""
        return with_tags_shown(content, transcript.name_in_discord, self._reader)

    def _revised(self, transcript: Transcript, revision: Revision) -> Iterator[str]:
        until = Text("record-before-edit", at=self._reader.moment(revision.until))
        yield f"{INDENT}{self._reader.says(until)}\n"
        yield from _set_in(self._words(transcript, revision.content), f"{INDENT}| ")

    def _files(self, files: tuple[Attachment, ...]) -> Iterator[str]:
        lives = self._reader.says(Text("record-link-lives"))
        for file in files:
            told_of = Text("record-file", name=label(file.name), size=file.size)
            yield f"{INDENT}{self._reader.says(told_of)} {self._file_url(file)} ({lives})\n"


def _set_in(text: str, by: str = INDENT) -> Iterator[str]:
    for line in prose(text).splitlines():
        yield f"{by}{line}\n"
