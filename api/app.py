"""Builds the web application, from explicit arguments alone."""

from collections.abc import Callable, Collection, Iterator
from ipaddress import IPv4Network, IPv6Network
from typing import Final

from aiohttp import web

from api.documents import docs
from api.documents.openapi import Document
from api.door.addresses import PROXIES, Proxies
from api.door.auth import Remembering, Verifier
from api.door.bodies import MOST_BYTES
from api.door.cors import Cors
from api.door.door import CallerHandler, Door, Handler
from api.door.edge import add_headers, edge
from api.door.idempotency import ONCE, Once
from api.door.introducing import Introducing
from api.door.limits import Limit, Limits
from api.keys import (
    AGENT_DESK,
    CLOCK,
    DESK,
    DISCORD_FAULT,
    FEEDBACK_DESK,
    FILE_DESK,
    FILE_URLS,
    OBJECTS,
    PUBLIC_URL,
    REPORT_DESK,
    ROLE,
    STAFF_DESK,
    STANDING_FAULTS,
    STORE,
    USER_DESK,
    Role,
)
from api.live.sockets import Live
from api.objects import Objects
from api.resources import attachments, files, health, messages, tickets
from api.resources.metrics import METRICS, Metrics, get_metrics
from api.resources.staff_routes import STAFF_ROUTES
from tickets.desks.agent_desk import AgentDesk
from tickets.desks.feedback_desk import FeedbackDesk
from tickets.desks.file_desk import FileDesk
from tickets.desks.report_desk import ReportDesk
from tickets.desks.staff_desk import StaffDesk
from tickets.desks.ticket_desk import Desk
from tickets.desks.user_desk import UserDesk
from tickets.file_urls import FileUrls
from tickets.ports.store import Clock, Store
from tickets.staff_names import StaffNames

TICKETS: Final = "/api/v1/tickets"
TICKET: Final = f"{TICKETS}/{{ticket_id}}"
ATTACHMENTS: Final = "/api/v1/attachments"
MESSAGES: Final = f"{TICKET}/messages"
MESSAGE: Final = f"{MESSAGES}/{{message_id}}"

FOR_CALLERS: tuple[tuple[str, str, Limit, CallerHandler], ...] = (
    ("POST", MESSAGES, Limit("post_message", 15), messages.post_message),
    ("GET", MESSAGES, Limit("list_messages", 15), messages.list_messages),
    ("POST", TICKETS, Limit("open_ticket", 3, whose=tickets.counts_against), tickets.open_ticket),
    ("GET", TICKETS, Limit("list_tickets", 30), tickets.list_tickets),
    ("GET", TICKET, Limit("get_ticket", 30), tickets.get_ticket),
    ("POST", ATTACHMENTS, Limit("upload", 15), attachments.upload),
    (
        "DELETE",
        f"{ATTACHMENTS}/{{attachment_id}}",
        Limit("delete_attachment", 15),
        attachments.delete_attachment,
    ),
    ("GET", f"{TICKET}/attachments", Limit("list_attachments", 30), attachments.list_attachments),
    ("PATCH", TICKET, Limit("change_ticket", 15), tickets.change_ticket),
    ("PATCH", MESSAGE, Limit("edit_message", 15), messages.edit_message),
    ("DELETE", MESSAGE, Limit("delete_message", 15), messages.delete_message),
    *STAFF_ROUTES,
)
"""Every route that needs a token, with its limit per user; the busiest first, where they are found first."""

MIND_THEIR_KEYS: Final = (attachments.upload,)
"""Handlers that see to Idempotency-Key by themselves; all other POSTs need not."""

FOR_ALL: tuple[tuple[str, str, Handler], ...] = (
    ("GET", "/healthz", health.healthz),
    ("GET", "/readyz", health.readyz),
    ("GET", "/files/{file_id}/{signature}/{name}", files.get_file),
    ("GET", "/openapi.json", docs.openapi),
    ("GET", "/docs", docs.docs),
    ("GET", "/metrics", get_metrics),
)


def build(
    desk: Desk,
    store: Store,
    verifier: Verifier,
    clock: Clock,
    *,
    public_url: str,
    cors_origins: Collection[str] = ("*",),
    rate_limits: bool = True,
    trusted_proxies: Collection[IPv4Network | IPv6Network] = (),
    staff_names: StaffNames | None = None,
    role: Callable[[], Role] = lambda: Role.LEADER,
    discord_fault: Callable[[], str | None] = lambda: None,
    standing_faults: Callable[[], list[str]] = list,
    metrics: Metrics | None = None,
    with_docs: bool = True,
    max_file_bytes: int = 10 * 1024 * 1024,
    unauthorized_for: float = 30.0,
) -> web.Application:
    """The application, REST and sockets.

    ``public_url`` is where clients reach it; ``role`` tells which one this process has; ``discord_fault``
    what keeps a leader's tickets from Discord, None where nothing does; ``standing_faults`` what people
    have to put right; ``metrics`` is None where they are switched off; ``unauthorized_for`` are the seconds
    that a socket may stay without a valid token; ``trusted_proxies`` may say whose requests they pass on.
    To be served by ``api.door.server.serving``."""
    cors = Cors(cors_origins, public_url)
    verifier = Remembering(Introducing(verifier, store.people), clock)
    file_urls = FileUrls(public_url, store.deployment.secret)
    app = web.Application(middlewares=[edge(cors, metrics)], client_max_size=MOST_BYTES)
    app[DESK] = desk
    app[STAFF_DESK] = StaffDesk(desk, store, staff_names)
    app[AGENT_DESK] = AgentDesk(desk, store)
    app[FILE_DESK] = FileDesk(desk, store, clock)
    app[FEEDBACK_DESK] = FeedbackDesk(desk, store)
    app[REPORT_DESK] = ReportDesk(store, clock)
    app[CLOCK] = clock
    app[USER_DESK] = UserDesk(desk, store)
    app[STORE] = store
    app[PROXIES] = Proxies(trusted_proxies)
    app[OBJECTS] = Objects(store, file_urls, staff_names)
    app[FILE_URLS] = file_urls
    app[ROLE] = role
    app[DISCORD_FAULT] = discord_fault
    app[STANDING_FAULTS] = standing_faults
    app[PUBLIC_URL] = public_url.rstrip("/")
    if with_docs:
        app[docs.DOCS] = docs.Docs(Document(FOR_CALLERS, FOR_ALL, app[PUBLIC_URL]))
    limits = Limits() if rate_limits else None
    app[ONCE] = Once(store.idempotency_keys, clock)
    app[attachments.MAX_FILE_BYTES] = max_file_bytes
    app.cleanup_ctx.append(attachments.sweeping)
    app.add_routes(_routes(Door(verifier, limits), app[ONCE]))

    async def finish(request: web.Request, response: web.StreamResponse) -> None:
        add_headers(cors, request, response)

    app.on_response_prepare.append(finish)
    live = Live(desk, store, app[OBJECTS], verifier, clock, unauthorized_for, limits)
    live.attach(app)
    if metrics is not None:
        app[METRICS] = metrics
        metrics.count_sockets(lambda: live.connected, lambda: live.strangers)
    return app


def _routes(door: Door, once: Once) -> Iterator[web.RouteDef]:
    def keyed(method: str, handler: CallerHandler) -> CallerHandler:
        return once.guard(handler) if method == "POST" and handler not in MIND_THEIR_KEYS else handler

    guarded = [
        (method, path, door.guard(limit, keyed(method, handler)))
        for method, path, limit, handler in FOR_CALLERS
    ]
    for slash in ("", "/"):
        for method, path, handler in guarded:
            yield web.route(method, path + slash, handler)
    for method, path, open_handler in FOR_ALL:
        yield web.route(method, path, open_handler)
