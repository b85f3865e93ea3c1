"""The HTTP server: the API under /api, the gateway, the CDN, the page and the controls."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from importlib import resources
from urllib.parse import unquote, urlsplit

from aiohttp import web
from simcord.backend.errors import BackendError

from sandbox import control, disturb, signing_in
from sandbox.calls import Answer, Call
from sandbox.cdn import content_type
from sandbox.reading import Unauthorized, actor_of, api_path, call_of
from sandbox.stage import STAGE, Stage

_log = logging.getLogger(__name__)
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_SCRIPTS = ("app.js", "commands.js", "forms.js", "layout.js", "markdown.js", "show.js")
_PAGE = {
    "/": ("index.html", "text/html"),
    "/page.css": ("page.css", "text/css"),
    **{f"/{name}": (name, "text/javascript") for name in _SCRIPTS},
}
_BIGGEST = 256 * 1024 * 1024
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def make_app(stage: Stage) -> web.Application:
    """The application; it answers to loopback names only, whatever address it listens on."""

    @web.middleware
    async def at_home(request: web.Request, handler: Handler) -> web.StreamResponse:
        asked = [f"//{request.host}", request.headers.get("Origin") or f"//{request.host}"]
        if any(urlsplit(address).hostname not in _LOOPBACK for address in asked):
            return web.Response(status=421, text="This sandbox answers on loopback only.")
        return await handler(request)

    app = web.Application(middlewares=[at_home], client_max_size=_BIGGEST)
    app[STAGE] = stage
    app.add_routes(control.routes)
    app.add_routes(disturb.routes)
    app[signing_in.GRANTS] = signing_in.Grants()
    app.add_routes(signing_in.routes)
    app.router.add_route("*", "/api/{tail:.*}", api)
    app.router.add_get("/gateway", stage.gateway.handle)
    app.router.add_get("/gateway/", stage.gateway.handle)
    app.router.add_get("/attachments/{channel}/{attachment}/{name}", attachment)
    for path in _PAGE:
        app.router.add_get(path, page)
    return app


async def api(request: web.Request) -> web.StreamResponse:
    """Answer one API request, or break its connection, and note it."""
    stage, path = request.app[STAGE], api_path(request)
    if path == "/users/@me" and (told := signing_in.signed_in(request)) is not None:
        return told
    actor: int | None = None
    answer: Answer | None = None
    try:
        actor = actor_of(stage.world, request, path)
        answer = await _answer(stage, request, await call_of(stage.world, request, path, actor))
    except Unauthorized:
        answer = Answer(401, {"message": "401: Unauthorized", "code": 0})
    except BackendError as refusal:
        answer = Answer(refusal.status, refusal.to_json())
    finally:
        stage.requests.add(request.method, path, 0 if answer is None else answer.status, actor)
    if answer is not None:
        return response(answer)
    if request.transport is not None:
        request.transport.abort()
    raise ConnectionResetError("cut off, as ordered")


async def _answer(stage: Stage, request: web.Request, call: Call) -> Answer | None:
    """The answer to a call, or None where a fault breaks the connection."""
    fault = stage.faults.take(call.method, call.path)
    if fault is None:
        return await _limited(stage, request, call)
    if fault.cut == "after":
        await _limited(stage, request, call)
        await asyncio.sleep(fault.delay)
        return fault.answer()
    await asyncio.sleep(fault.delay)
    return await _limited(stage, request, call) if fault.has_effect else fault.answer()


async def _limited(stage: Stage, request: web.Request, call: Call) -> Answer:
    is_bot = call.actor in (None, stage.world.backend.bot.id)
    headers: dict[str, str] = {}
    if is_bot:
        headers, too_many = stage.buckets.take(call, is_rename=stage.is_rename(call))
        if too_many is not None:
            return too_many
    answer = stage.carry_out(call)
    interaction_id = answer.headers.get("X-Sandbox-Interaction")
    if interaction_id is None or "wait" not in request.query:
        return Answer(answer.status, answer.body, {**answer.headers, **headers})
    return Answer(200, await control.shown(stage, int(interaction_id), control.waiting(request)))


def response(answer: Answer) -> web.Response:
    """An answer as Discord sends it: JSON without a charset, or nothing; a page as a proxy does."""
    if answer.body is None:
        return web.Response(status=answer.status, headers=answer.headers)
    if isinstance(answer.body, str):
        page = answer.body.encode()
        headers = {**answer.headers, "Content-Type": "text/html"}
        return web.Response(status=answer.status, body=page, headers=headers)
    headers = {**answer.headers, "Content-Type": "application/json"}
    return web.Response(status=answer.status, body=json.dumps(answer.body).encode(), headers=headers)


async def attachment(request: web.Request) -> web.Response:
    """Serve a file under its signed address; never as a page of this origin."""
    files = request.app[STAGE].world.backend.files
    path, query = request.rel_url.raw_path, request.query
    data = files.get(path)
    if data is None or not files.is_good(path, query.get("ex", ""), query.get("hm", "")):
        return web.Response(status=404, text="This content is no longer available.")
    headers = {
        "Content-Type": content_type(unquote(request.match_info["name"])),
        "Content-Disposition": "attachment",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
    }
    return web.Response(body=data, headers=headers)


async def page(request: web.Request) -> web.Response:
    """The page for trying things by hand."""
    name, kind = _PAGE[request.path]
    text = resources.files("sandbox").joinpath("page", name).read_text("utf-8")
    policy = "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'"
    return web.Response(text=text, content_type=kind, headers={"Content-Security-Policy": policy})
