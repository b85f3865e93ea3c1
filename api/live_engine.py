"""The transports below the sockets: engine.io, with ends that are ends.

engine.io as it comes leaves a closed WebSocket open until the client goes. Here the transport itself
is closed, which makes an unchanged client come back, and cut where the client does not take even that."""

import asyncio
import logging
from typing import Any, Final

import engineio
from aiohttp import web
from engineio.async_drivers import aiohttp as driver

LARGEST_PACKET: Final = 64 * 1024
MOST_QUEUED: Final = 64
"""Packets that may wait for a client before it counts as one that does not listen."""
GRACE: Final = 1.0
"""Seconds that a client gets to take what is queued and the closing, before its transport is cut."""

POLL_GRACE: Final = 0.1
"""Seconds in which a pending poll is answered with what there was to say; then with nothing."""

_silent = logging.getLogger(f"{__name__}.silent")
_silent.setLevel(logging.CRITICAL + 1)
"""engine.io and socket.io log what clients send, tokens too; what matters is logged by us."""

OPTIONS: Final = {
    "async_mode": "aiohttp",
    "async_handlers": False,
    "cors_allowed_origins": [],  # api.cors sees to it, as for REST
    "max_http_buffer_size": LARGEST_PACKET,
    "logger": _silent,
    "engineio_logger": _silent,
}


class Engine(engineio.AsyncServer):
    """engine.io's server, which can end one client."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)  # type: ignore[no-untyped-call]
        self._async: Any = {**self._async, "websocket": _WebSocket}
        self.wires: dict[str, asyncio.WriteTransport] = {}
        """Of the clients that have a WebSocket."""
        self._closings: set[asyncio.Task[None]] = set()

    def end(self, sid: str, grace: float = GRACE) -> None:
        """Close the client's transport once it has taken what is queued, or after ``grace`` seconds."""
        socket = self.sockets.get(sid)
        if socket is None:
            return
        if sid in self.wires:
            socket.queue.put_nowait(None)  # tells the writer to close
            self.cut_later(sid, grace)
        else:
            closing = asyncio.ensure_future(socket.close(wait=False))
            self._closings.add(closing)
            closing.add_done_callback(self._closings.discard)

    def cut(self, sid: str) -> None:
        """End the client at once, with what is queued."""
        if (transport := self.wires.get(sid)) is not None:
            transport.abort()
        else:
            self.end(sid)

    def cut_later(self, sid: str, grace: float = GRACE) -> None:
        """Make sure that nothing of the client is left: no transport, no poll that waits for an answer."""
        later = asyncio.get_running_loop().call_later
        if (transport := self.wires.get(sid)) is not None:
            later(grace, transport.abort)
        elif (socket := self.sockets.get(sid)) is not None:
            later(POLL_GRACE, socket.queue.put_nowait, None)

    def queued(self, sid: str) -> int:
        """How many packets wait for the client; 0 for one that has gone."""
        socket = self.sockets.get(sid)
        return 0 if socket is None else socket.queue.qsize()

    async def drained(self, sid: str) -> None:
        """Wait until the client's packets are on their way."""
        if (socket := self.sockets.get(sid)) is not None:
            await socket.queue.join()


class _WebSocket(driver.WebSocket):
    """Without compression, whose buffers cost an idle socket more than all the rest."""

    async def __call__(self, environ: dict[str, Any]) -> web.WebSocketResponse:
        request: web.Request = environ["aiohttp.request"]
        self._sock = web.WebSocketResponse(
            max_msg_size=self.server.max_http_buffer_size, compress=False, timeout=GRACE
        )
        await self._sock.prepare(request)
        sid = self.handler.__self__.sid
        self.server.wires[sid] = request.transport
        try:
            await self.handler(self)
        finally:
            self.server.wires.pop(sid, None)
        return self._sock
