"""Canned answers: the list, and forms to make, change and delete them."""

from collections.abc import Mapping
from typing import Final

from aiohttp import web
from pydantic import ValidationError

from api.desks import DESKS
from api.resources.canned import NewCanned
from pages.desk.acting import acts, facts_of
from pages.frame.page import render
from pages.frame.sign_in import Visitor
from texts.text import Text
from tickets.canned import unknown_in

LIST: Final = "/desk/canned"
_BAD: Final = Text("desk-canned-bad")


async def show_canned(
    request: web.Request, visitor: Visitor, *, problem: Text | None = None, status: int = 200
) -> web.Response:
    answers = await request.app[DESKS].canned.all(visitor.caller)
    return render(
        request,
        "desk/canned.html.jinja",
        status=status,
        **facts_of(request, visitor, "canned", problem),
        answers=answers,
        unknown={it.name: unknown_in(it.content) for it in answers},
    )


async def change_canned(request: web.Request, visitor: Visitor) -> web.StreamResponse:
    """``POST /desk/canned``: a new one, or one that is there already."""
    try:
        return await _change(request, visitor)
    except ValidationError:
        return await show_canned(request, visitor, problem=_BAD, status=400)


@acts(show_canned)
async def _change(request: web.Request, visitor: Visitor, form: Mapping[str, str]) -> str:
    canned, before = request.app[DESKS].canned, form.get("before", "")
    if form.get("do") == "delete":
        await canned.remove(visitor.caller, before)
        return f"{LIST}?done=1"
    content = form.get("content", "").replace("\r\n", "\n")
    new = NewCanned(name=form.get("name", "").strip(), content=content)
    if before:
        await canned.change(visitor.caller, before, new_name=new.name, content=new.content)
    else:
        await canned.add(visitor.caller, new.name, new.content)
    return f"{LIST}?done=1"
