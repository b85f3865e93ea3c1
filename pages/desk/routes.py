"""The desk's addresses."""

from functools import wraps

from aiohttp import web

from pages.desk import (
    agents,
    canned,
    figures,
    live,
    looks,
    notifications,
    running,
    ticket,
    tickets,
    users,
    webhooks,
)
from pages.desk.queue import show_queue
from pages.desk.transcripts import show_transcript
from pages.frame.cookies import DESK
from pages.frame.entering import Entering
from pages.frame.page import page
from pages.frame.sign_in import Visitor
from pages.frame.visiting import VisitorHandler, for_visitors
from tickets import policy


@page
async def nothing(request: web.Request) -> web.StreamResponse:
    """Any address that is not a page of the desk."""
    raise web.HTTPNotFound


def for_staff(handler: VisitorHandler) -> VisitorHandler:
    """Lets only people in who are staff at this moment: roles may change while somebody is signed in."""

    @wraps(handler)
    async def shown(request: web.Request, visitor: Visitor) -> web.StreamResponse:
        policy.must_be_staff(visitor.caller, "see the desk")
        return await handler(request, visitor)

    return shown


def desk_routes() -> list[web.RouteDef]:
    visited = {
        "/desk": show_queue,
        "/desk/tickets": tickets.ticket_list,
        "/desk/tickets/{ticket}": ticket.show_ticket,
        "/desk/tickets/{ticket}/transcript": show_transcript,
        "/desk/users": users.user_list,
        "/desk/users/{issuer}/{user}": users.show_user,
        "/desk/users/{issuer}/{user}/export": users.export_user,
        "/desk/figures": figures.show_figures,
        "/desk/figures/{by}.csv": figures.save_figures,
        "/desk/live": live.wait_for_change,
        "/desk/agents": agents.show_agents,
        "/desk/canned": canned.show_canned,
        "/desk/forms": running.show_forms,
        "/desk/notifications": notifications.show_queue,
        "/desk/webhooks": webhooks.show_webhooks,
        "/desk/webhooks/{webhook}": webhooks.show_webhook,
        "/desk/looks": looks.show_looks,
        "/desk/erasures": users.show_erasures,
        "/desk/settings": running.show_settings,
        "/desk/processes": running.show_processes,
    }
    changed = {
        "/desk/tickets/{ticket}": ticket.change_ticket,
        "/desk/agents": agents.go,
        "/desk/agents/{agent}": agents.change_agent,
        "/desk/canned": canned.change_canned,
        "/desk/notifications": notifications.retry,
        "/desk/webhooks": webhooks.add_webhook,
        "/desk/webhooks/{webhook}": webhooks.change_webhook,
        "/desk/webhooks/{webhook}/rotate": webhooks.rotate,
        "/desk/users/{issuer}/{user}": users.change_user,
    }
    return [
        *Entering(DESK, "desk/login.html.jinja").routes(),
        *(web.get(path, for_visitors(DESK, for_staff(handler))) for path, handler in visited.items()),
        *(web.post(path, for_visitors(DESK, for_staff(handler))) for path, handler in changed.items()),
        web.get("/desk/{rest:.*}", nothing),
    ]
