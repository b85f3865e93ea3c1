"""What happened meanwhile."""

from aiohttp import web

from pages.frame.page import render
from pages.frame.sign_in import Visitor


async def show_notifications(request: web.Request, visitor: Visitor) -> web.StreamResponse:
    """``GET /portal/notifications``: scripts read them, and mark them as read."""
    return render(request, "portal/notifications.html.jinja", visitor=visitor)
