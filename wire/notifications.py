"""Notifications as clients see them."""

from pydantic import BaseModel

from tickets.model import Millis
from tickets.notifications import (
    Notification,
    NotificationChannel,
    NotificationKind,
    NotificationStatus,
)


class NotificationBody(BaseModel):
    """A word to you on one channel. ``text`` is a line in your language. What was seen before it was sent is
    ``suppressed``. Only those in the app are unread until they are read. Times are Unix seconds."""

    id: str
    ticket_id: str | None
    kind: NotificationKind
    channel: NotificationChannel
    status: NotificationStatus
    text: str
    created_at: int
    sent_at: int | None
    read_at: int | None


class StaffNotificationBody(NotificationBody):
    """With whose it is, and how sending it went: ``due_at`` is when it is tried next, ``retry_count`` how
    often that failed, and ``error`` what was said the last time. A letter about an account is an
    ``account``."""

    user_id: str
    issuer: str
    due_at: int | None
    retry_count: int
    error: str | None


def notification_body(it: Notification) -> NotificationBody:
    return NotificationBody(**_fields(it))


def staff_notification_body(it: Notification) -> StaffNotificationBody:
    return StaffNotificationBody(
        **_fields(it),
        user_id=it.user.id,
        issuer=it.user.issuer,
        due_at=_seconds(it.due_at),
        retry_count=it.tries,
        error=it.error,
    )


def _fields(it: Notification) -> dict[str, object]:
    return {
        "id": it.id,
        "ticket_id": it.ticket_id,
        "kind": it.kind,
        "channel": it.channel,
        "status": it.status,
        "text": it.text,
        "created_at": it.created_at // 1000,
        "sent_at": _seconds(it.sent_at),
        "read_at": _seconds(it.read_at),
    }


def _seconds(at: Millis | None) -> int | None:
    return None if at is None else at // 1000
