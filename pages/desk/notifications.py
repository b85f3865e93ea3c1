"""Notifications that wait, or could not be sent."""

from collections.abc import Mapping
from typing import Final

from aiohttp import web

from api.desks import DESKS
from api.door.paging import Parts, written
from pages.desk.acting import acts, facts_of
from pages.frame.page import render
from pages.frame.paging import cursor_in
from pages.frame.sign_in import Visitor
from texts.text import Text
from tickets import policy
from tickets.notifications import NotificationId

LIST: Final = "/desk/notifications"
PAGE: Final = 50
_CURSOR: Final = Parts(1, text=True)


async def show_queue(
    request: web.Request, visitor: Visitor, *, problem: Text | None = None, status: int = 200
) -> web.Response:
    desks = request.app[DESKS]
    policy.must_see_all(visitor.caller, "see what waits to be sent")
    after = cursor_in(request, _CURSOR)
    page = await desks.notifications.queue(visitor.caller, after=after, limit=PAGE)
    return render(
        request,
        "desk/notifications.html.jinja",
        status=status,
        **facts_of(request, visitor, "notifications", problem),
        notifications=page.items,
        people=await desks.store.people.people({it.user for it in page.items}),
        more=f"?cursor={written(page.next)}" if page.next else None,
    )


@acts(show_queue)
async def retry(request: web.Request, visitor: Visitor, form: Mapping[str, str]) -> str:
    """``POST /desk/notifications``: send one again that failed."""
    wanted = NotificationId(form.get("notification", ""))
    await request.app[DESKS].notifications.retry(visitor.caller, wanted)
    return f"{LIST}?done=1"
