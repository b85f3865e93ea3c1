"""A transcript as Markdown: what people wrote is quoted, and every mark in it escaped."""

import re
from collections.abc import Callable, Iterator

from tickets.model import Attachment
from tickets.transcript import Transcript
from transcripts.facts import answers_of, facts_of, metadata_of
from transcripts.lines import SIDES, history_lines, readable
from transcripts.plain import label, prose
from transcripts.text import every_absorbed, heading, in_answer

_MARK = re.compile(r"([!-/:-@\[-`{-~])")
"""ASCII punctuation: behind a backslash it stands for itself (CommonMark 0.31, section 2.4)."""


def render_markdown(transcript: Transcript, file_url: Callable[[Attachment], str]) -> Iterator[str]:
    """The text, piece by piece; every piece ends with a line end."""
    ticket = transcript.ticket
    yield f"# Ticket {ticket.number}: {_inline(ticket.topic)}\n\n"
    for fact in facts_of(transcript):
        yield f"- **{fact.name}**: {_inline(fact.value)}\n"
    for fact in metadata_of(transcript):
        yield f"- {_inline(fact.name)}: {_inline(fact.value)}\n"
    yield "\n## History\n\n"
    for line in history_lines(transcript):
        who = f"**{_inline(transcript.doer_of(line.event))}** ({SIDES[line.event.actor.type]})"
        yield f"- {readable(line.event.at)} {who} {line.what}\n"
        if line.before is not None:
            yield f"  - before: {_inline(line.before)}\n"
        if line.after is not None:
            yield f"  - {'after' if line.before is not None else 'said'}: {_inline(line.after)}\n"
    yield from _conversation(transcript, file_url)
    for absorbed in every_absorbed(transcript):
        topic = _inline(absorbed.ticket.topic)
        yield f"\n# Ticket {absorbed.ticket.number}, merged into this one: {topic}\n"
        yield from _conversation(absorbed, file_url)


def _conversation(transcript: Transcript, file_url: Callable[[Attachment], str]) -> Iterator[str]:
    yield "\n## Description\n\n"
    yield _quoted(transcript.ticket.description)
    for given in answers_of(transcript):
        yield f"\n**{_inline(given.name)}**\n\n"
        yield _quoted(given.text)
    yield from _files(transcript.ticket.attachments, file_url)
    yield "\n## Messages\n"
    for message in transcript.messages:
        yield f"\n### {_inline(heading(transcript, message))}\n\n"
        if answer := in_answer(transcript, message):
            yield f"{_inline(answer)}\n\n"
        yield _quoted(message.content)
        yield from _files(message.attachments, file_url)


def _inline(text: str) -> str:
    return _MARK.sub(r"\\\1", label(text))


def _quoted(text: str) -> str:
    """Line ends stay line ends."""
    lines = [_MARK.sub(r"\\\1", line.strip()) for line in prose(text).splitlines()]
    ends = ["\\\n" if line and number < len(lines) else "\n" for number, line in enumerate(lines, 1)]
    return "".join(f"> {line}{end}" for line, end in zip(lines, ends, strict=True))


def _files(files: tuple[Attachment, ...], file_url: Callable[[Attachment], str]) -> Iterator[str]:
    for n, file in enumerate(files):
        yield f"{'' if n else chr(10)}- File: [{_inline(file.name)}](<{file_url(file)}>), {file.size} bytes\n"
