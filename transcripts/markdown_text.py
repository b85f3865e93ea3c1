"""A transcript as Markdown: what people wrote is quoted, and every mark in it escaped."""

import re
from collections.abc import Callable, Iterator

from texts.language import Language
from texts.text import Text, in_language
from tickets.model import Attachment
from tickets.transcript import Transcript
from transcripts.facts import answers_of, facts_of, metadata_of
from transcripts.lines import doer, history_lines, readable, side
from transcripts.plain import label, prose
from transcripts.text import every_absorbed, heading, in_answer

_MARK = re.compile(r"([!-/:-@\[-`{-~])")
"""ASCII punctuation: behind a backslash it stands for itself (CommonMark 0.31, section 2.4)."""


def render_markdown(
    transcript: Transcript, file_url: Callable[[Attachment], str], *, language: Language = Language.EN
) -> Iterator[str]:
    """The text, piece by piece; every piece ends with a line end."""

    def say(text: Text) -> str:
        return in_language(text, language)

    ticket = transcript.ticket
    yield f"# {say(Text('record-title', number=ticket.number, topic=_inline(ticket.topic)))}\n\n"
    for fact in facts_of(transcript, language):
        yield f"- **{fact.name}**: {_inline(fact.value)}\n"
    for fact in metadata_of(transcript):
        yield f"- {_inline(fact.name)}: {_inline(fact.value)}\n"
    yield f"\n## {say(Text('record-history'))}\n\n"
    for line in history_lines(transcript, language):
        who = (
            f"**{_inline(doer(transcript, line.event, language))}** ({side(line.event.actor.type, language)})"
        )
        yield f"- {readable(line.event.at)} {who} {line.what}\n"
        if line.before is not None:
            yield f"  - {say(Text('record-before'))}: {_inline(line.before)}\n"
        if line.after is not None:
            after = Text("record-after") if line.before is not None else Text("record-said")
            yield f"  - {say(after)}: {_inline(line.after)}\n"
    yield from _conversation(transcript, file_url, language)
    for absorbed in every_absorbed(transcript):
        topic = _inline(absorbed.ticket.topic)
        yield f"\n# {say(Text('record-merged', number=absorbed.ticket.number, topic=topic))}\n"
        yield from _conversation(absorbed, file_url, language)


def _conversation(
    transcript: Transcript, file_url: Callable[[Attachment], str], language: Language
) -> Iterator[str]:
    yield f"\n## {in_language(Text('record-description'), language)}\n\n"
    yield _quoted(transcript.ticket.description)
    for given in answers_of(transcript):
        yield f"\n**{_inline(given.name)}**\n\n"
        yield _quoted(given.text)
    yield from _files(transcript.ticket.attachments, file_url, language)
    yield f"\n## {in_language(Text('record-messages'), language)}\n"
    for message in transcript.messages:
        yield f"\n### {_inline(heading(transcript, message, language))}\n\n"
        if answer := in_answer(transcript, message, language):
            yield f"{_inline(answer)}\n\n"
        yield _quoted(message.content)
        yield from _files(message.attachments, file_url, language)


def _inline(text: str) -> str:
    return _MARK.sub(r"\\\1", label(text))


def _quoted(text: str) -> str:
    """Line ends stay line ends."""
    lines = [_MARK.sub(r"\\\1", line.strip()) for line in prose(text).splitlines()]
    ends = ["\\\n" if line and number < len(lines) else "\n" for number, line in enumerate(lines, 1)]
    return "".join(f"> {line}{end}" for line, end in zip(lines, ends, strict=True))


def _files(
    files: tuple[Attachment, ...], file_url: Callable[[Attachment], str], language: Language
) -> Iterator[str]:
    for n, file in enumerate(files):
        link = f"[{_inline(file.name)}](<{file_url(file)}>)"
        told = in_language(Text("record-linked-file", link=link, size=file.size), language)
        yield f"{'' if n else chr(10)}- {told}\n"
