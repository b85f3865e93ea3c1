"""A transcript as plain text. People's words are indented, so that none of them passes for ours."""

from collections.abc import Callable, Iterator

from tickets.excerpts import excerpt
from tickets.model import Attachment, Message
from tickets.transcript import Transcript
from transcripts.facts import answers_of, facts_of, metadata_of
from transcripts.lines import SIDES, history_lines, readable
from transcripts.plain import label, prose

INDENT = "    "


def render_text(transcript: Transcript, file_url: Callable[[Attachment], str]) -> Iterator[str]:
    """The text, piece by piece; every piece ends with a line end."""
    ticket = transcript.ticket
    yield f"Ticket {ticket.number}: {label(ticket.topic)}\n\n"
    for fact in facts_of(transcript):
        yield f"{fact.name}: {label(fact.value)}\n"
    for number, fact in enumerate(metadata_of(transcript)):
        yield "" if number else "\nMetadata\n"
        yield f"{INDENT}{label(fact.name)}: {label(fact.value)}\n"
    yield "\nHistory\n"
    for line in history_lines(transcript):
        who = f"{label(transcript.doer_of(line.event))} ({SIDES[line.event.actor.type]})"
        yield f"{readable(line.event.at)}  {who} {line.what}\n"
        yield from (_set_in(f"- {line.before}") if line.before is not None else ())
        yield from (_set_in(f"+ {line.after}") if line.after is not None else ())
    yield from _conversation(transcript, file_url)
    for absorbed in every_absorbed(transcript):
        yield f"\nTicket {absorbed.ticket.number}, merged into this one: {label(absorbed.ticket.topic)}\n"
        yield from _conversation(absorbed, file_url)


def every_absorbed(transcript: Transcript) -> Iterator[Transcript]:
    """The tickets that were merged into this one, and into those."""
    for absorbed in transcript.absorbed:
        yield absorbed
        yield from every_absorbed(absorbed)


def _conversation(transcript: Transcript, file_url: Callable[[Attachment], str]) -> Iterator[str]:
    yield "\nDescription\n"
    yield from _set_in(transcript.ticket.description)
    for given in answers_of(transcript):
        yield f"\n{label(given.name)}\n"
        yield from _set_in(given.text)
    yield from _files(transcript.ticket.attachments, file_url)
    yield "\nMessages\n"
    for message in transcript.messages:
        yield f"\n{heading(transcript, message)}\n"
        if answer := in_answer(transcript, message):
            yield f"{answer}\n"
        yield from _set_in(message.content)
        yield from _files(message.attachments, file_url)


def heading(transcript: Transcript, message: Message) -> str:
    """Who wrote it, and when."""
    name = label(transcript.name_of(message.author))
    parts = [f"[{message.seq}] {readable(message.created_at)}", f"{name} ({SIDES[message.author.type]})"]
    if message.is_note:
        parts.append("NOTE: STAFF ONLY")
    if message.deleted:
        parts.append(f"deleted {readable(message.updated_at)}")
    elif message.edited:
        parts.append(f"edited {readable(message.updated_at)}")
    return ", ".join(parts)


def in_answer(transcript: Transcript, message: Message) -> str:
    """What it answers, in short; nothing for most messages."""
    answered = transcript.answered(message)
    if answered is None:
        return ""
    name = label(transcript.name_of(answered.author))
    return f"In answer to [{answered.seq}], {name}: {label(excerpt(answered))}"


def _set_in(text: str) -> Iterator[str]:
    for line in prose(text).splitlines():
        yield f"{INDENT}{line}\n"


def _files(files: tuple[Attachment, ...], file_url: Callable[[Attachment], str]) -> Iterator[str]:
    for file in files:
        yield f"{INDENT}File: {label(file.name)} ({file.size} bytes) {file_url(file)}\n"
