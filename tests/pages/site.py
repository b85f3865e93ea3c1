"""Pages on a real port, over the real embedded store."""

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from aiohttp import web

from api.app import build
from api.door.auth import SingleIssuer
from api.door.server import serving
from config.page_settings import PageName
from pages.frame.frame import Frame
from pages.site import attach, static_files
from tests.api.stage import SECRET, Clock
from texts.language import Language
from tickets.desks.ticket_desk import Desk
from tickets.policy import Rules
from tickets.ports.store import Store


@asynccontextmanager
async def opened(
    store: Store, on: Collection[PageName], *, public_url: str | None = None, **options: Any
) -> AsyncIterator[aiohttp.ClientSession]:
    """A browser without scripts, at the pages that are on."""
    clock = Clock()
    app = _app(store, clock, on, public_url or "http://127.0.0.1", **options)
    async with serving(app, "127.0.0.1", 0) as port:
        jar = aiohttp.CookieJar(unsafe=True)
        async with aiohttp.ClientSession(f"http://127.0.0.1:{port}", cookie_jar=jar) as browser:
            yield browser


def _app(
    store: Store, clock: Clock, on: Collection[PageName], public_url: str, **options: Any
) -> web.Application:
    desk = Desk(store, clock, Rules())
    app = build(desk, store, SingleIssuer(SECRET, clock), clock, public_url=public_url, rate_limits=False)
    frame = Frame(public_url=public_url, language=Language.EN, on=on, static=static_files(), **options)
    attach(app, frame)
    return app
