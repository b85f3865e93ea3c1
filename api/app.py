"""Builds the web application from explicit arguments."""

import asyncio
from collections.abc import AsyncIterator, Collection, Iterator
from importlib import import_module
from pkgutil import iter_modules
from typing import Final

from aiohttp import web

from accounts.desks import account_desks
from api import resources
from api.desks import DESKS, Desks
from api.documents.docs import Docs
from api.documents.leaving import uses
from api.documents.openapi import Document
from api.door.accounts import trusting_accounts
from api.door.addresses import PROXIES, Proxies
from api.door.arrivals import DOCTORS_KEY
from api.door.auth import Verifier
from api.door.bodies import MOST_BYTES
from api.door.cors import Cors
from api.door.door import VERIFIER, Door, unguarded
from api.door.edge import add_headers, edge
from api.door.idempotency import Once
from api.door.limits import Limits
from api.door.routes import AnyRoute, Handler, Route, with_patterns
from api.live.shown import ShownOnSockets
from api.live.sockets import Live
from api.options import ApiOptions, Notifying
from tickets.desks.ticket_desk import Desk
from tickets.desks.user_desk import UserDesk
from tickets.notifications import NotificationChannel
from tickets.ports.store import Clock, Store

BUSIEST: Final = ("messages", "tickets")
"""Resources whose routes come first, so that the router finds them first."""


def _brought() -> Iterator[AnyRoute]:
    """The ``ROUTES`` of every file in ``api/resources``."""
    names = {module.name for module in iter_modules(resources.__path__)}
    for name in (*BUSIEST, *sorted(names - {*BUSIEST})):
        yield from getattr(import_module(f"{resources.__name__}.{name}"), "ROUTES", ())


ROUTES: Final[tuple[AnyRoute, ...]] = tuple(_brought())


def build(
    desk: Desk,
    store: Store,
    verifier: Verifier,
    clock: Clock,
    options: ApiOptions,
    routes: Collection[AnyRoute] = ROUTES,
) -> web.Application:
    """The application, REST and sockets. To be served by ``api.door.server.serving``."""
    public_url, metrics = options.public_url, options.metrics
    cors = Cors(options.cors_origins, public_url)
    accounts = options.accounts or account_desks(store, UserDesk(desk, store), clock)
    verifier = trusting_accounts(verifier, accounts, store.people, clock)
    limits = Limits(options.service_limit) if options.rate_limits else None
    docs = Docs(Document(routes, public_url), options.with_docs_page) if options.with_docs else None
    desks = Desks.of(desk, store, clock, accounts, docs, options)
    app = web.Application(middlewares=[edge(cors, metrics)], client_max_size=MOST_BYTES)
    app[DESKS] = desks
    app[VERIFIER] = verifier
    app[PROXIES] = Proxies(options.trusted_proxies)
    if options.doctors_key is not None:
        app[DOCTORS_KEY] = options.doctors_key
    app.cleanup_ctx.append(_sweeping)
    app.on_shutdown.append(_end_waiting)
    app.add_routes(_served(routes, Door(verifier, limits), limits, desks.once))

    async def finish(request: web.Request, response: web.StreamResponse) -> None:
        add_headers(cors, public_url, request, response)

    app.on_response_prepare.append(finish)
    shown = _shown_on_sockets(app, store, options.notifying)
    live = Live(desk, store, desks.objects, verifier, clock, options.unauthorized_for, limits, shown)
    live.attach(app)
    if metrics is not None:
        metrics.count_sockets(lambda: live.connected, lambda: live.strangers)
        metrics.count_faults(lambda: len(options.process.standing_faults()))
    return app


def _shown_on_sockets(app: web.Application, store: Store, notifying: Notifying) -> ShownOnSockets | None:
    """Note what was shown on sockets, where that may save a mail or text message."""
    if {*notifying.channels} <= {NotificationChannel.IN_APP}:
        return None
    shown = ShownOnSockets(store.notifications)

    async def running(_: web.Application) -> AsyncIterator[None]:
        async with shown.running():
            yield

    app.cleanup_ctx.append(running)
    return shown


def _served(
    routes: Collection[AnyRoute], door: Door, limits: Limits | None, once: Once
) -> Iterator[web.RouteDef]:
    """The routes for aiohttp, each behind its door."""
    for route in routes:
        if isinstance(route, Route):
            keyed = route.method == "POST" and not route.keeps_keys_itself
            handler = door.guard(route, once.guard(route.handler) if keyed else route.handler)
        else:
            handler = unguarded(route, limits)
        yield web.route(route.method, with_patterns(route.path), _announced(route, handler))


def _announced(route: AnyRoute, handler: Handler) -> Handler:
    """The handler. If the route is to be removed, each answer of it says so."""
    if route.leaving is None:
        return handler

    async def announced(request: web.Request) -> web.StreamResponse:
        uses(request, route.leaving)
        return await handler(request)

    return announced


async def _end_waiting(app: web.Application) -> None:
    app[DESKS].events.end_waiting()


async def _sweeping(app: web.Application) -> AsyncIterator[None]:
    desks = app[DESKS]
    works = [
        desks.files.sweep_forever(),
        desks.accounts.sweep_forever(),
        desks.tickets.looking.keep_waiting_forever(),
    ]
    tasks = [asyncio.create_task(work, name="sweeping") for work in works]
    yield
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    desks.accounts.passwords.close()
