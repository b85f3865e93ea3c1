"""Serves the application on a port."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import perf_counter
from typing import Any, Final

from aiohttp import hdrs, web
from aiohttp.abc import AbstractAccessLogger, AbstractStreamWriter
from aiohttp.base_protocol import BaseProtocol
from aiohttp.helpers import must_be_empty_body
from aiohttp.http_parser import RawRequestMessage
from aiohttp.http_writer import StreamWriter
from aiohttp.streams import StreamReader
from multidict import CIMultiDict

from api.door.addresses import address_of
from api.door.edge import path_of
from api.door.errors import answer_to_status
from api.door.request_ids import HEADER, REQUEST_ID
from tickets.ids import new_id

log = logging.getLogger(__name__)

STOP_WITHIN = 5.0
"""Seconds that requests in progress get when the server stops."""


FIRST_READ: Final = 2 * 1024
LARGEST_READ: Final = 64 * 1024
SMALLEST_READ: Final = 1024
"""Bytes that are taken from one connection before others have their turn."""
TURN: Final = 0.0005
"""Seconds that parsing them may take. From a connection whose bytes cost more, fewer are taken at a time."""


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

    __slots__ = ("_at_once",)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._read_at_once(FIRST_READ, transport)
        super().connection_made(transport)

    def data_received(self, data: bytes) -> None:
        began = perf_counter()
        super().data_received(data)
        took = perf_counter() - began
        if took > TURN:
            self._read_at_once(max(self._at_once // 2, SMALLEST_READ), self.transport)
        elif took < TURN / 4 and self._at_once < LARGEST_READ:
            self._read_at_once(self._at_once * 2, self.transport)

    def _read_at_once(self, size: int, transport: asyncio.BaseTransport | None) -> None:
        self._at_once = size
        if transport is not None:
            transport.max_size = size  # type: ignore[attr-defined]  # of asyncio's own transports

    def resume_reading(self, resume_parser: bool = True) -> None:
        """aiohttp calls it for every chunk that is read, and then looks for what is left to parse."""
        if self._reading_paused:
            super().resume_reading(resume_parser)

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        if isinstance(exc, ConnectionError) or request.writer.output_size > 0:
            raise ConnectionError("the client has gone, or the answer has begun already")
        log.log(logging.ERROR if status == 500 else logging.INFO, "a request failed: %r", type(exc))
        answer = answer_to_status(status)
        answer.headers[HEADER] = new_id()
        answer.headers["Server"] = "Guildesk"
        answer.headers["X-Content-Type-Options"] = "nosniff"
        answer.force_close()
        return answer


class _Writer(StreamWriter):
    """Sends no body where HTTP has none: after HEAD, and with 1xx, 204 and 304 (RFC 9112, 6.3).

    aiohttp sends whatever a streamed answer writes. Clients and proxies take such bytes for the next answer
    on the connection, so that a file could answer other people's requests."""

    def __init__(self, protocol: BaseProtocol, loop: asyncio.AbstractEventLoop, method: str) -> None:
        super().__init__(protocol, loop)
        self._method = method
        self._has_no_body = method == hdrs.METH_HEAD

    async def write_headers(self, status_line: str, headers: CIMultiDict[str]) -> None:
        status = int(status_line.split(" ", 2)[1])
        self._has_no_body = must_be_empty_body(self._method, status)
        if self._has_no_body:
            self._compress = None
        await super().write_headers(status_line, headers)

    async def write(self, chunk: Any, **how: Any) -> None:
        if not self._has_no_body:
            await super().write(chunk, **how)

    async def write_eof(self, chunk: bytes = b"") -> None:
        await super().write_eof(b"" if self._has_no_body else chunk)


class _Server(web.Server):
    def __call__(self) -> _Protocol:
        return _Protocol(self, loop=self._loop, **self._kwargs)


class _Runner(web.AppRunner):
    """aiohttp has no other way to choose the protocol."""

    async def _make_server(self) -> web.Server:
        made = await super()._make_server()
        make_request = made.request_factory

        def request_of(
            message: RawRequestMessage,
            payload: StreamReader,
            protocol: web.RequestHandler,
            _: AbstractStreamWriter,
            task: "asyncio.Task[None]",
        ) -> web.BaseRequest:
            writer = _Writer(protocol, asyncio.get_running_loop(), message.method)
            return make_request(message, payload, protocol, writer, task)

        return _Server(made.request_handler, request_factory=request_of, **made._kwargs)


@asynccontextmanager
async def serving(app: web.Application, host: str, port: int) -> AsyncIterator[int]:
    """Serve until left; gives the port, which the system chooses where ``port`` is 0."""
    runner = _Runner(
        app,
        access_log_class=AccessLogger,
        access_log=log,
        shutdown_timeout=STOP_WITHIN,
        auto_decompress=False,  # api.door.edge refuses bodies that are encoded
    )
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        await site.start()
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()
