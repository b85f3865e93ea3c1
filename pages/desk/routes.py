"""The desk's addresses."""

from aiohttp import web

from pages.desk.queue import answer, show_queue, show_ticket
from pages.desk.transcripts import show_transcript
from pages.frame.cookies import DESK
from pages.frame.entering import Entering
from pages.frame.page import page
from pages.frame.visiting import for_visitors


@page
async def nothing(request: web.Request) -> web.StreamResponse:
    """Whatever is no page of the desk."""
    raise web.HTTPNotFound


def desk_routes() -> list[web.RouteDef]:
    return [
        *Entering(DESK, "desk/login.html.jinja", for_staff=True).routes(),
        web.get("/desk", for_visitors(DESK, show_queue)),
        web.get("/desk/tickets/{ticket}", for_visitors(DESK, show_ticket)),
        web.get("/desk/tickets/{ticket}/transcript", for_visitors(DESK, show_transcript)),
        web.post("/desk/tickets/{ticket}", for_visitors(DESK, answer)),
        web.get("/desk/{rest:.*}", nothing),
    ]
