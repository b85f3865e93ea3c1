"""The outermost layer: every request gets an id, every fault an answer, every answer its headers."""

import logging
from time import perf_counter
from typing import Final

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler, Middleware

from api.documents.leaving import LEAVING
from api.door.addresses import PROXIES
from api.door.compressing import depends_on_asking, packed
from api.door.cors import Cors
from api.door.door import STANDING
from api.door.errors import EncodedBody, answer_to, answer_to_status
from api.door.expecting import end_where_body_may_come, must_be_known
from api.door.freeing import let_go
from api.door.metrics import Metrics
from api.door.request_ids import HEADER, REQUEST_ID, identify
from tickets.ports.store import StoreUnavailable

log = logging.getLogger(__name__)

RETRY_AFTER: Final = "Retry-After"
LONGEST_PATH: Final = 500
"""Characters of a path in a line of the log. Strangers may ask for paths of 8 kB."""
NOTHING: Final = "default-src 'none'; frame-ancestors 'none'"
"""The default policy of an answer: it loads nothing, and nobody may frame it."""

_OF_ITS_LEAVING = (OSError, web.RequestPayloadError)
"""Errors of reading and writing once the connection is gone. A RuntimeError with these words is another
one."""


def edge(cors: Cors, metrics: Metrics | None) -> Middleware:
    """The one middleware."""

    @web.middleware
    async def at_the_edge(request: web.Request, handler: Handler) -> web.StreamResponse:
        identify(request)
        if (proxies := request.app.get(PROXIES)) is not None:
            proxies.notice(request)
        started = perf_counter()
        answered = await answer(request, handler)
        _let_go(request)
        end_where_body_may_come(request, answered)
        if metrics is not None:
            metrics.answered(request, answered.status, perf_counter() - started)
        return answered

    async def answer(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            must_be_known(request)
            _must_not_be_encoded(request)
            return cors.preflight(request) or await packed(request, await handler(request))
        except Exception as error:
            if has_hung_up(request, error):
                let_go(error)
                raise ConnectionResetError from error  # nobody is left to answer
            if isinstance(error, StoreUnavailable):
                log.warning("the store is away: %s", error)
            told = answer_to(error)
            if request.writer.output_size > 0:  # the client must not take half an answer for a whole one
                log.log(logging.WARNING if told else logging.ERROR, "an answer broke off: %r", error)
                let_go(error)
                raise ConnectionResetError("the answer has begun already") from error
            if told is None:
                log.exception("%s %s failed", request.method, path_of(request))
                told = answer_to_status(500)
            else:
                let_go(error)
            return told

    return at_the_edge


def _let_go(request: web.Request) -> None:
    """Of a request for what is not there, aiohttp makes a route that holds itself by its handler."""
    if request.match_info.http_exception is not None:
        del request.match_info.route._handler


def has_hung_up(request: web.BaseRequest, error: BaseException) -> bool:
    """Whether ``error`` only means that the client has gone."""
    if isinstance(error, ConnectionResetError):
        return True
    is_gone = request.transport is None or request.transport.is_closing()
    return is_gone and (isinstance(error, _OF_ITS_LEAVING) or str(error) == "Connection closed.")


def _must_not_be_encoded(request: web.Request) -> None:
    """Refuse encoded bodies. A body that unpacks to a thousand times its size would cost the server far more
    than its sender."""
    for header, plain in ((hdrs.CONTENT_ENCODING, ("", "identity")), (hdrs.TRANSFER_ENCODING, ("chunked",))):
        if any(it.strip().lower() not in plain for it in request.headers.getall(header, ())):
            raise EncodedBody


def add_headers(cors: Cors, public_url: str, request: web.Request, response: web.StreamResponse) -> None:
    """Set the headers that every answer has."""
    headers = response.headers
    headers[HEADER] = request.get(REQUEST_ID) or identify(request)
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "no-referrer"
    headers.setdefault("Content-Security-Policy", NOTHING)
    headers.setdefault("Cache-Control", "no-store")
    headers["Server"] = "Guildesk"
    headers.update(cors.headers(request))
    if depends_on_asking(response):
        headers["Vary"] = ", ".join(filter(None, (headers.get("Vary"), "Accept-Encoding")))
    if (leaving := request.get(LEAVING)) is not None:
        for name, value in leaving.headers(public_url).items():
            headers.add(name, value)
    if (standing := request.get(STANDING)) is not None:
        for name, value in standing.items():
            if name != RETRY_AFTER or response.status < 400:  # no cure for another error
                headers.setdefault(name, value)


def path_of(request: web.Request) -> str:
    """The path for a log line, without the query. If the path has a secret, the route's template."""
    match_info = request.match_info
    resource = match_info.route.resource
    if resource is None:
        return "(no route)"
    if "signature" in match_info:
        return resource.canonical
    return request.rel_url.raw_path[:LONGEST_PATH].encode("ascii", "backslashreplace").decode()
