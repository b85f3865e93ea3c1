"""The page at ``/``: links to the pages that are on."""

from aiohttp import web

from config.page_settings import PageName
from pages.frame.frame import FRAME
from pages.frame.page import page, render


@page
async def home(request: web.Request) -> web.StreamResponse:
    on = request.app[FRAME].on
    return render(request, "home.html.jinja", on={it.value: it in on for it in PageName})
