"""A backend with endpoints on a real port, and a desk whose store tells them."""

import asyncio
import json
import time
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from aiohttp import web
from standardwebhooks import Webhook

from notify.webhooks.posting import webhook_session
from notify.webhooks.wanted_events import Listed, WantedEvents
from notify.webhooks.working import Found, WebhookWork, nobody
from tests.new_stores import open_new_sqlite
from tests.waiting import until
from tickets.ports.lease import Term
from tickets.ports.sinks import EVERYTHING
from tickets.ports.store import Clock, Store
from tickets.ports.webhooks import Webhooks
from tickets.webhooks import Endpoint, EndpointId

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER_SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"


def now() -> int:
    return time.time_ns() // 1_000_000


Reply = Callable[[web.Request, Any], Awaitable[web.Response]]


async def yes(_: web.Request, __: Any) -> web.Response:
    return web.Response(status=204)


@dataclass
class Told:
    """One request: where it came, with which headers, and what it said."""

    path: str
    headers: dict[str, str]
    text: str

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def body(self) -> Any:
        return json.loads(self.text)

    def is_signed_with(self, secret: str) -> bool:
        try:
            Webhook(secret).verify(self.text, self.headers)
        except Exception:
            return False
        return True


@dataclass
class Backend:
    """Keeps all that it is told; each path can answer otherwise."""

    port: int = 0
    heard: list[Told] = field(default_factory=list)
    replies: dict[str, Reply] = field(default_factory=dict)

    def url(self, path: str = "/hook") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def at(self, path: str = "/hook") -> list[Told]:
        return [it for it in self.heard if it.path == path]

    def types(self, path: str = "/hook") -> list[str]:
        return [it.body["type"] for it in self.at(path)]

    async def hears(self, count: int, path: str = "/hook") -> None:
        await until(lambda: len(self.at(path)) >= count)

    async def take(self, request: web.Request) -> web.Response:
        told = Told(request.path, {k.lower(): v for k, v in request.headers.items()}, await request.text())
        self.heard.append(told)
        return await self.replies.get(request.path, yes)(request, told)


@asynccontextmanager
async def backend() -> AsyncIterator[Backend]:
    it = Backend()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", it.take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    it.port = runner.addresses[0][1]
    try:
        yield it
    finally:
        await runner.cleanup()


@asynccontextmanager
async def a_store(
    folder: Path, clock: Clock = now, listed: Listed = tuple
) -> AsyncIterator[tuple[Store, WantedEvents]]:
    """An embedded store that keeps what endpoints are to be told."""
    wanted = WantedEvents(listed)
    async with open_new_sqlite(folder, clock, sinks=(*EVERYTHING, wanted.listening)) as store:
        await wanted.look(store)
        yield store, wanted


def _tell_if_it_failed(task: asyncio.Task[None]) -> None:
    """Nobody waits for it: without this, whatever it failed of would only show as silence."""
    if not task.cancelled() and (error := task.exception()) is not None:
        traceback.print_exception(error)


@asynccontextmanager
async def working(
    store: Store,
    clock: Clock = now,
    listed: Listed = tuple,
    found: Found = nobody,
    *,
    private: bool = True,
    look_every: float = 0.02,
    webhooks: Callable[[Webhooks], Any] = lambda it: it,
) -> AsyncIterator[Store]:
    """A leader at work on webhooks. ``webhooks`` may put something between it and what is kept of them."""
    term = await store.lease.acquire("test", await store.lease.observe())
    assert isinstance(term, Term)
    async with store.lead(term) as leading, webhook_session(private=private) as session:
        kept = replace(leading, webhooks=webhooks(leading.webhooks))
        work = WebhookWork(kept, clock, session, "https://desk.example.test", listed, found, look_every)
        task = asyncio.create_task(work.run())
        task.add_done_callback(_tell_if_it_failed)
        try:
            yield leading
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await store.lease.release(term)


def endpoint(url: str, name: str = "wh_1", **fields: Any) -> Endpoint:
    it = {
        "events": ("*",),
        "issuers": ("shop",),
        "secret": SECRET,
        "created_at": 1,
        "updated_at": 1,
        **fields,
    }
    return Endpoint(id=EndpointId(name), url=url, **it)
