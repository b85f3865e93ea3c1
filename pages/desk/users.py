"""The users of apps, as staff looks at them: who they are, their tickets, a note, a block."""

from typing import Final

from aiohttp import web

from api.desks import DESKS
from api.door.claims import is_id
from api.door.paging import Parts, written
from pages.desk.tickets import BADGES, name_of
from pages.frame.page import render
from pages.frame.posted import posted
from pages.frame.sign_in import Visitor
from texts.text import Text
from tickets.desks.user_desk import UserChanges
from tickets.model import UserKey
from tickets.ports.users import Block
from tickets.refusals import Refusal, UserNotFound

PAGE: Final = 50
LONGEST_NOTE: Final = 4000
LONGEST_REASON: Final = 500
_CURSOR: Final = Parts(2, text=True)
_SAVED: Final = Text("desk-user-saved")
_NOT_SAVED: Final = Text("desk-user-not-saved")


async def user_list(request: web.Request, visitor: Visitor) -> web.StreamResponse:
    """``GET /desk/users``: whoever has opened the most tickets first."""
    given = request.query.get("cursor")
    after = None if given is None else _CURSOR.parse(given)
    page = await request.app[DESKS].users.users(visitor.caller, after=after, limit=PAGE)
    return render(
        request,
        "desk/users.html.jinja",
        visitor=visitor,
        here="users",
        users=page.items,
        more=f"?cursor={written(page.next)}" if page.next else None,
    )


async def one_user(request: web.Request, visitor: Visitor) -> web.StreamResponse:
    """``GET /desk/users/{issuer}/{user}``"""
    return await _shown(request, visitor)


async def change_user(request: web.Request, visitor: Visitor) -> web.StreamResponse:
    """``POST /desk/users/{issuer}/{user}``: the note, and the block."""
    form = await posted(request)
    block = Block(reason=form.get("reason", "")[:LONGEST_REASON].strip() or None)
    changes = UserChanges(
        sets_block=True,
        block=block if form.get("blocked") else None,
        note=form.get("note", "")[:LONGEST_NOTE].strip(),
    )
    try:
        await request.app[DESKS].users.change(visitor.caller, _key(request), changes)
    except UserNotFound:
        raise
    except Refusal:
        return await _shown(request, visitor, problem=_NOT_SAVED)
    return await _shown(request, visitor, notice=_SAVED)


async def _shown(
    request: web.Request, visitor: Visitor, *, notice: Text | None = None, problem: Text | None = None
) -> web.Response:
    desks = request.app[DESKS]
    user, tickets = await desks.users.user(visitor.caller, _key(request))
    return render(
        request,
        "desk/user.html.jinja",
        status=403 if problem else 200,
        visitor=visitor,
        here="users",
        user=user,
        tickets=await desks.objects.seen_by(visitor.caller).tickets(tickets),
        notice=notice,
        problem=problem,
        badges=BADGES,
        name=name_of,
    )


def _key(request: web.Request) -> UserKey:
    user = request.match_info["user"]
    if not is_id(user):
        raise UserNotFound(user)
    return UserKey(request.match_info["issuer"], user)
