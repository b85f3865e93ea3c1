"""Who of staff has looked at what, for admins."""

from typing import Final
from urllib.parse import urlencode

from aiohttp import web

from api.desks import DESKS
from api.door.paging import Parts, written
from pages.desk.acting import facts_of
from pages.frame.page import render
from pages.frame.paging import cursor_in
from pages.frame.sign_in import Visitor
from tickets.model import Millis, UserKey
from tickets.ports.looks import LookFilter, LookKind

PAGE: Final = 50
DAY: Final[Millis] = 24 * 60 * 60 * 1000
DAYS: Final = (1, 7, 30, 365)
_CURSOR: Final = Parts(1, text=True)


async def show_looks(request: web.Request, visitor: Visitor) -> web.Response:
    desks, asked = request.app[DESKS], request.query
    kind = next((it for it in LookKind if it.value == asked.get("kind")), None)
    days = next((it for it in DAYS if str(it) == asked.get("days")), None)
    number = asked.get("ticket", "").strip().removeprefix("#")
    which = LookFilter(
        by=_key(asked.get("by")),
        user=_key(asked.get("user")),
        kind=kind,
        ticket_number=int(number) if number.isdecimal() and len(number) < 16 else None,
        since=None if days is None else desks.clock() - days * DAY,
    )
    after = cursor_in(request, _CURSOR)
    page = await desks.looks.looks(visitor.caller, which, after=after, limit=PAGE)
    chosen = {name: asked[name] for name in ("by", "user", "kind", "days", "ticket") if asked.get(name)}
    return render(
        request,
        "desk/looks.html.jinja",
        **facts_of(request, visitor, "looks", None),
        looks=page.items,
        people=await desks.store.people.people({key for it in page.items for key in (it.by, it.user)}),
        chosen=chosen,
        kinds=list(LookKind),
        days=DAYS,
        erased=UserKey.ERASED,
        more="?" + urlencode({**chosen, "cursor": written(page.next)}) if page.next else None,
    )


def _key(given: str | None) -> UserKey | None:
    """The user whom a link of these pages names; None if it names nobody."""
    if not given or len(given) > 600:
        return None
    try:
        return UserKey.parse(given)
    except ValueError:
        return None
