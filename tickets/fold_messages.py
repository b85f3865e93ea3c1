"""Makes messages and notes from events. This is the only place where one changes."""

from collections.abc import Iterable
from dataclasses import replace
from typing import assert_never

from tickets.events import (
    Event,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    NoteAdded,
    NoteDeleted,
    NoteEdited,
    Place,
    TicketEvent,
)
from tickets.model import (
    AuthorType,
    Delivery,
    Message,
    MessageId,
    UserKey,
)


def message_after(message: Message | None, event: Event) -> Message | None:
    """The message or note after ``event``; None if the event is about none. Events after a deletion change
    nothing: the tombstone stays."""
    match event.data:
        case MessagePosted(content, attachments, reply_to) | NoteAdded(content, attachments, reply_to):
            return Message(
                id=MessageId(event.id),
                ticket_id=event.ticket_id,
                seq=event.seq,
                author=event.actor,
                content=content,
                attachments=attachments,
                reply_to=reply_to,
                created_at=event.at,
                updated_at=event.at,
                is_note=isinstance(event.data, NoteAdded),
                delivery=Delivery.DELIVERED if event.origin.place is Place.DISCORD else Delivery.QUEUED,
            )
        case MessageEdited(_, content, attachments, _) | NoteEdited(_, content, attachments, _):
            if message is None or message.deleted:
                return message
            return replace(
                message, content=content, attachments=attachments, edited=True, updated_at=event.at
            )
        case MessageDeleted() | NoteDeleted():
            if message is None or message.deleted:
                return message
            return replace(message, content="", attachments=(), deleted=True, updated_at=event.at)
        case TicketEvent():
            return message
    assert_never(event.data)


def message_as_of(event: Event, today: Message) -> Message:
    """The message as the event left it. A message that is deleted today has no content at any time."""
    match event.data:
        case MessagePosted() | NoteAdded():
            then = message_after(None, event) or today
        case MessageEdited(_, content, attachments) | NoteEdited(_, content, attachments):
            then = replace(today, content=content, attachments=attachments, edited=True, updated_at=event.at)
        case MessageDeleted() | NoteDeleted():
            then = replace(today, updated_at=event.at)
        case TicketEvent():
            return today
        case _:
            assert_never(event.data)
    if today.deleted:
        then = replace(then, content="", attachments=(), deleted=True)
    return replace(then, delivery=today.delivery)


def message_of(message: Message, requester: UserKey) -> Message:
    """The message as it is when the ticket belongs to this requester."""
    if message.author.type is not AuthorType.REQUESTER:
        return message
    return replace(message, author=replace(message.author, key=requester))


def messages_of(events: Iterable[Event]) -> dict[MessageId, Message]:
    """Every message and note of a whole log, in the order of posting."""
    messages: dict[MessageId, Message] = {}
    for event in events:
        if (message_id := event.message_id) is not None:
            after = message_after(messages.get(message_id), event)
            if after is not None:
                messages[message_id] = after
    return messages
