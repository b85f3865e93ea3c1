"""Serves the application on a port."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web
from aiohttp.abc import AbstractAccessLogger

from api.addresses import address_of
from api.edge import path_of
from api.errors import answer_to_status
from api.request_ids import HEADER, REQUEST_ID
from tickets.ids import new_id

log = logging.getLogger(__name__)

STOP_WITHIN = 5.0
"""Seconds that requests in progress get when the server stops."""


class AccessLogger(AbstractAccessLogger):
    """One line for each request, of which no part can hold a secret."""

    @property
    def enabled(self) -> bool:
        return self.logger.isEnabledFor(logging.INFO)

    def log(self, request: web.BaseRequest, response: web.StreamResponse, time: float) -> None:
        request_id = request.get(REQUEST_ID)
        if not isinstance(request, web.Request) or request_id is None:
            self.logger.info("%s sent what is no request", request.remote)
            return
        self.logger.info(
            "%s %s %s %d %.1f ms",
            address_of(request),
            request.method,
            path_of(request),
            response.status,
            time * 1000,
            extra={"request_id": request_id},  # the access log is written outside of the request's context
        )


class _Protocol(web.RequestHandler):
    """aiohttp's, but for what it says of requests that it cannot read: that goes in our shape too."""

    __slots__ = ()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        if request.writer.output_size > 0:
            raise ConnectionError("the answer has begun already")
        log.log(logging.ERROR if status == 500 else logging.INFO, "a request failed: %r", type(exc))
        answer = answer_to_status(status)
        answer.headers[HEADER] = new_id()
        answer.headers["Server"] = "Guildesk"
        answer.headers["X-Content-Type-Options"] = "nosniff"
        answer.force_close()
        return answer


class _Server(web.Server):
    def __call__(self) -> _Protocol:
        return _Protocol(self, loop=self._loop, **self._kwargs)


class _Runner(web.AppRunner):
    """aiohttp has no other way to choose the protocol."""

    async def _make_server(self) -> web.Server:
        made = await super()._make_server()
        return _Server(made.request_handler, request_factory=made.request_factory, **made._kwargs)


@asynccontextmanager
async def serving(app: web.Application, host: str, port: int) -> AsyncIterator[int]:
    """Serve until left; gives the port, which the system chooses where ``port`` is 0."""
    runner = _Runner(app, access_log_class=AccessLogger, access_log=log, shutdown_timeout=STOP_WITHIN)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        await site.start()
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()
