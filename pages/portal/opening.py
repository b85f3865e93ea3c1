"""A new ticket: which kind, and what its form asks."""

from collections.abc import Mapping
from typing import Final

from aiohttp import web

from api.desks import DESKS
from api.resources.forms import FormBody, QuestionBody
from pages.frame.forms import offered_to
from pages.frame.frame import FRAME
from pages.frame.page import reader_of, render
from pages.frame.sign_in import Visitor
from texts.text import Text
from tickets.model import IssueLevel

LEVELS: Final[Mapping[IssueLevel, Text]] = {
    IssueLevel.NORMAL: Text("portal-level-normal"),
    IssueLevel.URGENT: Text("portal-level-urgent"),
    IssueLevel.CRITICAL: Text("portal-level-critical"),
}


async def choose_form(request: web.Request, visitor: Visitor) -> web.StreamResponse:
    """``GET /portal/new``: the kinds of tickets; the only one, if there is one."""
    forms = _offered(request, visitor)
    if len(forms) == 1:
        raise web.HTTPSeeOther(request.app[FRAME].path(f"/portal/new/{forms[0].slug}"))
    return render(request, "portal/kinds.html.jinja", visitor=visitor, forms=forms)


async def fill_in(request: web.Request, visitor: Visitor) -> web.StreamResponse:
    slug = request.match_info["slug"]
    form = next((it for it in _offered(request, visitor) if it.slug == slug), None)
    if form is None:
        raise web.HTTPNotFound
    named = {it.id: it for it in form.questions}
    return render(
        request,
        "portal/new.html.jinja",
        visitor=visitor,
        form=form,
        topic=named.get(form.topic_question or ""),
        description=named.get(form.description_question or ""),
        questions=_further(form),
        levels=LEVELS,
        locale=visitor.locale or reader_of(request).value,
        max_file_bytes=request.app[DESKS].options.max_file_bytes,
    )


def _offered(request: web.Request, visitor: Visitor) -> list[FormBody]:
    return [FormBody.of(it) for it in offered_to(request, visitor.caller)]


def _further(form: FormBody) -> list[QuestionBody]:
    return [it for it in form.questions if it.id not in (form.topic_question, form.description_question)]
