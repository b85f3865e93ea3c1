"""Notifications: how people hear of news while they are not looking."""

from typing import Annotated, Final

from aiohttp import web
from pydantic import BaseModel, Field, StringConstraints, TypeAdapter

from api.desks import DESKS
from api.documents.documented import documented
from api.door.answers import json_answer
from api.door.bodies import Comment, body_of
from api.door.idempotency import chosen_id
from api.door.paging import FROM_LINK, Paging, Parts, link_to_next
from api.door.queries import query_of
from api.door.routes import API, Who, reads, writes
from api.resources.users import USER, IssuerQuery, user_of
from tickets.model import Caller, UserKey
from tickets.notifications import NotificationChannel, NotificationId, NotificationKind, Wishes
from tickets.ports.lists import Cursor
from wire.notifications import (
    NotificationBody,
    StaffNotificationBody,
    notification_body,
    staff_notification_body,
)

_Id = Annotated[str, StringConstraints(min_length=1, max_length=100)]
_Channels = Annotated[list[NotificationChannel], Field(max_length=len(NotificationChannel))]


class _Pages(Paging):
    cursor: Annotated[Cursor, Parts(1, text=True)] | None = Field(None, description=FROM_LINK)


class OwnQuery(_Pages):
    unread: bool = Field(False, description="Only unread ones in the app.")


class QueueQuery(_Pages):
    pass


class OfUserQuery(_Pages, IssuerQuery):
    pass


class ReadUptoBody(BaseModel, extra="forbid"):
    """``upto`` is the id of the newest notification that was read."""

    upto: _Id


class ReadCountBody(BaseModel):
    """How many of them were unread before."""

    read: int


class NewWishesBody(BaseModel, extra="forbid"):
    """The channels on which you want each kind of notification; an empty list for none. Kinds that are left
    out get the default."""

    answer: _Channels | None = None
    edited: _Channels | None = None
    closed: _Channels | None = None
    reopened: _Channels | None = None
    ask_close: _Channels | None = None
    reminder: _Channels | None = None
    assigned: _Channels | None = None
    escalated: _Channels | None = None
    sla: _Channels | None = None
    manual: _Channels | None = None

    @property
    def wishes(self) -> Wishes:
        said = {NotificationKind(name): getattr(self, name) for name in type(self).model_fields}
        return {kind: frozenset(channels) for kind, channels in said.items() if channels is not None}


class WishesBody(BaseModel):
    """The channels on which you get each kind of notification."""

    answer: list[NotificationChannel]
    edited: list[NotificationChannel]
    closed: list[NotificationChannel]
    reopened: list[NotificationChannel]
    ask_close: list[NotificationChannel]
    reminder: list[NotificationChannel]
    assigned: list[NotificationChannel]
    escalated: list[NotificationChannel]
    sla: list[NotificationChannel]
    manual: list[NotificationChannel]

    @classmethod
    def of(cls, wishes: Wishes) -> "WishesBody":
        """The channels are in the order in which they are declared."""
        said = {NotificationKind(name): name for name in cls.model_fields}
        in_order = {
            name: [it for it in NotificationChannel if it in wishes[kind]] for kind, name in said.items()
        }
        return cls(**in_order)


class NewNotificationBody(BaseModel, extra="forbid"):
    """``issuer`` is the user's issuer, by default your own. ``ticket_id`` is a ticket of theirs."""

    user_id: Annotated[str, StringConstraints(min_length=1, max_length=256)]
    issuer: Annotated[str, Field(pattern="^[!-~]{1,256}$")] | None = None
    ticket_id: _Id | None = None
    channel: NotificationChannel
    text: Comment


_OWN = TypeAdapter(list[NotificationBody])
_STAFFS = TypeAdapter(list[StaffNotificationBody])


@documented(
    "Read your notifications on all channels, the newest first",
    query=OwnQuery,
    answer=list[NotificationBody],
)
async def list_notifications(request: web.Request, caller: Caller) -> web.Response:
    query = query_of(request, OwnQuery)
    page = await request.app[DESKS].notifications.own(
        caller, unread=query.unread, after=query.cursor, limit=query.size
    )
    bodies = [notification_body(it) for it in page.items]
    return json_answer(_OWN.dump_json(bodies), headers=link_to_next(request, page, query.size))


@documented("Mark a notification as read", answer=NotificationBody, errors=(403, 404))
async def read_notification(request: web.Request, caller: Caller) -> web.Response:
    found = await request.app[DESKS].notifications.read(caller, _id(request))
    return json_answer(notification_body(found).model_dump_json())


@documented(
    "Mark a notification and all earlier ones as read",
    body=ReadUptoBody,
    answer=ReadCountBody,
    errors=(403, 404),
)
async def read_notifications(request: web.Request, caller: Caller) -> web.Response:
    body = await body_of(request, ReadUptoBody)
    count = await request.app[DESKS].notifications.read_upto(caller, NotificationId(body.upto))
    return json_answer(ReadCountBody(read=count).model_dump_json())


@documented("Read on which channels you get each kind of notification", answer=WishesBody)
async def get_wishes(request: web.Request, caller: Caller) -> web.Response:
    wishes = await request.app[DESKS].notifications.wishes(caller.key)
    return json_answer(WishesBody.of(wishes).model_dump_json())


@documented(
    "Choose on which channels you get each kind of notification",
    body=NewWishesBody,
    answer=WishesBody,
    errors=(403,),
)
async def put_wishes(request: web.Request, caller: Caller) -> web.Response:
    body = await body_of(request, NewWishesBody)
    wishes = await request.app[DESKS].notifications.wish(caller, body.wishes)
    return json_answer(WishesBody.of(wishes).model_dump_json())


@documented(
    "Send a user a notification",
    description="For staff. 409 if the channel is not set up, or the user has no verified address for it.",
    body=NewNotificationBody,
    answer=StaffNotificationBody,
    status=201,
    errors=(403, 404, 409),
)
async def write_notification(request: web.Request, caller: Caller) -> web.Response:
    body = await body_of(request, NewNotificationBody)
    written = await request.app[DESKS].notifications.write(
        caller,
        UserKey(body.issuer or caller.key.issuer, body.user_id),
        body.channel,
        body.text,
        ticket=body.ticket_id,
        notification_id=chosen_id(request, "notification"),
    )
    return json_answer(staff_notification_body(written).model_dump_json(), status=201)


@documented(
    "Read all notifications of a user, the newest first",
    query=OfUserQuery,
    answer=list[StaffNotificationBody],
    errors=(403, 404),
)
async def list_notifications_of_user(request: web.Request, caller: Caller) -> web.Response:
    query = query_of(request, OfUserQuery)
    page = await request.app[DESKS].notifications.of_user(
        caller, user_of(request, caller, query.issuer), after=query.cursor, limit=query.size
    )
    bodies = [staff_notification_body(it) for it in page.items]
    return json_answer(_STAFFS.dump_json(bodies), headers=link_to_next(request, page, query.size))


@documented(
    "Read notifications that wait or have failed, the newest first",
    query=QueueQuery,
    answer=list[StaffNotificationBody],
    errors=(403,),
)
async def list_queue_of_notifications(request: web.Request, caller: Caller) -> web.Response:
    query = query_of(request, QueueQuery)
    page = await request.app[DESKS].notifications.queue(caller, after=query.cursor, limit=query.size)
    bodies = [staff_notification_body(it) for it in page.items]
    return json_answer(_STAFFS.dump_json(bodies), headers=link_to_next(request, page, query.size))


@documented("Send a failed notification again", answer=StaffNotificationBody, errors=(403, 404, 409))
async def retry_notification(request: web.Request, caller: Caller) -> web.Response:
    again = await request.app[DESKS].notifications.retry(caller, _id(request))
    return json_answer(staff_notification_body(again).model_dump_json())


def _id(request: web.Request) -> NotificationId:
    return NotificationId(request.match_info["notification_id"])


ALL: Final = f"{API}/notifications"
ONE: Final = f"{ALL}/{{notification_id}}"
OWN_WISHES: Final = f"{API}/me/notifications"

ROUTES: Final = (
    reads(ALL, list_notifications),
    writes("POST", f"{ALL}/read", read_notifications),
    writes("POST", f"{ONE}/read", read_notification),
    reads(OWN_WISHES, get_wishes),
    writes("PUT", OWN_WISHES, put_wishes),
    writes("POST", ALL, write_notification, Who.STAFF),
    reads(f"{USER}/notifications", list_notifications_of_user, Who.STAFF),
    reads(f"{ALL}/queue", list_queue_of_notifications, Who.STAFF),
    writes("POST", f"{ONE}/retry", retry_notification, Who.ADMINS),
)
