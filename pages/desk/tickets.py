"""All tickets, as staff looks for them."""

from collections.abc import Mapping
from typing import Final, TypeVar
from urllib.parse import urlencode

from aiohttp import web

from api.desks import DESKS, Desks
from api.door.paging import Parts, written
from pages.frame.page import render
from pages.frame.paging import cursor_in
from pages.frame.sign_in import Visitor
from texts.text import Text
from tickets.model import IssueLevel, Status, SupportRole, UserKey
from tickets.ports.agents import agent_with
from tickets.ports.lists import TicketFilter
from tickets.words import words_of

PAGE: Final = 50
"""Tickets."""
LONGEST: Final = 200
"""Characters that somebody searches for."""
BADGES: Final[Mapping[Status, str]] = {
    Status.OPEN: "open",
    Status.PENDING: "turn",
    Status.RESOLVED: "good",
    Status.UNRESOLVED: "",
    Status.CANCELED: "",
}
_CURSOR: Final = Parts(2)

Choice = TypeVar("Choice", Status, IssueLevel, SupportRole)


async def ticket_list(request: web.Request, visitor: Visitor) -> web.StreamResponse:
    """``GET /desk/tickets``: the newest first, by what was asked for."""
    desks, asked = request.app[DESKS], request.query
    position = await desks.events.newest()
    search = asked.get("q", "")[:LONGEST].strip()
    status = _one_of(Status, asked.get("status"))
    level = _one_of(IssueLevel, asked.get("level"))
    role = _one_of(SupportRole, asked.get("role"))
    who, label = asked.get("who"), asked.get("label", "").strip().lower()[:40]
    which = TicketFilter(
        statuses=frozenset({status}) if status else None,
        issue_levels=frozenset({level}) if level else None,
        support_roles=frozenset({role}) if role else None,
        unattended=True if who == "nobody" else None,
        assignees=await _own_keys(desks, visitor) if who == "me" else None,
        labels=frozenset({label}) if label else None,
        words=frozenset(words_of(search)) if search else None,
        in_notes=bool(search),
    )
    page = await desks.tickets.tickets(visitor.caller, which, after=cursor_in(request, _CURSOR), limit=PAGE)
    return render(
        request,
        "desk/tickets.html.jinja",
        visitor=visitor,
        here="tickets",
        notice=None,
        tickets=await desks.objects.seen_by(visitor.caller).tickets(page.items),
        more=_with(request, cursor=written(page.next)) if page.next else None,
        search=search,
        who=who,
        label=label,
        position=position,
        chosen={"status": status, "level": level, "role": role},
        choices={"status": list(Status), "level": list(IssueLevel), "role": list(SupportRole)},
        badges=BADGES,
        name=name_of,
    )


async def _own_keys(desks: Desks, visitor: Visitor) -> frozenset[UserKey]:
    """The keys under which tickets may be assigned to the visitor."""
    agents = [it.agent for it in await desks.agents.agents(visitor.caller)]
    own = agent_with(agents, visitor.caller.key)
    return frozenset(own.keys if own is not None else (visitor.caller.key,))


def name_of(kind: str, value: str) -> Text:
    """A status, a level or a support role in words."""
    match kind:
        case "status":
            return Text("status", status=value)
        case "level":
            return Text("level", level=value)
    return Text("support-role", role=value)


def _one_of(kind: type[Choice], given: str | None) -> Choice | None:
    """The choice that was made; None for an unknown word."""
    return next((it for it in kind if it.value == given), None)


def _with(request: web.Request, **more: str) -> str:
    """The query of this page, with something else in it."""
    return "?" + urlencode({**request.query, **more})
