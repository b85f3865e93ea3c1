"""The events of sockets, with the names and schemas of the OpenAPI document."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pydantic import BaseModel

from api.live.asks import Authorize, Unwatch, Watch
from tickets.event_kinds import EVENT_KINDS, Told
from tickets.events import MessageEvent
from wire.notifications import NotificationBody
from wire.objects import MessageBody
from wire.ticket_bodies import TicketBody


class Direction(StrEnum):
    TO_SERVER = "to the server"
    TO_CLIENT = "to the client"
    BOTH = "both"


class Authorized(BaseModel):
    """``event_id`` is the position from which on the socket gets events. ``blocked``: see ``GET /me``."""

    user_id: str
    event_id: str
    blocked: bool


class SocketError(BaseModel):
    """``code`` names the cause, as over REST."""

    message: str
    code: str


class Watching(BaseModel):
    """``ticket_id`` is "all", or the ticket's id. ``missed`` counts the missed events that come first, up to
    10,000. ``event_id`` is the position from which on the socket gets events."""

    ok: bool
    ticket_id: str | None = None
    missed: int | None = None
    event_id: str | None = None
    error: str | None = None
    code: str | None = None


class TypingBody(BaseModel):
    """To the server with ``ticket_id`` only. ``event_id`` is a position from which nothing is missed; typing
    signs are not repeated."""

    ticket_id: str
    author_name: str | None = None
    event_id: str | None = None


class ReadBody(BaseModel):
    """``message_id`` is the last message that was seen, never a note. To you with ``event_id``, a position
    from which nothing is missed."""

    ticket_id: str
    message_id: str
    event_id: str | None = None


class NotificationEventBody(NotificationBody):
    """``event_id`` is a position from which nothing is missed; the notification itself is not repeated."""

    event_id: str | None = None


class BlockedBody(BaseModel):
    """Whoever is ``blocked`` may read, delete own messages, and close without a reason, and nothing else.
    ``event_id`` is a position from which nothing is missed."""

    blocked: bool
    event_id: str | None = None


class Done(BaseModel):
    ok: bool
    error: str | None = None
    code: str | None = None


class Acknowledged(BaseModel):
    """``missed`` counts the missed events since ``last_event_id`` that come first, up to 10,000.
    ``event_id`` is the position from which on the socket gets events."""

    ok: bool
    user_id: str | None = None
    blocked: bool | None = None
    missed: int | None = None
    event_id: str | None = None
    error: str | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SocketEvent:
    """One event: its name, its payload, who sends it, and the other side's acknowledgement."""

    name: str
    direction: Direction
    summary: str
    payload: Any
    acknowledged: Any = None
    resumable: bool = False
    """Whether the payload has an ``event_id`` from which a client goes on after it was away."""


SOCKET_EVENTS: tuple[SocketEvent, ...] = (
    SocketEvent(
        name="authorize",
        direction=Direction.TO_SERVER,
        summary="Show a token, and say from which position on you want events. You may repeat it.",
        payload=Authorize,
        acknowledged=Acknowledged,
    ),
    SocketEvent(
        name="watch",
        direction=Direction.TO_SERVER,
        summary='For staff: get the events of this ticket too, or of "all", from `last_event_id` or '
        "from now on.",
        payload=Watch,
        acknowledged=Watching,
    ),
    SocketEvent(
        name="unwatch",
        direction=Direction.TO_SERVER,
        summary='For staff: stop the events of this ticket. "all" ends every watch.',
        payload=Unwatch,
        acknowledged=Watching,
    ),
    SocketEvent(
        name="typing",
        direction=Direction.BOTH,
        summary="Somebody is typing: you, or the other side. It is sent on a best-effort basis and not "
        "stored.",
        payload=TypingBody,
        acknowledged=Done,
    ),
    SocketEvent(
        name="read",
        direction=Direction.BOTH,
        summary="A ticket was seen up to a message, by you or by the other side. It is kept as `read` "
        "of Ticket.",
        payload=ReadBody,
        acknowledged=Done,
    ),
    SocketEvent(
        name="notification",
        direction=Direction.TO_CLIENT,
        summary="You have a new notification in the app. It is kept: `GET /notifications` has it.",
        payload=NotificationEventBody,
    ),
    SocketEvent(
        name="blocked",
        direction=Direction.TO_CLIENT,
        summary="You were blocked, or are no longer. It is not repeated: `authorized` says how it is.",
        payload=BlockedBody,
    ),
    SocketEvent(
        name="authorized",
        direction=Direction.TO_CLIENT,
        summary="The token is good.",
        payload=Authorized,
    ),
    SocketEvent(
        name="error",
        direction=Direction.TO_CLIENT,
        summary="Something that you asked for was refused. The payload says why.",
        payload=SocketError,
    ),
    *(
        SocketEvent(
            name=kind.name,
            direction=Direction.TO_CLIENT,
            summary=kind.summary,
            payload=MessageBody if issubclass(data, MessageEvent) else TicketBody,
            resumable=True,
        )
        for data, kind in EVENT_KINDS.items()
        if kind.told is not Told.NOBODY
    ),
)
"""All events. A test compares them with what the sockets handle and send."""
