"""The API's description of itself, for programs and as a page."""

from typing import Any, Final

from aiohttp import web

from api.desks import DESKS
from api.documents.docs import HEADERS, Docs
from api.documents.documented import documented
from api.door.answers import json_answer
from api.door.routes import OpenRoute


@documented("The OpenAPI document", description="404 where `DOCS=off`.", answer=dict[str, Any], errors=(404,))
async def openapi(request: web.Request) -> web.Response:
    return json_answer((await _docs(request)).document.raw)


@documented(
    "The AsyncAPI document: the events of sockets and webhooks",
    description="404 where `DOCS=off`.",
    answer=dict[str, Any],
    errors=(404,),
)
async def asyncapi(request: web.Request) -> web.Response:
    return json_answer((await _docs(request)).events.raw)


@documented(
    "The OpenAPI document as a page",
    description="404 where `DOCS=off`, or `PAGES` does not name `docs`.",
    media_types=("text/html",),
    errors=(404,),
)
async def docs(request: web.Request) -> web.Response:
    found = await _docs(request)
    if not found.has_page:
        raise web.HTTPNotFound
    return web.Response(body=found.page, headers=HEADERS)


async def _docs(request: web.Request) -> Docs:
    found = request.app[DESKS].docs
    if found is None:
        raise web.HTTPNotFound
    return await found.made()


ROUTES: Final = (
    OpenRoute("/openapi.json", openapi),
    OpenRoute("/asyncapi.json", asyncapi),
    OpenRoute("/docs", docs),
)
