"""What travels over sockets, in the words and schemas of the OpenAPI document."""

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
    """``event_id`` is the position from which on the socket hears."""

    user_id: str
    event_id: str


class SocketError(BaseModel):
    """``code`` names the cause, as over REST."""

    message: str
    code: str


class Watching(BaseModel):
    """``ticket_id`` is "all", or the ticket's id; ``missed`` counts what is told first, up to 10,000;
    ``event_id`` is the position from which on the socket hears."""

    ok: bool
    ticket_id: str | None = None
    missed: int | None = None
    event_id: str | None = None
    error: str | None = None
    code: str | None = None


class TypingBody(BaseModel):
    """To the server ``ticket_id`` alone. ``event_id`` is a position from which nothing is missed; that
    somebody was typing is not told again."""

    ticket_id: str
    author_name: str | None = None
    event_id: str | None = None


class ReadBody(BaseModel):
    """``message_id`` is the last message that was seen; never a note. To you with ``event_id``, a position
    from which nothing is missed."""

    ticket_id: str
    message_id: str
    event_id: str | None = None


class NotificationEventBody(NotificationBody):
    """``event_id`` is a position from which nothing is missed; the notification itself is not told again."""

    event_id: str | None = None


class Done(BaseModel):
    ok: bool
    error: str | None = None
    code: str | None = None


class Acknowledged(BaseModel):
    """``missed`` counts what is told first, from ``last_event_id`` on, up to 10,000; ``event_id`` is the
    position from which on the socket hears."""

    ok: bool
    user_id: str | None = None
    missed: int | None = None
    event_id: str | None = None
    error: str | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SocketEvent:
    """One event: its name, its payload, who sends it, and what the other side acknowledges it with."""

    name: str
    direction: Direction
    summary: str
    payload: Any
    acknowledged: Any = None
    resumable: bool = False
    """Whether the payload carries an ``event_id``, from which a client goes on after it was away."""


SOCKET_EVENTS: tuple[SocketEvent, ...] = (
    SocketEvent(
        name="authorize",
        direction=Direction.TO_SERVER,
        summary="Show a token, and say from where on to hear; as often as you like.",
        payload=Authorize,
        acknowledged=Acknowledged,
    ),
    SocketEvent(
        name="watch",
        direction=Direction.TO_SERVER,
        summary='For staff: be told of this ticket too, or of "all", from `last_event_id` or from now on.',
        payload=Watch,
        acknowledged=Watching,
    ),
    SocketEvent(
        name="unwatch",
        direction=Direction.TO_SERVER,
        summary='For staff: be told of this ticket no more; "all" ends every watch.',
        payload=Unwatch,
        acknowledged=Watching,
    ),
    SocketEvent(
        name="typing",
        direction=Direction.BOTH,
        summary="Somebody is typing: you are, or the other side is. Best effort, and kept nowhere.",
        payload=TypingBody,
        acknowledged=Done,
    ),
    SocketEvent(
        name="read",
        direction=Direction.BOTH,
        summary="A ticket was seen up to a message, by you or by the other side: kept as `read` of Ticket.",
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
        name="authorized",
        direction=Direction.TO_CLIENT,
        summary="The token is good.",
        payload=Authorized,
    ),
    SocketEvent(
        name="error",
        direction=Direction.TO_CLIENT,
        summary="Something that you asked for is refused, and why.",
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
"""Every event; a test holds it against what the sockets handle and send."""
