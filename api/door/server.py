"""Serves the application on a port."""

import asyncio
import logging
import os
import socket
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

from aiohttp import hdrs, web
from aiohttp.abc import AbstractAccessLogger, AbstractStreamWriter
from aiohttp.base_protocol import BaseProtocol
from aiohttp.helpers import must_be_empty_body
from aiohttp.http_parser import RawRequestMessage
from aiohttp.http_writer import StreamWriter
from aiohttp.streams import StreamReader
from multidict import CIMultiDict

from api.door.addresses import PROXIES, Proxies, address_of
from api.door.compressing import compressor
from api.door.connection import PATIENCE, Connection, Patience
from api.door.crowd import Crowd
from api.door.descriptors import room_for, told_seldom
from api.door.door import CALLER, shown
from api.door.edge import path_of
from api.door.expecting import EXPECTED, unexpecting
from api.door.limits import network
from api.door.request_ids import REQUEST_ID
from api.door.routes import API
from api.door.turns import take_turns

log = logging.getLogger(__name__)

STOP_WITHIN = 3.0
"""Seconds that requests in progress get when the server stops."""
ACCEPTED_IN_A_TURN: Final = 1
"""Connections."""
WAITING: Final = 1024
"""Connections that the system queues until they are accepted. Further ones would try again after a second."""
LOOKS_IN_A_TURN: Final = 500
"""So many connections are checked before other work has its turn."""


class AccessLogger(AbstractAccessLogger):
    """Logs one line for each request, without anything that may be a secret."""

    @property
    def enabled(self) -> bool:
        return self.logger.isEnabledFor(logging.INFO)

    def log(self, request: web.BaseRequest, response: web.StreamResponse, time: float) -> None:
        request_id = request.get(REQUEST_ID)
        if not isinstance(request, web.Request) or request_id is None:
            self.logger.info("%s sent what is no request", request.remote)
            return
        self.logger.info(
            "%s %s %s %s %d %.1f ms",
            address_of(request),
            "-" if (caller := request.get(CALLER)) is None else shown(caller),
            request.method,
            path_of(request),
            response.status,
            time * 1000,
            extra={"request_id": request_id},  # the access log is written outside of the request's context
        )


class _Writer(StreamWriter):
    """Sends no body where HTTP has none: after HEAD, and with 1xx, 204 and 304 (RFC 9112, 6.3).

    aiohttp sends everything that a streamed answer writes. Clients and proxies would take such bytes for the
    next answer on the connection, so a file could answer other people's requests."""

    def __init__(self, protocol: BaseProtocol, loop: asyncio.AbstractEventLoop, method: str) -> None:
        super().__init__(protocol, loop)
        self._method = method
        self._has_no_body = method == hdrs.METH_HEAD

    def enable_compression(self, encoding: str = "deflate", strategy: int | None = None) -> None:
        self._compress = compressor(encoding)

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


@dataclass(frozen=True, slots=True)
class Bounds:
    """Limits on what all clients together may use, and on each of them."""

    connections: int = 5_000
    connections_per_address: int = 1_000
    patience: Patience = PATIENCE


DEFAULT: Final = Bounds()


class _Server(web.Server):
    crowd: Crowd[Connection]
    patience: Patience

    def __call__(self) -> Connection:
        return Connection(self, self.crowd, self.patience, loop=self._loop, **self._kwargs)


def _without_slash(message: RawRequestMessage) -> RawRequestMessage:
    """Paths of the API may end with a slash; routes do not."""
    path = message.url.raw_path
    if not (path.startswith(API) and path.endswith("/")):
        return message
    plain: RawRequestMessage = message._replace(
        url=message.url.with_path(path[:-1], encoded=True, keep_query=True)
    )
    return plain


class _Runner(web.AppRunner):
    """A runner with our own protocol. aiohttp has no other way to choose it."""

    def __init__(
        self, app: web.Application, crowd: Crowd[Connection], patience: Patience, **how: Any
    ) -> None:
        super().__init__(app, **how)
        self._crowd = crowd
        self._patience = patience

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
            message, expected = unexpecting(_without_slash(message))
            request = make_request(message, payload, protocol, writer, task)
            if expected:
                request[EXPECTED] = expected
            return request

        server = _Server(made.request_handler, request_factory=request_of, **made._kwargs)
        server.crowd, server.patience = self._crowd, self._patience
        return server


@asynccontextmanager
async def serving(app: web.Application, host: str, port: int, bounds: Bounds = DEFAULT) -> AsyncIterator[int]:
    """Serve while the block runs. Gives the port, which the system chooses if ``port`` is 0."""
    proxies, patience = app.get(PROXIES, Proxies()), bounds.patience
    crowd: Crowd[Connection] = Crowd(
        room_for(bounds.connections),
        bounds.connections_per_address,
        network,
        counts_alone=lambda peer: not proxies.trusts(peer),
    )
    runner = _Runner(
        app,
        crowd,
        patience,
        access_log_class=AccessLogger,
        access_log=log,
        shutdown_timeout=STOP_WITHIN,
        auto_decompress=False,  # api.door.edge refuses bodies that are encoded
    )
    take_turns(crowd.fair)
    await runner.setup()
    watching = asyncio.create_task(_watch(crowd, patience.look_every), name="watching connections")
    try:
        with told_seldom():
            site = web.TCPSite(runner, host, port, backlog=ACCEPTED_IN_A_TURN)
            await site.start()
            crowd.fair.doors.update(_let_wait(site, WAITING))
            yield runner.addresses[0][1]
    finally:
        watching.cancel()
        await runner.cleanup()


def _let_wait(site: web.TCPSite, most: int) -> list[int]:
    """Set how many connections may wait. asyncio would accept just as many in one turn; here a turn is
    short, and many may wait. Returns the descriptors at which they do."""
    doors = [it.fileno() for it in getattr(site._server, "sockets", ())]
    for door in doors:
        with socket.socket(fileno=os.dup(door)) as same:
            same.listen(most)
    return doors


async def _watch(crowd: Crowd[Connection], every: float) -> None:
    """Check each connection from time to time, a few hundred in a turn."""
    loop = asyncio.get_running_loop()
    while True:
        await asyncio.sleep(every)
        crowd.tidy(loop.time())
        connections = list(crowd)
        for at in range(0, len(connections), LOOKS_IN_A_TURN):
            _look_at(connections[at : at + LOOKS_IN_A_TURN], loop.time())
            await asyncio.sleep(0)
        del connections  # of which some may end before the next look


def _look_at(connections: Iterable[Connection], now: float) -> None:
    for connection in connections:
        connection.look(now)
