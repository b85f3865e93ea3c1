"""Posting, reading, editing and deleting messages."""

from collections.abc import AsyncIterator
from typing import Annotated, Any, Final

from aiohttp import web
from pydantic import BaseModel, Field, TypeAdapter, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from api.desks import DESKS
from api.documents.documented import documented
from api.door.answers import json_answer
from api.door.bodies import Content, FileIds, NewContent, body_of
from api.door.idempotency import chosen_id
from api.door.paging import Paging, Position, link_to_next
from api.door.queries import query_of
from api.door.routes import TICKET, reads, writes
from api.door.streaming import stream_array
from tickets.characters import shows_nothing
from tickets.desks.ticket_desk import Said
from tickets.model import Caller, FileId, MessageId
from tickets.sources import from_api
from wire.objects import MESSAGES, MessageBody

AT_ONCE: Final = 50
"""Messages that are held in memory for one list, however long it is."""


class MessageText(BaseModel, extra="forbid"):
    content: Content


def _tell_what_needs_words(schema: dict[str, Any]) -> None:
    """State in the schema what the validator below checks."""
    schema["if"] = {"properties": {"attachments": {"maxItems": 0}}}
    schema["then"] = {"required": ["content"], "properties": {"content": TypeAdapter(Content).json_schema()}}


class NewMessage(BaseModel, extra="forbid", json_schema_extra=_tell_what_needs_words):
    """Words, or files, or both."""

    attachments: FileIds = Field(default_factory=list, description="Ids of uploads.")
    content: NewContent = ""
    reply_to: Annotated[str, Field(min_length=1, max_length=100)] | None = Field(
        None, description="The id of the message of this ticket that it answers."
    )

    @field_validator("content")
    @classmethod
    def _says_something(cls, content: str, info: ValidationInfo) -> str:
        if info.data.get("attachments", True) or not shows_nothing(content):
            return content
        raise PydanticCustomError("blank", "Text should not be blank where there are no attachments")


class MessagePaging(Paging):
    after_seq: Position | None = Field(None, description="Only messages after the one with this `seq`.")

    @property
    def is_asked_for(self) -> bool:
        return self.after_seq is not None or super().is_asked_for

    @property
    def start(self) -> int:
        """The page begins after this ``seq``."""
        return self.cursor.numbers[0] if self.cursor is not None else self.after_seq or 0


@documented("Post a message", body=NewMessage, answer=MessageBody, status=201)
async def post_message(request: web.Request, caller: Caller) -> web.Response:
    body = await body_of(request, NewMessage)
    message = await request.app[DESKS].tickets.post(
        caller,
        request.match_info["ticket_id"],
        Said(body.content, reply_to=MessageId(body.reply_to) if body.reply_to else None),
        source=from_api(chosen_id(request, "message")),
        uploads=[FileId(it) for it in body.attachments],
    )
    await request.app[DESKS].agents.answered(caller, message)
    shown = request.app[DESKS].objects.own_message(message, caller.person)
    return json_answer(shown.model_dump_json(), status=201)


@documented("Read messages, oldest first", query=MessagePaging, answer=list[MessageBody])
async def list_messages(request: web.Request, caller: Caller) -> web.StreamResponse:
    paging = query_of(request, MessagePaging)
    if not paging.is_asked_for:
        return await stream_array(request, _whole(request, caller))
    page = await request.app[DESKS].tickets.messages(
        caller, request.match_info["ticket_id"], after_seq=paging.start, limit=paging.size
    )
    bodies = await request.app[DESKS].objects.seen_by(caller).messages(page.items)
    return json_answer(MESSAGES.dump_json(bodies), headers=link_to_next(request, page, paging.size))


async def _whole(request: web.Request, caller: Caller) -> AsyncIterator[bytes]:
    """All messages of a ticket, as arrays of a few."""
    desk, objects = request.app[DESKS].tickets, request.app[DESKS].objects.seen_by(caller)
    address, after = request.match_info["ticket_id"], 0
    while True:
        page = await desk.messages(caller, address, after_seq=after, limit=AT_ONCE)
        if page.items:
            yield MESSAGES.dump_json(await objects.messages(page.items))
        if page.next is None:
            return
        (after,) = page.next.numbers


@documented("Edit your own message", body=MessageText, answer=MessageBody)
async def edit_message(request: web.Request, caller: Caller) -> web.Response:
    body = await body_of(request, MessageText)
    message = await request.app[DESKS].tickets.edit(
        caller, *_address(request), Said(body.content), keep_files=True
    )
    shown = request.app[DESKS].objects.own_message(message, caller.person)
    return json_answer(shown.model_dump_json())


@documented("Delete your own message; a tombstone stays", answer=MessageBody)
async def delete_message(request: web.Request, caller: Caller) -> web.Response:
    """``DELETE /tickets/{ticket_id}/messages/{message_id}``; answers the tombstone."""
    message = await request.app[DESKS].tickets.delete(caller, *_address(request))
    shown = request.app[DESKS].objects.own_message(message, caller.person)
    return json_answer(shown.model_dump_json())


def _address(request: web.Request) -> tuple[str, MessageId]:
    return request.match_info["ticket_id"], MessageId(request.match_info["message_id"])


OF_TICKET: Final = f"{TICKET}/messages"
MESSAGE: Final = f"{OF_TICKET}/{{message_id}}"

ROUTES: Final = (
    writes("POST", OF_TICKET, post_message),
    reads(OF_TICKET, list_messages, limit=15),
    writes("PATCH", MESSAGE, edit_message),
    writes("DELETE", MESSAGE, delete_message),
)
