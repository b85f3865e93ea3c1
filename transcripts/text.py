"""A transcript as plain text. People's words are indented, so that none of them passes for ours."""

from collections.abc import Callable, Iterator

from texts.language import Language
from texts.text import Text, in_language
from tickets.model import Attachment, Message
from tickets.transcript import Transcript
from transcripts.facts import answers_of, facts_of, metadata_of
from transcripts.lines import doer, history_lines, quoted, readable, side
from transcripts.plain import label, prose

INDENT = "    "


def render_text(
    transcript: Transcript, file_url: Callable[[Attachment], str], *, language: Language = Language.EN
) -> Iterator[str]:
    """The text, piece by piece; every piece ends with a line end."""

    def say(text: Text) -> str:
        return in_language(text, language)

    ticket = transcript.ticket
    yield f"{say(Text('record-title', number=ticket.number, topic=label(ticket.topic)))}\n\n"
    for fact in facts_of(transcript, language):
        yield f"{fact.name}: {label(fact.value)}\n"
    for number, fact in enumerate(metadata_of(transcript)):
        yield "" if number else f"\n{say(Text('record-metadata'))}\n"
        yield f"{INDENT}{label(fact.name)}: {label(fact.value)}\n"
    yield f"\n{say(Text('record-history'))}\n"
    for line in history_lines(transcript, language):
        who = f"{label(doer(transcript, line.event, language))} ({side(line.event.actor.type, language)})"
        yield f"{readable(line.event.at)}  {who} {line.what}\n"
        yield from (_set_in(f"- {line.before}") if line.before is not None else ())
        yield from (_set_in(f"+ {line.after}") if line.after is not None else ())
    yield from _conversation(transcript, file_url, language)
    for absorbed in every_absorbed(transcript):
        topic = label(absorbed.ticket.topic)
        yield f"\n{say(Text('record-merged', number=absorbed.ticket.number, topic=topic))}\n"
        yield from _conversation(absorbed, file_url, language)


def every_absorbed(transcript: Transcript) -> Iterator[Transcript]:
    """The tickets that were merged into this one, and into those."""
    for absorbed in transcript.absorbed:
        yield absorbed
        yield from every_absorbed(absorbed)


def _conversation(
    transcript: Transcript, file_url: Callable[[Attachment], str], language: Language
) -> Iterator[str]:
    yield f"\n{in_language(Text('record-description'), language)}\n"
    yield from _set_in(transcript.ticket.description)
    for given in answers_of(transcript):
        yield f"\n{label(given.name)}\n"
        yield from _set_in(given.text)
    yield from _files(transcript.ticket.attachments, file_url, language)
    yield f"\n{in_language(Text('record-messages'), language)}\n"
    for message in transcript.messages:
        yield f"\n{heading(transcript, message, language)}\n"
        if answer := in_answer(transcript, message, language):
            yield f"{answer}\n"
        yield from _set_in(message.content)
        yield from _files(message.attachments, file_url, language)


def heading(transcript: Transcript, message: Message, language: Language) -> str:
    """Who wrote it, and when."""
    name = label(transcript.name_of(message.author))
    parts = [
        f"[{message.seq}] {readable(message.created_at)}",
        f"{name} ({side(message.author.type, language)})",
    ]
    if message.is_note:
        parts.append(in_language(Text("record-note"), language).upper())
    if message.deleted:
        deleted = Text("record-deleted", at=readable(message.updated_at))
        parts.append(in_language(deleted, language))
    elif message.edited:
        edited = Text("record-edited", at=readable(message.updated_at))
        parts.append(in_language(edited, language))
    return ", ".join(parts)


def in_answer(transcript: Transcript, message: Message, language: Language) -> str:
    """What it answers, in short; nothing for most messages."""
    answered = transcript.answered(message)
    if answered is None:
        return ""
    name = label(transcript.name_of(answered.author))
    words = label(quoted(answered, language))
    return in_language(Text("record-in-answer", seq=answered.seq, name=name, words=words), language)


def _set_in(text: str) -> Iterator[str]:
    for line in prose(text).splitlines():
        yield f"{INDENT}{line}\n"


def _files(
    files: tuple[Attachment, ...], file_url: Callable[[Attachment], str], language: Language
) -> Iterator[str]:
    for file in files:
        told = Text("record-file", name=label(file.name), size=file.size)
        yield f"{INDENT}{in_language(told, language)} {file_url(file)}\n"
