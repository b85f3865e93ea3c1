"""A transcript as Markdown. Texts of people are quoted, and every mark in them is escaped."""

import re
from collections.abc import Iterator

from texts.text import Text
from tickets.events import Event
from tickets.model import Attachment, Message
from tickets.transcript import Transcript
from transcripts.changes import told
from transcripts.facts import answers_of
from transcripts.plain import label, marked, prose
from transcripts.reader import Reader
from transcripts.text import FileUrl, Writer, heading, in_answer

_MARK = re.compile(r"([!-/:-@\[-`{-~])")
"""ASCII punctuation: behind a backslash it stands for itself (CommonMark 0.31, section 2.4)."""


def render_markdown(
    transcript: Transcript, file_url: FileUrl, *, reader: Reader | None = None
) -> Iterator[str]:
    """The text, piece by piece; every piece ends with a line end."""
    return _Writer(reader or Reader(), file_url).whole(transcript)


class _Writer(Writer):
    title, marks, day = "# {}\n\n", "{}\n\n", "\n## {}\n"
    merged, facts, fact = "\n# {}\n", "\n## {}\n\n", "- **{}**: {}\n"
    metadata, pair = "\n### {}\n\n", "- {}: {}\n"

    def _line(self, text: str) -> str:
        return _inline(text)

    def _opened(self, transcript: Transcript, event: Event) -> Iterator[str]:
        yield from self._happened(transcript, event)
        yield f"\n{_quoted(self._words(transcript, transcript.ticket.description))}"
        for given in answers_of(transcript):
            yield f"\n**{_inline(given.name)}**\n\n"
            yield _quoted(given.text)
        yield from self._files(transcript.ticket.attachments)

    def _happened(self, transcript: Transcript, event: Event) -> Iterator[str]:
        for line in told(transcript, event, self._reader):
            sentence = marked(_escaped(line.sentence), ("**", "**"))
            yield f"\n*{self._reader.time(event.at)}* {sentence}\n"
            if line.before is not None:
                yield f"\n{self._reader.says(Text('record-before'))}:\n\n{_quoted(line.before)}"
                yield f"\n{self._reader.says(Text('record-after'))}:\n"
            yield f"\n{_quoted(line.after)}" if line.after is not None else ""

    def _said(self, transcript: Transcript, message: Message) -> Iterator[str]:
        yield f"\n### {_inline(heading(transcript, message, self._reader))}\n\n"
        if answer := in_answer(transcript, message, self._reader):
            yield f"{_inline(answer)}\n\n"
        yield _quoted(self._words(transcript, message.content))
        yield from self._files(message.attachments)
        for revision in transcript.revisions.get(message.id, ()):
            until = Text("record-before-edit", at=self._reader.moment(revision.until))
            before = _quoted(self._words(transcript, revision.content))
            yield f"\n{_escaped(self._reader.says(until))}\n\n{before}"

    def _files(self, files: tuple[Attachment, ...]) -> Iterator[str]:
        lives = self._reader.says(Text("record-link-lives"))
        for n, file in enumerate(files):
            link = f"[{_inline(file.name)}](<{self._file_url(file)}>)"
            told_of = self._reader.says(Text("record-linked-file", link=link, size=file.size))
            yield f"{'' if n else chr(10)}- {told_of} ({lives})\n"


def _inline(text: str) -> str:
    return _escaped(label(text))


def _escaped(text: str) -> str:
    return _MARK.sub(r"\\\1", text)


def _quoted(text: str) -> str:
    """Line ends stay line ends."""
    lines = [_escaped(line.strip()) for line in prose(text).splitlines()]
    ends = ["\\\n" if line and number < len(lines) else "\n" for number, line in enumerate(lines, 1)]
    return "".join(f"> {line}{end}" for line, end in zip(lines, ends, strict=True))
