"""One ticket: the conversation with its notes and files, and what staff can do with it."""

from collections.abc import Mapping
from hashlib import blake2b
from typing import Final

from aiohttp import web

from api.desks import DESKS
from pages.desk.acting import acts, facts_of
from pages.desk.tickets import BADGES, name_of
from pages.frame.page import render
from pages.frame.sign_in import Visitor
from texts.text import Text
from tickets.characters import clean_line, clean_text, shows_nothing
from tickets.desks.ticket_desk import Said
from tickets.ids import new_id
from tickets.model import EventId, FileId, IssueLevel, Status, SupportRole, UserRole
from tickets.refusals import TicketNotFound
from tickets.sources import Source, from_api

MOST_MESSAGES: Final = 200
LONGEST: Final = 4_000
"""Characters of a message."""
LONGEST_REASON: Final = 500


async def show_ticket(
    request: web.Request, visitor: Visitor, *, problem: Text | None = None, status: int = 200
) -> web.Response:
    desks, caller = request.app[DESKS], visitor.caller
    position = await desks.events.newest()
    ticket = await desks.tickets.ticket(caller, request.match_info["ticket"])
    objects = desks.objects.seen_by(caller)
    after = max(0, ticket.seq - MOST_MESSAGES)
    messages = await desks.tickets.messages(caller, ticket.id, after_seq=after, limit=MOST_MESSAGES)
    said = [*messages.items]
    if caller.key != ticket.requester:
        notes = await desks.staff.notes(caller, ticket.id, after_seq=after, limit=MOST_MESSAGES)
        said += notes.items
    said.sort(key=lambda it: it.seq)
    return render(
        request,
        "desk/ticket.html.jinja",
        status=status,
        **facts_of(request, visitor, "tickets", problem),
        ticket=await objects.ticket(ticket),
        requester=ticket.requester,
        files=[objects.file(it) for it in ticket.attachments],
        all_files=await desks.files.of_ticket(caller, ticket.id),
        file=objects.file,
        messages=await objects.messages(said),
        notes={it.id for it in said if it.is_note},
        is_closed=ticket.is_closed,
        is_admin=caller.person.role is UserRole.ADMIN,
        canned=await desks.canned.all(caller),
        levels=list(IssueLevel),
        roles=list(SupportRole),
        outcomes=(Status.RESOLVED, Status.UNRESOLVED),
        form=new_id(),
        longest=LONGEST,
        position=position,
        badges=BADGES,
        name=name_of,
    )


@acts(show_ticket)
async def change_ticket(request: web.Request, visitor: Visitor, form: Mapping[str, str]) -> str | None:
    """``POST /desk/tickets/{ticket}``. A form that is sent twice is done once."""
    address = request.match_info["ticket"]
    here = f"/desk/tickets/{address}"
    match form.get("do", "answer"):
        case "answer" | "note":
            await _say(request, visitor, form, address)
            return f"{here}#end"
        case "field":
            await _set_fields(request, visitor, form, address)
        case "delete-file":
            await request.app[DESKS].files.delete(visitor.caller, FileId(form.get("file", "")))
        case doing:
            await _move(request, visitor, form, address, doing)
    try:  # whoever gave it to a role that they do not see does not see it any more
        await request.app[DESKS].tickets.ticket(visitor.caller, address)
    except TicketNotFound:
        return "/desk/tickets?done=1"
    return f"{here}?done=1"


async def _say(request: web.Request, visitor: Visitor, form: Mapping[str, str], address: str) -> None:
    desks, caller = request.app[DESKS], visitor.caller
    source = _source(visitor, form, address)
    if (canned := form.get("canned", "")) and not form.get("content", "").strip():
        await desks.canned.post(caller, address, canned, source=source)
        return
    content = clean_text(form.get("content", "").replace("\r\n", "\n"), LONGEST)
    if shows_nothing(content) or len(content) > LONGEST:
        raise web.HTTPBadRequest
    if form.get("do") == "note":
        await desks.tickets.add_note(caller, address, Said(content), source=source)
    else:
        await desks.tickets.post(caller, address, Said(content), source=source)


async def _set_fields(request: web.Request, visitor: Visitor, form: Mapping[str, str], address: str) -> None:
    """Set level and support role. A value that is set already changes nothing."""
    known = {"issue_level": IssueLevel, "support_role": SupportRole}
    values = {
        field: form[field] for field, kind in known.items() if form.get(field) in {it.value for it in kind}
    }
    await request.app[DESKS].tickets.change(
        visitor.caller, address, values, source=_source(visitor, form, address)
    )


async def _move(
    request: web.Request, visitor: Visitor, form: Mapping[str, str], address: str, doing: str
) -> None:
    desks, caller = request.app[DESKS], visitor.caller
    label = form.get("label", "").strip().lower()
    match doing:
        case "claim":
            await desks.agents.claim(caller, address)
        case "release":
            await desks.agents.release(caller, address)
        case "close":
            to = next((it for it in Status if it.value == form.get("to")), None)
            reason = clean_line(form.get("reason", "")).strip()[:LONGEST_REASON] or None
            source = _source(visitor, form, address)
            await desks.tickets.close(caller, address, to, reason, source=source)
        case "reopen":
            await desks.tickets.reopen(caller, address, source=_source(visitor, form, address))
        case "label":
            await desks.labels.add(caller, address, label)
        case "unlabel":
            await desks.labels.remove(caller, address, label)
        case _:
            raise web.HTTPBadRequest


def _source(visitor: Visitor, form: Mapping[str, str], address: str) -> Source:
    """The source of the event; it is the same each time the same form is sent."""
    seed = f"{visitor.caller.key} {address} {form.get('form', '')}"
    return from_api(EventId(blake2b(seed.encode(), digest_size=16).hexdigest()))
