"""How the desk is set up and how it runs: its forms, settings and processes."""

from aiohttp import web

from api.desks import DESKS
from pages.desk.acting import facts_of
from pages.desk.tickets import name_of
from pages.frame.frame import FRAME
from pages.frame.page import render
from pages.frame.sign_in import Visitor
from tickets import policy

SILENT_AFTER = 30_000
"""Milliseconds without a sign of life, after which a process counts as gone; each gives one every ten
seconds."""


async def show_forms(request: web.Request, visitor: Visitor) -> web.Response:
    forms = request.app[DESKS].tickets.all_forms(visitor.caller)
    return render(
        request,
        "desk/forms.html.jinja",
        **facts_of(request, visitor, "forms", None),
        forms=forms.all,
        default=forms.default,
        now=request.app[DESKS].clock(),
        name=name_of,
    )


async def show_settings(request: web.Request, visitor: Visitor) -> web.Response:
    """``GET /desk/settings``: what counts in this process. Secrets are told to nobody."""
    policy.must_be_admin(visitor.caller, "see the settings")
    return render(
        request,
        "desk/settings.html.jinja",
        **facts_of(request, visitor, "settings", None),
        settings=request.app[FRAME].settings,
    )


async def show_processes(request: web.Request, visitor: Visitor) -> web.Response:
    policy.must_be_admin(visitor.caller, "see the processes")
    desks = request.app[DESKS]
    return render(
        request,
        "desk/processes.html.jinja",
        **facts_of(request, visitor, "processes", None),
        processes=await desks.store.processes.all(),
        own=desks.options.process.name,
        silent_before=desks.clock() - SILENT_AFTER,
    )
