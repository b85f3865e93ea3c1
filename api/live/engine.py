"""The transports below the sockets: engine.io, with ends that are ends, and idle clients that cost little.

engine.io as it comes leaves a closed WebSocket open until the client goes. Here the transport itself
is closed, which makes an unchanged client come back, and cut where the client does not take even that."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final

import engineio
from aiohttp import WSMsgType, web
from engineio import exceptions, packet
from engineio.async_socket import AsyncSocket

LARGEST_PACKET: Final = 64 * 1024
MOST_QUEUED: Final = 64
"""Packets that may wait for a client before it counts as one that does not listen."""
GRACE: Final = 1.0
"""Seconds that a client gets to take what is queued and the closing, before its transport is cut."""
POLL_GRACE: Final = 0.1
"""Seconds in which a pending poll is answered with what there was to say; then with nothing."""
UPGRADE_WITHIN: Final = 20.0
"""Seconds from the opening of a polling client's WebSocket until it must be in use."""

_silent = logging.getLogger(f"{__name__}.silent")
_silent.setLevel(logging.CRITICAL + 1)
"""engine.io and socket.io log what clients send, tokens too; what matters is logged by us."""

OPTIONS: Final = {
    "async_mode": "aiohttp",
    "async_handlers": False,
    "cors_allowed_origins": [],  # api.door.cors sees to it, as for REST
    "max_http_buffer_size": LARGEST_PACKET,
    "logger": _silent,
    "engineio_logger": _silent,
}


class Engine(engineio.AsyncServer):
    """engine.io's server, which can end one client."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)  # type: ignore[no-untyped-call]
        self._async: Any = {**self._async, "websocket": WebSocket}
        self.wires: dict[str, asyncio.WriteTransport] = {}
        """The transports of the clients whose packets go over a WebSocket."""
        self.carriers: dict[str, WebSocket] = {}
        self._closings: set[asyncio.Task[None]] = set()

    def create_queue(self, *_: Any, **__: Any) -> "Outbox":
        return Outbox()

    def start_background_task(self, target: Callable[..., Awaitable[Any]], *args: Any, **kwargs: Any) -> Any:
        """As engine.io does, but that a ping is waited for without a task."""
        socket = getattr(target, "__self__", None)
        if isinstance(socket, AsyncSocket) and target == socket._send_ping:
            return asyncio.get_running_loop().call_later(self.ping_interval, _ping, socket)
        return super().start_background_task(target, *args, **kwargs)  # type: ignore[no-untyped-call]

    async def disconnect(self, sid: str | None = None) -> None:
        """As engine.io does with a client that sends too much, but without waiting for it to listen."""
        if sid is not None and (socket := self.sockets.pop(sid, None)) is not None:
            await socket.close(wait=False, reason=self.reason.SERVER_DISCONNECT)

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
        """Wait until the client's packets are on their way; over a WebSocket, send them here and now."""
        if (socket := self.sockets.get(sid)) is not None:
            if (carrier := self.carriers.get(sid)) is not None:
                await carrier.write()
            await socket.queue.join()


def _ping(socket: Any) -> None:
    if not socket.closing and not socket.closed:
        socket.last_ping = time.time()
        socket.queue.put_nowait(packet.Packet(packet.PING))


class Outbox:
    """The queue of packets for one client, with what engine.io uses of asyncio's and a tenth of its weight.

    ``flush`` is called when there is something to send and nobody waits for it."""

    __slots__ = ("_getters", "_joiners", "_packets", "_unfinished", "flush")

    def __init__(self) -> None:
        self.flush: Callable[[], None] | None = None
        self._packets: list[Any] = []
        self._unfinished = 0
        self._getters: tuple[asyncio.Future[None], ...] = ()
        self._joiners: tuple[asyncio.Future[None], ...] = ()

    def qsize(self) -> int:
        return len(self._packets)

    async def put(self, it: Any) -> None:
        self.put_nowait(it)

    def put_nowait(self, it: Any) -> None:
        self._packets.append(it)
        self._unfinished += 1
        if self._getters:
            self._getters = _woken(self._getters)
        elif self.flush is not None:
            self.flush()

    async def get(self) -> Any:
        while not self._packets:
            getter = asyncio.get_running_loop().create_future()
            self._getters += (getter,)
            await getter
        return self._packets.pop(0)

    def get_nowait(self) -> Any:
        if not self._packets:
            raise asyncio.QueueEmpty
        return self._packets.pop(0)

    def task_done(self) -> None:
        self._unfinished -= 1
        if not self._unfinished:
            self._joiners = _woken(self._joiners)

    async def join(self) -> None:
        while self._unfinished:
            joiner = asyncio.get_running_loop().create_future()
            self._joiners += (joiner,)
            await joiner


def _woken(waiting: tuple[asyncio.Future[None], ...]) -> tuple[asyncio.Future[None], ...]:
    for future in waiting:
        if not future.done():
            future.set_result(None)
    return ()


class WebSocket:
    """Carries one client's packets over a WebSocket; takes the place of engine.io's own.

    It reads in the request's task and writes in one that lives while there is something to write. There
    is no compression: its buffers would cost an idle client more than all the rest."""

    def __init__(self, handler: Any, server: Engine) -> None:
        self._socket = handler.__self__
        self._server = server
        self._ws = web.WebSocketResponse(
            max_msg_size=server.max_http_buffer_size, compress=False, timeout=GRACE
        )
        self._writer: asyncio.Task[None] | None = None

    async def __call__(self, environ: dict[str, Any]) -> web.WebSocketResponse:
        request: web.Request = environ["aiohttp.request"]
        await self._ws.prepare(request)
        environ.clear()  # engine.io would keep it as long as the client stays,
        self._ws.headers.clear()  # and aiohttp what it has sent
        transport = request.transport
        if transport is not None and await self._is_in_use():
            sid, server = self._socket.sid, self._server
            server.wires[sid], server.carriers[sid] = transport, self
            try:
                await self._carry()
            finally:
                del server.wires[sid], server.carriers[sid]
        return self._ws

    async def _is_in_use(self) -> bool:
        """Whether packets go over the WebSocket now: at once, or after the dance of a polling client."""
        socket = self._socket
        if not socket.connected:
            socket.connected = socket.upgraded = True
            return True
        socket.upgrading = True
        try:
            async with asyncio.timeout(UPGRADE_WITHIN):
                probe = await self._packet()
                if probe is None or (probe.packet_type, probe.data) != (packet.PING, "probe"):
                    return False
                await self._ws.send_str(packet.Packet(packet.PONG, "probe").encode())
                await socket.queue.put(packet.Packet(packet.NOOP))
                upgrade = await self._packet()
                socket.upgraded = upgrade is not None and upgrade.packet_type == packet.UPGRADE
        except (TimeoutError, ConnectionError):
            return False
        finally:
            socket.upgrading = False
        return bool(socket.upgraded)

    async def _carry(self) -> None:
        self._socket.queue.flush = self._write_soon
        self._write_soon()
        try:
            while (received := await self._packet()) is not None:
                try:
                    await self._socket.receive(received)
                except exceptions.SocketIsClosedError:
                    break
                except Exception:
                    _silent.exception("a packet made trouble")  # what clients send is no fault of ours
        finally:
            self._socket.queue.flush = None
            if self._writer is not None:
                self._writer.cancel()
            await self._socket.close(wait=False, abort=True, reason=self._server.reason.TRANSPORT_CLOSE)

    async def _packet(self) -> Any:
        """The next packet; None once there are no more, or what came is none."""
        message = await self._ws.receive()
        if message.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
            return None
        try:
            return packet.Packet(encoded_packet=message.data)
        except Exception:
            await self._ws.close()
            return None

    def _write_soon(self) -> None:
        if self._writer is None:
            self._writer = asyncio.ensure_future(self._write())

    async def _write(self) -> None:
        try:
            await self.write()
        finally:
            self._writer = None

    async def write(self) -> None:
        """Send what is queued. What waits for the client to take more has been sent, so that whoever comes
        meanwhile goes on behind it."""
        queue = self._socket.queue
        try:
            while queue.qsize():
                if (it := queue.get_nowait()) is None:
                    await self._ws.close()
                    return
                encoded = it.encode()
                await (self._ws.send_bytes if isinstance(encoded, bytes) else self._ws.send_str)(encoded)
                queue.task_done()
        except ConnectionError:
            return  # the reading end knows as well, and ends it all
