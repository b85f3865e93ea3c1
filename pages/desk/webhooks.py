"""Webhooks: the endpoints, and what was sent to them. For admins."""

from collections.abc import Mapping
from typing import Final

from aiohttp import web

from api.desks import DESKS
from api.door.paging import Parts, written
from notify.webhooks.desk import EndpointChanges
from pages.desk.acting import acts, facts_of, worded
from pages.frame.page import render
from pages.frame.paging import cursor_in
from pages.frame.posted import posted
from pages.frame.sign_in import Visitor
from texts.text import Text
from tickets.characters import clean_line
from tickets.ports.webhooks import DeliveryStatus
from tickets.refusals import NotFound, Refusal
from tickets.webhook_urls import LONGEST_URL
from tickets.webhooks import NAMES

LIST: Final = "/desk/webhooks"
PAGE: Final = 30
LONGEST_DESCRIPTION: Final = 200
_CURSOR: Final = Parts(1, text=True)


async def show_webhooks(
    request: web.Request, visitor: Visitor, *, problem: Text | None = None, status: int = 200
) -> web.Response:
    return render(
        request,
        "desk/webhooks.html.jinja",
        status=status,
        **facts_of(request, visitor, "webhooks", problem),
        endpoints=await request.app[DESKS].webhooks.endpoints(visitor.caller),
        names=NAMES,
        longest=LONGEST_URL,
    )


async def show_webhook(
    request: web.Request,
    visitor: Visitor,
    *,
    problem: Text | None = None,
    status: int = 200,
    secret: str | None = None,
    webhook: str | None = None,
) -> web.Response:
    desk, asked = request.app[DESKS].webhooks, request.query
    endpoint = await desk.endpoint(visitor.caller, webhook or request.match_info["webhook"])
    of = next((it for it in DeliveryStatus if it.value == asked.get("status")), None)
    after = cursor_in(request, _CURSOR)
    page = await desk.deliveries(visitor.caller, endpoint.id, of, after=after, limit=PAGE)
    more = f"?cursor={written(page.next)}" + (f"&status={of}" if of else "") if page.next else None
    answer = render(
        request,
        "desk/webhook.html.jinja",
        status=status,
        **facts_of(request, visitor, "webhooks", problem),
        endpoint=endpoint,
        deliveries=page.items,
        more=more,
        of=of,
        statuses=list(DeliveryStatus),
        secret=secret,
    )
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


async def add_webhook(request: web.Request, visitor: Visitor) -> web.StreamResponse:
    """``POST /desk/webhooks``: a new one, whose secret this answer alone shows."""
    form = await posted(request)
    events = [it for it in NAMES if f"event-{it}" in form] or ["*"]
    description = clean_line(form.get("description", "")).strip()[:LONGEST_DESCRIPTION]
    url = form.get("url", "").strip()[:LONGEST_URL]
    try:
        new = await request.app[DESKS].webhooks.add(visitor.caller, url, events, description)
    except Refusal as refusal:
        return await show_webhooks(request, visitor, problem=worded(refusal), status=400)
    return await show_webhook(request, visitor, secret=new.secret, webhook=new.id)


@acts(show_webhook)
async def change_webhook(request: web.Request, visitor: Visitor, form: Mapping[str, str]) -> str | None:
    """``POST /desk/webhooks/{webhook}``: test, on and off, delete, send again."""
    desk, caller, webhook = request.app[DESKS].webhooks, visitor.caller, request.match_info["webhook"]
    match form.get("do"):
        case "test":
            await desk.test(caller, webhook)
        case "enable":
            await desk.change(caller, webhook, EndpointChanges(enabled=True))
        case "disable":
            await desk.change(caller, webhook, EndpointChanges(enabled=False))
        case "redeliver":
            await desk.redeliver(caller, webhook, form.get("delivery", ""))
        case "delete":
            await desk.remove(caller, webhook)
            return f"{LIST}?done=1"
        case _:
            raise web.HTTPBadRequest
    return None


async def rotate(request: web.Request, visitor: Visitor) -> web.StreamResponse:
    """``POST /desk/webhooks/{webhook}/rotate``: another secret, which this answer alone shows."""
    await posted(request)
    try:
        rotated = await request.app[DESKS].webhooks.rotate(visitor.caller, request.match_info["webhook"])
    except NotFound:
        raise
    except Refusal as refusal:
        return await show_webhook(request, visitor, problem=worded(refusal), status=403)
    return await show_webhook(request, visitor, secret=rotated.secret)
