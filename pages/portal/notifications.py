"""What has happened since somebody last looked, and how they want to be told of it."""

from collections.abc import Mapping
from typing import Final

from aiohttp import web

from api.desks import DESKS
from pages.frame.page import render
from pages.frame.sign_in import Visitor
from texts.text import Text
from tickets.notifications import NotificationChannel, NotificationKind

KINDS: Final[Mapping[NotificationKind, Text]] = {
    NotificationKind.ANSWER: Text("notification-answer"),
    NotificationKind.EDITED: Text("notification-edited"),
    NotificationKind.ASSIGNED: Text("notification-assigned"),
    NotificationKind.CLOSED: Text("notification-closed"),
    NotificationKind.REOPENED: Text("notification-reopened"),
    NotificationKind.ASK_CLOSE: Text("notification-ask-close"),
    NotificationKind.REMINDER: Text("notification-reminder"),
    NotificationKind.MANUAL: Text("notification-manual"),
}
"""The kinds of which requesters are told; the others are for staff."""
CHANNELS: Final[Mapping[NotificationChannel, Text]] = {
    NotificationChannel.IN_APP: Text("channel-in-app"),
    NotificationChannel.EMAIL: Text("channel-email"),
    NotificationChannel.SMS: Text("channel-sms"),
}


async def show_notifications(request: web.Request, visitor: Visitor) -> web.StreamResponse:
    """``GET /portal/notifications``: scripts read them, mark them as read, and keep the choices."""
    set_up = request.app[DESKS].notifications.channels
    return render(
        request,
        "portal/notifications.html.jinja",
        visitor=visitor,
        kinds=KINDS,
        channels={it: name for it, name in CHANNELS.items() if it in set_up},
    )
