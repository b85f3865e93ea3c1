"""One client's WebSocket, below engine.io's packets."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any, Final, Protocol

from aiohttp import WSMsgType, web
from engineio import packet

from api.live.packets import LARGEST_PACKET, BinaryRefused, PacketRefused, packet_of

GRACE: Final = 1.0
"""Seconds that a client gets to read what is queued and the closing, before its transport is cut."""
UPGRADE_WITHIN: Final = 20.0
"""Seconds from the opening of a polling client's WebSocket until it must be in use."""

_COUNTED: Final = (WSMsgType.TEXT, WSMsgType.BINARY, WSMsgType.PING, WSMsgType.PONG)
log = logging.getLogger(__name__)
logging.getLogger("aiohttp.websocket").setLevel(logging.ERROR)
# aiohttp warns of each client that asks for a protocol, in up to 8 kB


def _forget_where(error: object) -> None:
    """Take the traceback from the error that ended a WebSocket. By it the error would hold itself and all
    unread messages, until the garbage collector pauses everybody."""
    if isinstance(error, BaseException):
        error.__traceback__ = error.__context__ = None


class _Response(web.WebSocketResponse):
    """aiohttp's response, which leaves nothing to the garbage collector."""

    async def close(self, **how: Any) -> bool:
        try:
            return await super().close(**how)
        finally:
            _forget_where(self.exception())


class Server(Protocol):
    """What takes the packets that a client sends."""

    wires: dict[str, asyncio.WriteTransport]
    carriers: dict[str, "WebSocket"]
    must_allow: Callable[[str, int], None]
    reason: Any

    async def take(self, socket: Any, it: packet.Packet) -> None: ...

    async def refuse(self, sid: str, refused: PacketRefused) -> None: ...


class WebSocket:
    """Carries one client's packets over a WebSocket, in place of engine.io's own class.

    It reads in the request's task, and writes in a task that exists while there is something to write. There
    is no compression: its buffers would cost an idle client more memory than all the rest."""

    def __init__(self, handler: Any, server: Server) -> None:
        self._socket = handler.__self__
        self._server = server
        self._ws = _Response(max_msg_size=LARGEST_PACKET, compress=False, autoping=False, timeout=GRACE)
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
                await self._carry(transport)
            finally:
                del server.wires[sid], server.carriers[sid]
        return self._ws

    async def _is_in_use(self) -> bool:
        """Whether packets go over the WebSocket now: at once, or after a polling client has upgraded."""
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
                if socket.upgraded or upgrade is None or upgrade.packet_type != packet.UPGRADE:
                    return False
        except (TimeoutError, ConnectionError, PacketRefused):
            return False
        finally:
            socket.upgrading = False
        socket.upgraded = True
        return True

    async def _carry(self, transport: asyncio.Transport) -> None:
        self._socket.queue.flush = self._write_soon
        self._write_soon()
        try:
            while (received := await self._packet()) is not None:
                await self._server.take(self._socket, received)
        except PacketRefused as refused:
            await self._server.refuse(self._socket.sid, refused)
            await self.write()
            transport.close()  # closing the WebSocket itself would go on reading
        except ConnectionError:
            pass  # the client has gone before its pong was sent
        except Exception:
            log.exception("a packet could not be handled; the client may come back")
        finally:
            self._socket.queue.flush = None
            if self._writer is not None:
                self._writer.cancel()
                self._writer = None  # one that had not begun would not do it
            await self._socket.close(wait=False, abort=True, reason=self._server.reason.TRANSPORT_CLOSE)

    async def _packet(self) -> packet.Packet | None:
        """The next packet, None after the last. Raises PacketRefused."""
        while True:
            message = await self._ws.receive()
            if message.type not in _COUNTED:
                _forget_where(message.data)
                return None
            self._server.must_allow(self._socket.sid, len(message.data))
            if message.type is WSMsgType.TEXT:
                return packet_of(message.data)
            if message.type is WSMsgType.BINARY:
                raise BinaryRefused
            if message.type is WSMsgType.PING:
                await self._ws.pong(message.data)

    def _write_soon(self) -> None:
        if self._writer is None:
            self._writer = asyncio.ensure_future(self._write())

    async def _write(self) -> None:
        try:
            await self.write()
        finally:
            self._writer = None

    async def write(self) -> None:
        """Send what is queued. Packets that wait for the client to read are with the transport already, so
        later ones follow them."""
        queue = self._socket.queue
        try:
            while queue.qsize():
                if (it := queue.get_nowait()) is None:
                    await self._ws.close()
                    return
                await self._ws.send_str(it.encode())
                queue.task_done()
        except ConnectionError:
            return  # the reader notices it as well, and ends the client
