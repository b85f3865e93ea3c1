"""The portal's addresses."""

from aiohttp import web

from pages.frame.cookies import PORTAL
from pages.frame.entering import Entering
from pages.frame.page import page
from pages.frame.visiting import for_visitors
from pages.portal import account, notifications, opening, phone, registering, tickets


@page
async def nothing(request: web.Request) -> web.StreamResponse:
    """Any address that is not a page of the portal."""
    raise web.HTTPNotFound


def portal_routes() -> list[web.RouteDef]:
    visited = {
        "/portal": tickets.ticket_list,
        "/portal/new": opening.choose_form,
        "/portal/new/{slug}": opening.fill_in,
        "/portal/tickets/{ticket}": tickets.one_ticket,
        "/portal/notifications": notifications.show_notifications,
        "/portal/account": account.show_account,
    }
    changed = {
        "/portal/guest": tickets.take_over,
        "/portal/account": account.change_account,
        "/portal/account/email": account.confirm_email,
        "/portal/account/password": account.change_password,
        "/portal/account/phone": phone.change_phone,
        "/portal/account/phone/confirm": phone.confirm_phone,
        "/portal/account/sessions": account.end_session,
        "/portal/account/delete": account.delete_account,
    }
    open_to_all = {
        "register": (registering.show_register, registering.register),
        "verify": (registering.show_verify, registering.verify),
        "forgot": (registering.show_forgot, registering.forgot),
        "reset": (registering.show_reset, registering.reset),
    }
    return [
        *Entering(PORTAL, "portal/login.html.jinja").routes(),
        *(web.get(path, for_visitors(PORTAL, handler)) for path, handler in visited.items()),
        *(web.post(path, for_visitors(PORTAL, handler)) for path, handler in changed.items()),
        *(web.get(f"/portal/{name}", page(show)) for name, (show, _) in open_to_all.items()),
        *(web.post(f"/portal/{name}", page(take)) for name, (_, take) in open_to_all.items()),
        web.get("/portal/{rest:.*}", nothing),
    ]
