"""Handles the forms of the desk's pages: a desk acts, and the page says what came of it."""

from collections.abc import Awaitable, Callable, Mapping
from functools import wraps
from typing import Any, Final, Protocol

from aiohttp import web

from api.door.errors import answer_to
from pages.frame.frame import FRAME
from pages.frame.posted import posted
from pages.frame.sign_in import Visitor
from texts.text import Text
from tickets.refusals import NotFound, Refusal

Act = Callable[[web.Request, Visitor, Mapping[str, str]], Awaitable[str | None]]
"""Does what the form says, and returns the path of the next page; None for the page with the form."""
DONE: Final = "done"
"""The parameter by which a page says that something was done."""
_DONE: Final = Text("desk-done")


class Shown(Protocol):
    """A page that can show what was wrong with its form."""

    def __call__(
        self, request: web.Request, visitor: Visitor, *, problem: Text | None = None, status: int = 200
    ) -> Awaitable[web.StreamResponse]: ...


def acts(show: Shown) -> Callable[[Act], Callable[[web.Request, Visitor], Awaitable[web.StreamResponse]]]:
    """The handler for a form on the page ``show``, which shows refusals."""

    def wrap(act: Act) -> Callable[[web.Request, Visitor], Awaitable[web.StreamResponse]]:
        @wraps(act)
        async def handler(request: web.Request, visitor: Visitor) -> web.StreamResponse:
            form = await posted(request)
            try:
                way = await act(request, visitor, form)
            except NotFound:
                raise
            except Refusal as refusal:
                told = answer_to(refusal)
                status = 400 if told is None else told.status
                return await show(request, visitor, problem=worded(refusal), status=status)
            frame = request.app[FRAME]
            raise web.HTTPSeeOther(frame.path(way or f"{request.rel_url.raw_path}?{DONE}=1"))

        return handler

    return wrap


def worded(refusal: Refusal) -> Text:
    """The reason for a refusal, in the reader's language."""
    return Text(f"refusal-{refusal.code}", **refusal.facts)


def facts_of(request: web.Request, visitor: Visitor, here: str, problem: Text | None) -> dict[str, Any]:
    """The facts that every page of the desk needs."""
    return {
        "visitor": visitor,
        "here": here,
        "problem": problem,
        "notice": _DONE if DONE in request.query and problem is None else None,
    }
