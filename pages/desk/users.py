"""The users of apps, as staff looks at them: who they are, their tickets and files, a note, a block; for
admins also to merge, to export and to erase them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlencode

from aiohttp import web

from api.desks import DESKS, Desks
from api.door.claims import is_id
from api.door.paging import Parts, written
from api.door.streaming import stream
from pages.desk.acting import acts, facts_of
from pages.desk.tickets import BADGES, name_of
from pages.frame.page import render
from pages.frame.paging import cursor_in
from pages.frame.sign_in import Visitor
from texts.text import Text
from tickets import policy
from tickets.characters import clean_text, shows_nothing
from tickets.desks.file_desk import Placed
from tickets.desks.user_desk import UserChanges
from tickets.model import Caller, Ticket, UserKey, UserRole
from tickets.ports.users import EVERYBODY, Block, UserFilter
from tickets.refusals import UserNotFound
from tickets.refused_addresses import RefusedAddresses
from tickets.words import asked_begins
from transcripts.personal import name_of as name_of_zip
from transcripts.personal import personal_zip
from transcripts.reader import Reader

PAGE: Final = 50
LONGEST_NOTE: Final = 4000
LONGEST_REASON: Final = 500
LONGEST_SEARCH: Final = 200
WITH_FILES: Final = 20
"""Tickets whose files the page lists, the newest."""
TOLD: Final = 20
"""Notifications that the page lists."""
_CURSOR: Final = Parts(2, text=True)


@dataclass(frozen=True, slots=True)
class FilesOf:
    """The files of a ticket."""

    ticket: Ticket
    files: list[Placed]


async def user_list(request: web.Request, visitor: Visitor) -> web.StreamResponse:
    """``GET /desk/users``: whoever has opened the most tickets first, or who is searched for."""
    search = request.query.get("q", "")[:LONGEST_SEARCH].strip()
    which = UserFilter(begins=asked_begins(search)) if search else EVERYBODY
    page = await request.app[DESKS].users.users(
        visitor.caller, after=cursor_in(request, _CURSOR), limit=PAGE, which=which
    )
    chosen = {"q": search} if search else {}
    return render(
        request,
        "desk/users.html.jinja",
        visitor=visitor,
        here="users",
        users=page.items,
        search=search,
        more="?" + urlencode({**chosen, "cursor": written(page.next)}) if page.next else None,
    )


async def show_user(
    request: web.Request, visitor: Visitor, *, problem: Text | None = None, status: int = 200
) -> web.Response:
    desks, caller, key = request.app[DESKS], visitor.caller, _key(request)
    user, tickets = await desks.users.user(caller, key)
    is_admin = caller.person.role is UserRole.ADMIN
    told = []
    if policy.sees_all(caller):
        told = (await desks.notifications.of_user(caller, key, after=None, limit=TOLD)).items
    return render(
        request,
        "desk/user.html.jinja",
        status=status,
        **facts_of(request, visitor, "users", problem),
        user=user,
        mail_refused=await RefusedAddresses(desks.store).since(user.person.email),
        tickets=await desks.objects.seen_by(caller).tickets(tickets),
        files=await _files_of(desks, caller, tickets),
        file=desks.objects.seen_by(caller).file,
        told=told,
        is_admin=is_admin,
        is_guest=user.person.role is UserRole.TEMP_USER,
        erasure=await desks.store.erasures.of_user(key) if is_admin else None,
        own_path=f"/desk/users/{quote(key.issuer, safe='')}/{quote(key.id, safe='')}",
        badges=BADGES,
        name=name_of,
    )


@acts(show_user)
async def change_user(request: web.Request, visitor: Visitor, form: Mapping[str, str]) -> str | None:
    """``POST /desk/users/{issuer}/{user}``: the note and the block; for admins also to merge and to erase."""
    desks, caller, key = request.app[DESKS], visitor.caller, _key(request)
    match form.get("do"):
        case "merge":
            guest = form.get("guest", "").strip()
            if not is_id(guest):
                raise UserNotFound(guest)
            await desks.users.merge(caller, key, UserKey(key.issuer, guest))
        case "erase":
            policy.must_be_admin(caller, "erase users")
            if form.get("confirm", "").strip() != key.id:  # the id, so that it is no slip
                raise web.HTTPBadRequest
            await desks.erasing.erase(caller, key)
            return "/desk/erasures?done=1"
        case _:
            block = Block(reason=_text(form, "reason", LONGEST_REASON) or None)
            note = _text(form, "note", LONGEST_NOTE)
            await desks.users.change(caller, key, await _changes(desks, key, form, block, note))
    return None


async def export_user(request: web.Request, visitor: Visitor) -> web.StreamResponse:
    desks = request.app[DESKS]
    user = await desks.erasing.whole(visitor.caller, _key(request))
    headers = {
        "Content-Type": "application/zip",
        "Content-Disposition": f'attachment; filename="{name_of_zip(user.person.key)}"',
        "Cache-Control": "private, no-store",
    }
    options = desks.options
    reader = Reader(options.language, options.zone())
    pieces = personal_zip(desks.store, user, reader, options.staff_names)
    return await stream(request, web.StreamResponse(headers=headers), pieces)


async def show_erasures(request: web.Request, visitor: Visitor) -> web.Response:
    """``GET /desk/erasures``: how far each is, and the receipts."""
    return render(
        request,
        "desk/erasures.html.jinja",
        **facts_of(request, visitor, "erasures", None),
        erasures=await request.app[DESKS].erasing.erasures(visitor.caller),
    )


def _text(form: Mapping[str, str], field: str, longest: int) -> str:
    """The text as the API would take it; empty if nothing of it can be seen."""
    text = clean_text(form.get(field, "").replace("\r\n", "\n")[:longest], longest).strip()
    return "" if shows_nothing(text) else text


async def _changes(
    desks: Desks, key: UserKey, form: Mapping[str, str], block: Block, note: str
) -> UserChanges:
    """What the form changes. A block that stays is not set anew: it keeps its end, and needs no admin."""
    user = await desks.store.users.user(key)
    before = None if user is None else user.block
    wanted = block if form.get("blocked") else None
    same = (before is None) is (wanted is None) and (
        before is None or wanted is None or before.reason == wanted.reason
    )
    return UserChanges(sets_block=not same, block=wanted, note=note)


async def _files_of(desks: Desks, caller: Caller, tickets: list[Ticket]) -> list[FilesOf]:
    found = [
        FilesOf(it, await desks.files.of_ticket(caller, it.id))
        for it in tickets[:WITH_FILES]
        if it.attachments or it.message_count
    ]
    return [it for it in found if it.files]


def _key(request: web.Request) -> UserKey:
    user = request.match_info["user"]
    if not is_id(user):
        raise UserNotFound(user)
    return UserKey(request.match_info["issuer"], user)
