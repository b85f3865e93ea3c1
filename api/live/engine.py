"""The transports below the sockets: engine.io, changed so that connections really end and idle clients cost
little.

Plain engine.io leaves a closed WebSocket open until the client goes. Here the transport itself is closed, so
that an unchanged client comes back. If the client does not read even that, the transport is cut."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, Final

import engineio
from aiohttp import web
from engineio import exceptions, packet
from engineio.async_socket import AsyncSocket

from api.door.errors import answer_to_status
from api.door.expecting import ask_for_body
from api.live.packets import NotAPacket, PacketRefused, TooLarge, packets_of
from api.live.waiting import Waiting
from api.live.websocket import GRACE, WebSocket

MOST_QUEUED: Final = 64
"""So many packets may wait for a client before it counts as not listening."""
POLL_GRACE: Final = 0.1
"""Seconds in which a pending poll is answered with queued packets; after that, with nothing."""

log = logging.getLogger(__name__)


class Engine(engineio.AsyncServer):
    """engine.io's server, which can end one client."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)  # type: ignore[no-untyped-call]
        self._async: Any = {**self._async, "websocket": WebSocket}
        self.wires: dict[str, asyncio.WriteTransport] = {}
        """The transports of the clients whose packets go over a WebSocket."""
        self.carriers: dict[str, WebSocket] = {}
        self.must_allow: Callable[[str, int], None]
        """Counts a packet of the client by its size in bytes, or raises PacketRefused."""
        self.explain: Callable[[str, PacketRefused], Awaitable[None]]
        """Tells the client why it is ended, if possible."""
        self._closings: set[asyncio.Task[None]] = set()

    def create_queue(self, *_: Any, **__: Any) -> Waiting:
        return Waiting()

    def start_background_task(self, target: Callable[..., Awaitable[Any]], *args: Any, **kwargs: Any) -> Any:
        """As in engine.io, but waiting for a ping takes no task."""
        socket = getattr(target, "__self__", None)
        if isinstance(socket, AsyncSocket) and target == socket._send_ping:
            return asyncio.get_running_loop().call_later(self.ping_interval, _ping, socket)
        return super().start_background_task(target, *args, **kwargs)  # type: ignore[no-untyped-call]

    async def disconnect(self, sid: str | None = None) -> None:
        """End a client that sends too much, as engine.io does, but without waiting for it to listen."""
        if sid is not None and (socket := self.sockets.pop(sid, None)) is not None:
            await socket.close(wait=False, reason=self.reason.SERVER_DISCONNECT)

    async def handle_request(self, request: web.Request) -> web.StreamResponse:
        """Answers a GET. engine.io's own errors repeat what the client sent, and have no code."""
        answer: web.StreamResponse = await super().handle_request(request)  # type: ignore[no-untyped-call]
        return answer if answer.status < 400 else answer_to_status(answer.status)

    async def post(self, request: web.Request) -> web.Response:
        """Take the packets that a polling client posts."""
        socket = self.sockets.get(request.query.get("sid"))
        if socket is None or not _takes_posts(socket):
            raise web.HTTPBadRequest
        try:
            payload = await _payload(request)
            for it in packets_of(payload):
                if not _takes_posts(socket):
                    break
                self.must_allow(socket.sid, len(it.data))
                await self.take(socket, it)
        except PacketRefused as refused:
            await self.refuse(socket.sid, refused)
            raise web.HTTPBadRequest from None
        return web.Response(text="OK")

    async def take(self, socket: Any, it: packet.Packet) -> None:
        """Handle a client's packet. Raises PacketRefused."""
        if it.packet_type == packet.MESSAGE:
            with suppress(exceptions.SocketIsClosedError):
                await self.handlers["message"](socket.sid, it.data)
            await asyncio.sleep(0)  # the next packet may be there already, and other clients wait
        elif it.packet_type == packet.PONG:
            socket.schedule_ping()
        elif it.packet_type == packet.CLOSE:
            await socket.close(wait=False, abort=True, reason=self.reason.CLIENT_DISCONNECT)
        else:
            raise NotAPacket

    async def refuse(self, sid: str, refused: PacketRefused) -> None:
        """Tell a client that it sent something forbidden, and end it. A WebSocket is closed by its reader."""
        log.info("a socket is ended: %s", refused)
        await self.explain(sid, refused)
        if sid in self.wires:
            self.cut_later(sid)
        else:
            self.end(sid)

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
        """End everything of the client a little later: its transport, and a poll that waits for an answer."""
        later = asyncio.get_running_loop().call_later
        if (transport := self.wires.get(sid)) is not None:
            later(grace, transport.abort)
        elif (socket := self.sockets.get(sid)) is not None:
            later(POLL_GRACE, socket.queue.put_nowait, None)

    def queued(self, sid: str) -> int:
        """How many packets wait for the client; 0 if it has gone."""
        socket = self.sockets.get(sid)
        return 0 if socket is None else socket.queue.qsize()

    async def drained(self, sid: str) -> None:
        """Wait until the client's packets are sent. Over a WebSocket, send them now."""
        if (socket := self.sockets.get(sid)) is not None:
            if (carrier := self.carriers.get(sid)) is not None:
                await carrier.write()
            await socket.queue.join()


def _ping(socket: Any) -> None:
    if not socket.closing and not socket.closed:
        socket.last_ping = time.time()
        socket.queue.put_nowait(packet.Packet(packet.PING))


def _takes_posts(socket: Any) -> bool:
    return bool(socket.connected and not socket.upgraded and not socket.closed)


async def _payload(request: web.Request) -> bytes:
    try:
        await ask_for_body(request)
        return await request.read()
    except web.HTTPRequestEntityTooLarge:
        raise TooLarge from None
