"""A transcript as JSON, for programs: the ticket, its history and its messages. Times are Unix seconds."""

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from tickets.history import Entry
from tickets.model import Actor, Attachment, Feedback, Message, Millis, UserKey
from tickets.transcript import Transcript

FileUrl = Callable[[Attachment], str]


def render_json(transcript: Transcript, file_url: FileUrl) -> Iterator[str]:
    """One JSON object, piece by piece."""
    yield f'{{"ticket": {_text(_ticket(transcript, file_url))},\n"history": [\n'
    yield from _items(_entry(transcript, entry) for entry in transcript.changes)
    yield '],\n"messages": [\n'
    yield from _items(_message(transcript, message, file_url) for message in transcript.messages)
    yield "]"
    if transcript.absorbed:
        yield ',\n"absorbed": [\n'
        for number, absorbed in enumerate(transcript.absorbed):
            yield ",\n" if number else ""
            yield from render_json(absorbed, file_url)
        yield "]"
    yield "}\n"


def _items(items: Iterable[Any]) -> Iterator[str]:
    for number, item in enumerate(items):
        yield (",\n" if number else "") + _text(item)
    yield "\n"


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _ticket(transcript: Transcript, file_url: FileUrl) -> dict[str, Any]:
    ticket = transcript.ticket
    return {
        "id": ticket.id,
        "number": ticket.number,
        "user_id": ticket.requester.id,
        "issuer": ticket.requester.issuer,
        "username": transcript.name_of_key(ticket.requester),
        "user_role": ticket.requester_role,
        "topic": ticket.topic,
        "description": ticket.description,
        "status": ticket.status,
        "issue_level": ticket.issue_level,
        "support_role": ticket.support_role,
        "assignee": _person(transcript, ticket.assignee) if ticket.assignee else None,
        "created_at": _seconds(ticket.created_at),
        "updated_at": _seconds(ticket.updated_at),
        "first_response_at": _seconds(ticket.first_response_at),
        "closed_at": _seconds(ticket.closed_at),
        "closed_by": _actor(transcript, ticket.closed_by) if ticket.closed_by else None,
        "close_reason": ticket.close_reason,
        **({"merged_into": ticket.merged_into} if ticket.merged_into else {}),
        **({"labels": list(ticket.labels)} if ticket.labels else {}),
        **({"links": [{"id": it.id, "number": it.number} for it in ticket.links]} if ticket.links else {}),
        "category": ticket.category,
        "answers": [{"id": it.id, "question": it.question, "answer": it.answer} for it in ticket.answers],
        "feedback": _feedback(ticket.feedback),
        "metadata": dict(ticket.metadata),
        "locale": ticket.locale,
        "attachments": _files(ticket.attachments, file_url),
    }


def _entry(transcript: Transcript, entry: Entry) -> dict[str, Any]:
    named = entry.field in ("assignee", "requester")
    old, new = (
        transcript.name_of_key(UserKey.parse(text)) if named and text else text
        for text in (entry.old, entry.new)
    )
    return {
        "at": _seconds(entry.at),
        "actor": _actor(transcript, entry.actor),
        "field": entry.field,
        "old": old,
        "new": new,
    }


def _message(transcript: Transcript, message: Message, file_url: FileUrl) -> dict[str, Any]:
    return {
        "id": message.id,
        "seq": message.seq,
        "author": _actor(transcript, message.author),
        "is_note": message.is_note,
        "content": message.content,
        "reply_to": message.reply_to if message.reply_to in transcript.by_id else None,
        "attachments": _files(message.attachments, file_url),
        "created_at": _seconds(message.created_at),
        "updated_at": _seconds(message.updated_at),
        "edited": message.edited,
        "deleted": message.deleted,
        **_revisions(transcript, message),
    }


def _revisions(transcript: Transcript, message: Message) -> dict[str, Any]:
    before = transcript.revisions.get(message.id)
    if not before:
        return {}
    return {"revisions": [{"content": it.content, "until": _seconds(it.until)} for it in before]}


def _feedback(given: Feedback | None) -> dict[str, Any] | None:
    if given is None:
        return None
    return {"rating": given.rating, "comment": given.comment, "given_at": _seconds(given.given_at)}


def _files(files: tuple[Attachment, ...], file_url: FileUrl) -> list[dict[str, Any]]:
    return [{"name": it.name, "type": it.type, "size": it.size, "url": file_url(it)} for it in files]


def _actor(transcript: Transcript, actor: Actor) -> dict[str, Any]:
    return {
        "type": actor.type,
        "id": None if actor.key is None else transcript.id_of_key(actor.key),
        "name": transcript.name_of(actor),
    }


def _person(transcript: Transcript, key: UserKey) -> dict[str, Any]:
    return {"id": transcript.id_of_key(key), "name": transcript.name_of_key(key)}


def _seconds(at: Millis | None) -> int | None:
    return None if at is None else at // 1000
