"""The visitor's tickets: all of them, and one with its conversation."""

import re
from collections.abc import Mapping
from typing import Final

from aiohttp import web

from api.desks import DESKS
from pages.frame.cookies import PORTAL
from pages.frame.forms import offered_to
from pages.frame.frame import FRAME
from pages.frame.guests import FIELD, guest_of
from pages.frame.page import render
from pages.frame.posted import posted
from pages.frame.sign_in import Visitor
from pages.portal.reading import files_of, newest_messages, own_ticket, own_tickets
from texts.text import Text
from tickets.model import AuthorType, Status
from tickets.refused_addresses import RefusedAddresses
from wire.objects import MessageBody

STATUSES: Final[Mapping[Status, Text]] = {
    Status.OPEN: Text("portal-status-open"),
    Status.PENDING: Text("portal-status-pending"),
    Status.RESOLVED: Text("portal-status-resolved"),
    Status.UNRESOLVED: Text("portal-status-unresolved"),
    Status.CANCELED: Text("portal-status-canceled"),
}
"""The statuses in the words that requesters read."""
BADGES: Final[Mapping[Status, str]] = {
    Status.OPEN: "open",
    Status.PENDING: "turn",
    Status.RESOLVED: "good",
    Status.UNRESOLVED: "",
    Status.CANCELED: "",
}
SHOWN_OF_MESSAGE: Final = 140
"""Characters."""
_NOT_TAKEN_OVER: Final = Text("portal-was-guest-refused")
_MARKS: Final = re.compile(r"\*\*|__|~~|`+(?:[a-z]+\n)?")


async def ticket_list(
    request: web.Request, visitor: Visitor, *, problem: Text | None = None
) -> web.StreamResponse:
    tickets, more = await own_tickets(request, visitor)
    return render(
        request,
        "portal/tickets.html.jinja",
        visitor=visitor,
        mail_refused=await RefusedAddresses(request.app[DESKS].store).since(visitor.caller.person.email),
        tickets=tickets,
        more=more,
        problem=problem,
        statuses=STATUSES,
        badges=BADGES,
        one_line=one_line,
        status=409 if problem else 200,
    )


async def take_over(request: web.Request, visitor: Visitor) -> web.StreamResponse:
    """``POST /portal/guest``: what the visitor asked as a guest is theirs, who was signed in already."""
    form = await posted(request)
    guest = await guest_of(request, form.get(FIELD, ""))
    if await request.app[DESKS].accounts.guests.bring(visitor.caller.person, guest):
        raise web.HTTPSeeOther(request.app[FRAME].path(PORTAL.path))
    return await ticket_list(request, visitor, problem=_NOT_TAKEN_OVER)


async def one_ticket(request: web.Request, visitor: Visitor) -> web.StreamResponse:
    """``GET /portal/tickets/{ticket}``, by its number or id."""
    ticket, body = await own_ticket(request, visitor)
    messages = await newest_messages(request, visitor, ticket)
    return render(
        request,
        "portal/ticket.html.jinja",
        visitor=visitor,
        ticket=body,
        files=files_of(request, ticket.attachments),
        form=_form_name(request, visitor, ticket.category),
        messages=messages,
        by_id={it.id: it for it in messages},
        is_mine=_is_mine,
        statuses=STATUSES,
        badges=BADGES,
        max_file_bytes=request.app[DESKS].options.max_file_bytes,
    )


def one_line(text: str) -> str:
    """The beginning of somebody's text, without its formatting marks."""
    return _MARKS.sub("", text)[:SHOWN_OF_MESSAGE]


def _is_mine(message: MessageBody) -> bool:
    return message.author_type is AuthorType.REQUESTER


def _form_name(request: web.Request, visitor: Visitor, category: str | None) -> str | None:
    offered = offered_to(request, visitor.caller)
    return next((it.form.name for it in offered if it.form.slug == category), category)
